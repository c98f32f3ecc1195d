using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Host;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.System.Tests.Canary;

internal enum InputSource
{
    Path,
    Query,
    Form,
}

/// <summary>Something a route reads from outside.</summary>
internal sealed record Input(string Name, InputSource Source, Type Type)
{
    /// <summary>Whether it names a thing: by type, or as a text field called so. The key of a repeated request names nothing.</summary>
    public bool IsId => Name != "key" && (Type == typeof(Guid) || Type == typeof(Guid?) || Name == "personId");
}

/// <summary>A route with all its inputs, read from the route table itself, so that a new one is attacked from its first day.</summary>
internal sealed record Surface(string Method, string Pattern, AppAction Action, IReadOnlyList<Input> Inputs, Type? Json, bool IsForPrograms)
{
    public static IReadOnlyList<Surface> Of(WebApplication app)
    {
        var services = app.Services.GetRequiredService<IServiceProviderIsService>();
        return [.. from route in ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
                   let action = route.Metadata.GetMetadata<RouteAction>()?.Action
                   where action is not null && action != HostActions.Asset
                   from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
                   select Read(route, method, action, services)];
    }

    /// <summary>The address with values in it.</summary>
    public string Fill(IReadOnlyDictionary<string, string> values)
    {
        var path = Pattern;
        foreach (var input in Inputs.Where(i => i.Source == InputSource.Path))
            path = global::System.Text.RegularExpressions.Regex.Replace(path, $$"""\{{{input.Name}}(:\w+)?\}""", _ => Uri.EscapeDataString(values[input.Name]));
        var query = Inputs.Where(i => i.Source == InputSource.Query && values.ContainsKey(i.Name))
            .Select(i => $"{Uri.EscapeDataString(i.Name)}={Uri.EscapeDataString(values[i.Name])}").ToList();
        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    public IEnumerable<KeyValuePair<string, string>> Form(IReadOnlyDictionary<string, string> values) =>
        Inputs.Where(i => i.Source == InputSource.Form && values.ContainsKey(i.Name)).Select(i => KeyValuePair.Create(i.Name, values[i.Name]));

    public override string ToString() => $"{Method} {Pattern}";

    private static Surface Read(RouteEndpoint route, string method, AppAction action, IServiceProviderIsService services)
    {
        var inPath = route.RoutePattern.Parameters.Select(p => p.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var inputs = new List<Input>();
        Type? json = null;
        // A form with many fields is one parameter whose constructor names them.
        var parameters = (route.Metadata.GetMetadata<MethodInfo>()?.GetParameters() ?? [])
            .SelectMany(p => p.GetCustomAttribute<AsParametersAttribute>() is null ? [p] : p.ParameterType.GetConstructors().Single().GetParameters());
        foreach (var parameter in parameters)
        {
            var type = parameter.ParameterType;
            if (inPath.Contains(parameter.Name!)) inputs.Add(new(parameter.Name!, InputSource.Path, type));
            else if (parameter.GetCustomAttribute<FromFormAttribute>() is { } form)
                inputs.Add(new(form.Name ?? parameter.Name!, InputSource.Form, Nullable.GetUnderlyingType(type) == typeof(Microsoft.Extensions.Primitives.StringValues) ? typeof(string) : type));
            else if (IsSimple(type)) inputs.Add(new(parameter.GetCustomAttribute<FromQueryAttribute>()?.Name ?? parameter.Name!, InputSource.Query, type));
            else if (type != typeof(HttpContext) && type != typeof(HttpRequest) && type != typeof(CancellationToken) && !services.IsService(type) && method != "GET") json = type;
        }
        foreach (var unread in inPath.Where(name => inputs.All(i => !i.Name.Equals(name, StringComparison.OrdinalIgnoreCase))))
            inputs.Add(new(unread, InputSource.Path, typeof(string)));
        return new(method, route.RoutePattern.RawText!, action, inputs, json, route.Metadata.GetMetadata<ProgramRoute>() is not null);
    }

    private static bool IsSimple(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) || type.IsPrimitive || type.IsEnum || type == typeof(Guid) || type == typeof(DateOnly) || type == typeof(DateTimeOffset) || type == typeof(decimal);
    }
}
