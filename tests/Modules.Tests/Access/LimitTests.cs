using System.Net;
using Microsoft.AspNetCore.Http;
using MySchool.Access;
using MySchool.Access.Web;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using Xunit;

namespace MySchool.Modules.Tests.Access;

public sealed class LimitTests
{
    private static readonly AccessOptions Options = new() { SignInPerMinute = 12, AccountPerMinute = 12, SchoolPerMinute = 18 };

    [Fact]
    public void Sign_in_is_limited_by_address_and_other_pages_are_not()
    {
        var limiter = new Limits(Options).OfAddresses().GlobalLimiter!;
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => limiter.AttemptAcquire(Request("/sign-in/esia", "10.0.0.1")).IsAcquired));
        Assert.True(limiter.AttemptAcquire(Request("/sign-in/esia", "10.0.0.2")).IsAcquired);
        Assert.All(Enumerable.Range(0, 9), _ => Assert.True(limiter.AttemptAcquire(Request("/health/live", "10.0.0.1")).IsAcquired));
    }

    [Fact]
    public void One_account_does_not_spend_the_share_of_another()
    {
        var limiter = new Limits(Options).OfPeople().GlobalLimiter!;
        var (one, other) = (Person(Ids.New()), Person(Ids.New()));
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => limiter.AttemptAcquire(one).IsAcquired));
        Assert.True(limiter.AttemptAcquire(other).IsAcquired);
    }

    [Fact]
    public void A_school_has_a_share_of_its_own()
    {
        var limiter = new Limits(Options).OfPeople().GlobalLimiter!;
        var school = Ids.New();
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => limiter.AttemptAcquire(Person(school)).IsAcquired));
        Assert.True(limiter.AttemptAcquire(Person(Ids.New())).IsAcquired);
    }

    [Fact]
    public void Zero_lifts_a_limit()
    {
        var limiter = new Limits(new AccessOptions { AccountPerMinute = 0, SchoolPerMinute = 0 }).OfPeople().GlobalLimiter!;
        var person = Person(Ids.New());
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(limiter.AttemptAcquire(person).IsAcquired));
    }

    private static DefaultHttpContext Request(string path, string address)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = path;
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        return context;
    }

    private static DefaultHttpContext Person(Guid school)
    {
        var context = Request("/today", "10.0.0.1");
        context.Features.Set(new Actor(Ids.New(), Ids.New(), new Hat(Roles.Teacher, school), [], new DateOnly(2026, 11, 23)));
        return context;
    }
}
