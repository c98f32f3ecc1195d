using MySchool.StandIns.Esia.Pages;
using MySchool.StandIns.Esia.People;
using MySchool.StandIns.Esia.Protocol;

namespace MySchool.StandIns.Esia;

/// <summary>ЕСИА's paths, tokens and errors on loopback, for demonstration and tests. Never a part of production.</summary>
public static class EsiaStandIn
{
    /// <summary>Builds the server; the caller runs or starts it.</summary>
    /// <param name="args">Command line, e.g. <c>--urls http://127.0.0.1:5100 --Esia:PeopleFile people.jsonl</c>.</param>
    public static WebApplication Build(string[] args)
    {
        // The content root is the program's own folder: whoever starts it may stand anywhere.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var settings = builder.Configuration.GetSection(Settings.Section).Get<Settings>() ?? new();
        var keys = new TokenKeys(settings);
        builder.Services.Configure<Settings>(builder.Configuration.GetSection(Settings.Section));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(keys);
        builder.Services.AddSingleton<Population>();
        builder.Services.AddSingleton<ClientSecrets>();
        builder.Services.AddSingleton<SignedIn>();
        builder.Services.AddSingleton<PendingLogins>();
        builder.Services.AddSingleton<UsedCodes>();
        builder.Services.AddEsiaServer(settings, keys);

        var app = builder.Build();
        app.UseRouting();
        app.UseAuthentication();
        app.MapLogin();
        app.MapOAuth();
        app.MapPersons();
        app.Services.GetRequiredService<Population>().Warm();
        return app;
    }
}
