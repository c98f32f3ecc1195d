using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MySchool.Kernel.Files;

/// <summary>Registration of the store and of what stands around it.</summary>
public static class FileServices
{
    /// <summary>Adds the store, the door into it, the scanner and the sweeper.</summary>
    public static IServiceCollection AddFiles(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(configuration.GetSection(FilesOptions.Section).Get<FilesOptions>() ?? new());
        services.AddSingleton<ByteStore>();
        services.AddSingleton<ClamScanner>();
        services.AddSingleton<FileIntake>();
        services.AddSingleton<KeptFiles>();
        services.AddSingleton<KeepFiles>();
        services.AddHostedService(provider => provider.GetRequiredService<KeepFiles>());
        return services;
    }
}
