using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MySchool.Ui;

/// <summary>Pages as answers of routes.</summary>
public static class Page
{
    /// <summary>Renders a component as a whole page; its parameters are the properties of an anonymous object.</summary>
    public static IResult Of<TPage>(object parameters, int status = 200) where TPage : IComponent => new Drawn<TPage>(new RouteValueDictionary(parameters), status);

    /// <summary>
    /// Written straight into the answer: the framework's own result collects the page in pieces and awaits each of them,
    /// for streaming that these pages do not do, which costs a fifth of a page's time.
    /// </summary>
    private sealed class Drawn<TPage>(IDictionary<string, object?> parameters, int status) : IResult where TPage : IComponent
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var services = httpContext.RequestServices;
            var response = httpContext.Response;
            await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
            await renderer.Dispatcher.InvokeAsync(async () =>
            {
                var page = await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(parameters));
                response.StatusCode = status;
                response.ContentType = "text/html; charset=utf-8";
                using var writer = new PageWriter(response.BodyWriter);
                page.WriteHtmlTo(writer);
            });
            await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
        }
    }

    /// <summary>Encodes text into a pipe, by the buffer rather than by the piece.</summary>
    private sealed class PageWriter(PipeWriter pipe) : TextWriter
    {
        private readonly char[] buffer = ArrayPool<char>.Shared.Rent(16 * 1024);
        // It remembers the first half of a surrogate pair that two buffers share.
        private readonly Encoder encoder = Encoding.UTF8.GetEncoder();
        private int used;

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            if (used == buffer.Length) Drain();
            buffer[used++] = value;
        }

        public override void Write(string? value) => Write(value.AsSpan());

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void Write(ReadOnlySpan<char> text)
        {
            while (text.Length > buffer.Length - used)
            {
                var fits = buffer.Length - used;
                text[..fits].CopyTo(buffer.AsSpan(used));
                used += fits;
                text = text[fits..];
                Drain();
            }
            text.CopyTo(buffer.AsSpan(used));
            used += text.Length;
        }

        protected override void Dispose(bool disposing)
        {
            Drain();
            ArrayPool<char>.Shared.Return(buffer);
            base.Dispose(disposing);
        }

        private void Drain()
        {
            var written = encoder.GetBytes(buffer.AsSpan(0, used), pipe.GetSpan(Encoding.UTF8.GetMaxByteCount(used)), flush: false);
            pipe.Advance(written);
            used = 0;
        }
    }
}
