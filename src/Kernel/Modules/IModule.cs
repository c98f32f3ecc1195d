using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MySchool.Kernel;

/// <summary>The door of a module: all that the host knows of it.</summary>
public interface IModule
{
    /// <summary>Schema and folder name in lower case, e.g. <c>journal</c>.</summary>
    string Name { get; }

    /// <summary>Every action the module lets anyone do.</summary>
    IReadOnlyList<AppAction> Actions { get; }

    /// <summary>The assembly with the module's pages and migrations.</summary>
    Assembly Assembly => GetType().Assembly;

    /// <summary>Registers services, subscriptions and jobs.</summary>
    void AddServices(IServiceCollection services, IConfiguration configuration);

    /// <summary>Maps pages and JSON routes, each with its action.</summary>
    void MapRoutes(IEndpointRouteBuilder routes);
}

/// <summary>Registrations shared by modules.</summary>
public static class ModuleServices
{
    /// <summary>Subscribes a handler to an event of another module.</summary>
    public static IServiceCollection Hear<TEvent, THandler>(this IServiceCollection services)
        where TEvent : IModuleEvent where THandler : class, IEventHandler<TEvent>
    {
        services.TryAddScoped<THandler>();
        return services.AddSingleton(new Subscription(
            typeof(TEvent), typeof(THandler), (provider, happened, connection, cancel) =>
                provider.GetRequiredService<THandler>().HandleAsync([.. happened.Cast<TEvent>()], connection, cancel)));
    }
}
