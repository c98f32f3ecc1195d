using System.CommandLine;
using MySchool.Generator;

namespace MySchool.CommandLine.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<string> Data() => new("--data")
    {
        Description = "Папка данных: кластер PostgreSQL, секреты, журналы работы.",
        HelpName = "папка",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("MYSCHOOL_DATA") ?? ".data",
    };

    public static Option<string?> Postgres() => new("--postgres")
    {
        Description = "Свой сервер PostgreSQL вместо встроенного: строка подключения роли, которая может создавать роли и базы.",
        HelpName = "подключение",
    };

    public static Option<RegionSize> Region()
    {
        var option = new Option<RegionSize>("--region")
        {
            Description = "Размер демонстрационной области: small — одна школа, district — 12 школ, region — 300 школ и 200 000 учеников.",
            HelpName = "small|district|region",
            CustomParser = result =>
            {
                var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
                if (Enum.TryParse<RegionSize>(text, ignoreCase: true, out var size) && !char.IsAsciiDigit(text[0])) return size;
                result.AddError($"Не понимаю размер «{text}»: бывает small, district или region.");
                return RegionSize.District;
            },
            DefaultValueFactory = _ => RegionSize.District,
        };
        return option;
    }

    /// <summary>Today in the demo region.</summary>
    public static DateOnly Today() => DateOnly.FromDateTime(
        TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById("Europe/Moscow")).DateTime);
}
