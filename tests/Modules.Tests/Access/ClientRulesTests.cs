using System.Net;
using MySchool.Access.Provider;
using MySchool.Contracts.Access;
using MySchool.Kernel.Web;
using Xunit;

namespace MySchool.Modules.Tests.Access;

/// <summary>What the operator may register.</summary>
public sealed class ClientRulesTests
{
    private static readonly ClientForm Site = new()
    {
        Name = "Учи.Тест", LegalName = "ООО «Тест»", PrivacyPage = "https://site.example/privacy", RedirectUris = "https://site.example/callback", Scopes = ["profile"],
    };

    private static readonly ClientForm Machine = new()
    {
        Kind = ClientKinds.System, Name = "Дневник", LegalName = "ГБУ «Дневник»", Scopes = [ApiScopes.Ruo], Organisation = "1", Units = "13701000", LegalBasis = "Соглашение № 7",
    };

    [Fact]
    public void Whole_registrations_are_accepted()
    {
        Assert.Null(ClientRules.Check(Site));
        Assert.Null(ClientRules.Check(Machine));
    }

    [Theory]
    [InlineData("https://site.example/callback", true)]
    [InlineData("https://site.example:8443/a?b=c", true)]
    [InlineData("http://127.0.0.1:8080/callback", true)]
    [InlineData("http://localhost/callback", true)]
    [InlineData("", false)]
    [InlineData("site.example/callback", false)]
    [InlineData("http://site.example/callback", false)]
    [InlineData("https://*.example/callback", false)]
    [InlineData("https://site.example/callback#part", false)]
    [InlineData("https://site.example/callback#", false)]
    [InlineData("https://user@site.example/callback", false)]
    [InlineData("https://site.example/a/../callback", false)]
    [InlineData("https://site.example\\@evil.example/", false)]
    [InlineData("https://сайт.example/callback", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("data:text/html,x", false)]
    [InlineData("//site.example/callback", false)]
    [InlineData("http://127.0.0.1.evil.example/callback", false)]
    [InlineData("http://localhost.evil.example/", false)]
    public void Addresses_are_whole_encrypted_and_exact(string address, bool isGood) => Assert.Equal(isGood, ClientRules.IsAddress(address));

    [Fact]
    public void Each_field_is_refused_by_its_name()
    {
        (ClientForm Form, string Field)[] cases =
        [
            (Site with { Name = "У" }, "name"), (Site with { Name = "а\u0000б" }, "name"), (Site with { LegalName = "" }, "legalName"),
            (Site with { PrivacyPage = "нет" }, "privacyPage"), (Site with { RedirectUris = "" }, "redirectUris"),
            (Site with { RedirectUris = string.Join('\n', Enumerable.Range(0, 11).Select(i => $"https://site.example/{i}")) }, "redirectUris"),
            (Site with { LogoutUris = "http://site.example" }, "logoutUris"), (Site with { BackChannel = "http://site.example" }, "backChannel"),
            (Site with { Scopes = ["ruo.read"] }, "scopes"), (Site with { RedirectUris = "https://a.example/ https://b.example/" }, "sector"),
            (Site with { Sector = "не домен" }, "sector"),
            (Machine with { Scopes = [] }, "scopes"), (Machine with { Scopes = ["profile"] }, "scopes"), (Machine with { LegalBasis = "да" }, "legalBasis"), (Machine with { Units = " " }, "units"),
        ];
        Assert.All(cases, one => Assert.Equal(one.Field, ClientRules.Check(one.Form)?.Field));
        Assert.Equal(404, ClientRules.Check(Site with { Kind = "other" })?.Status);
    }

    [Fact]
    public void Sector_is_the_host_all_share_or_the_one_named()
    {
        Assert.Equal("site.example", ClientRules.SectorOf(Site));
        Assert.Equal("owner.example", ClientRules.SectorOf(Site with { Sector = " Owner.Example ", RedirectUris = "https://a.example/ https://b.example/" }));
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("95.213.1.1", true)]
    [InlineData("2a02:6b8::1", true)]
    public void Sites_are_called_outside_our_network_only(string address, bool isOutside) => Assert.Equal(isOutside, OutgoingConnections.IsOutside(IPAddress.Parse(address)));
}
