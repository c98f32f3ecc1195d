using System.CommandLine;

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
}
