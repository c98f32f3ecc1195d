using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.Extensions.DependencyInjection;

namespace MySchool.Ui;

/// <summary>What pages need of the host.</summary>
public static class UiServices
{
    /// <summary>Adds an encoder that leaves Cyrillic letters as they are: entities would treble a page.</summary>
    public static IServiceCollection AddUi(this IServiceCollection services)
    {
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        return services;
    }
}
