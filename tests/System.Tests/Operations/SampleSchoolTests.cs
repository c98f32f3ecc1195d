using System.Net;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Testing;
using Xunit;

namespace MySchool.System.Tests.Operations;

/// <summary>The sample that other tests stand on: its database and its ids in memory tell the same story.</summary>
public sealed class SampleSchoolTests : IAsyncLifetime
{
    private TestHost host = null!;

    public async ValueTask InitializeAsync() => host = await TestHost.StartAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Ids_in_memory_are_ids_in_the_database()
    {
        var taught = await host.Database.ScalarAsync<long>(
            "select count(*) from registry.teaching_assignments where person_id = $1 and group_id = $2", SampleSchool.Teacher.Id, SampleSchool.Algebra.Id);
        var children = await host.Database.ScalarAsync<long>("select count(*) from registry.guardianships where guardian_id = $1", SampleSchool.Mother.Id);
        Assert.Equal(1, taught);
        Assert.Equal(3, children);
    }

    [Fact]
    public async Task Marks_end_today_and_none_is_in_grade_1()
    {
        Assert.True(await host.Database.ScalarAsync<long>("select count(*) from journal.marks where lesson_date = $1", SampleSchool.Today) > 0);
        Assert.Equal(0, await host.Database.ScalarAsync<long>("select count(*) from journal.marks where lesson_date > $1", SampleSchool.Today));
        Assert.Equal(0, await host.Database.ScalarAsync<long>("""
            select count(*) from journal.marks m join registry.teaching_groups g on g.id = m.group_id join registry.classes c on c.id = g.class_id where c.grade = 1
            """));
    }

    [Fact]
    public async Task Signed_in_person_gets_a_page_and_a_stranger_is_sent_to_sign_in()
    {
        using var teacher = await host.SignInAsync(SampleSchool.Teacher.Id, new Hat(Roles.Teacher, SampleSchool.School.Id));
        using var nobody = host.Browse();
        Assert.Equal(HttpStatusCode.OK, await teacher.StatusAsync("/today"));
        Assert.NotEqual(HttpStatusCode.OK, await nobody.StatusAsync("/today"));
    }
}
