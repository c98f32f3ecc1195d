using MySchool.Registry.Domain;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

public sealed class ZoneTests
{
    [Theory]
    [InlineData("Europe/Kaliningrad", "калининградское время, UTC+2")]
    [InlineData("Europe/Moscow", "московское время, UTC+3")]
    [InlineData("Europe/Samara", "самарское время, UTC+4")]
    [InlineData("Asia/Yekaterinburg", "екатеринбургское время, UTC+5")]
    [InlineData("Asia/Omsk", "омское время, UTC+6")]
    [InlineData("Asia/Krasnoyarsk", "красноярское время, UTC+7")]
    [InlineData("Asia/Novosibirsk", "красноярское время, UTC+7")]
    [InlineData("Asia/Irkutsk", "иркутское время, UTC+8")]
    [InlineData("Asia/Chita", "якутское время, UTC+9")]
    [InlineData("Asia/Vladivostok", "владивостокское время, UTC+10")]
    [InlineData("Asia/Sakhalin", "магаданское время, UTC+11")]
    [InlineData("Asia/Kamchatka", "камчатское время, UTC+12")]
    [InlineData("Asia/Kolkata", "Asia/Kolkata")]
    [InlineData("Etc/Nowhere", "Etc/Nowhere")]
    public void A_zone_is_named_as_the_law_names_it(string id, string said) => Assert.Equal(said, Words.Zone(id));
}
