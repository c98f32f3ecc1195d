using MySchool.Kernel.Web;
using Xunit;

namespace MySchool.Modules.Tests.Kernel;

/// <summary>The one door to the outside calls whom the operator has named.</summary>
public sealed class OutgoingHttpTests
{
    [Theory]
    [InlineData("https://diary.region.ru/api", true)]
    [InlineData("https://DIARY.region.ru", true)]
    [InlineData("https://a.wide.ru", true)]
    [InlineData("https://diary.region.ru:8443", false)]
    [InlineData("https://diary.port.ru:8443", true)]
    [InlineData("https://diary.port.ru", false)]
    [InlineData("http://diary.region.ru", false)]
    [InlineData("https://wide.ru", false)]
    [InlineData("https://evilwide.ru", false)]
    [InlineData("https://diary.region.ru.evil.ru", false)]
    [InlineData("https://user@diary.region.ru", false)]
    [InlineData("ftp://diary.region.ru", false)]
    [InlineData("https://169.254.169.254/latest", false)]
    public void Only_hosts_of_the_list_are_called(string address, bool isCalled)
    {
        using var door = new OutgoingHttp(new() { AllowedHosts = { "diary.region.ru", "*.wide.ru", "diary.port.ru:8443" } });
        Assert.Equal(isCalled, door.Allows(new Uri(address)));
    }

    [Fact]
    public async Task Address_inside_the_network_is_not_called_though_its_name_is_on_the_list()
    {
        using var door = new OutgoingHttp(new() { AllowedHosts = { "localhost" } });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("https://localhost/"));
        await Assert.ThrowsAsync<HttpRequestException>(() => door.SendAsync(request, 1000, TestContext.Current.CancellationToken));
    }
}
