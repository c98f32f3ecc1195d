using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Host;

internal static class Platform
{
    public static void AddPlatform(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(configuration.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new());
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IClock, SystemClock>();
        services.AddSingleton<IScopeTable, ScopeTable>();
        services.AddSingleton<AppDb>();
        services.AddSingleton<FactsDb>();
        services.AddSingleton<WorkerDb>();
        services.AddSingleton<OutboxSignal>();
    }
}
