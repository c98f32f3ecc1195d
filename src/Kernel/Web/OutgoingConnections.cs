using System.Net;
using System.Net.Sockets;

namespace MySchool.Kernel.Web;

/// <summary>Connections to the outside. An address that a name resolves to inside the operator's own network is never called.</summary>
public static class OutgoingConnections
{
    /// <summary>A handler that follows no redirect, keeps no cookie and connects to checked addresses only.</summary>
    /// <param name="mayStayInside">Whether addresses inside are called too, as on a developer's machine.</param>
    public static SocketsHttpHandler Handler(bool mayStayInside) => new()
    {
        AllowAutoRedirect = false, UseCookies = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectCallback = async (context, cancel) =>
        {
            var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancel);
            // Checked and used are the same address: a name cannot change its mind in between.
            var address = Array.Find(addresses, found => mayStayInside || IsOutside(found)) ?? throw new HttpRequestException("The name leads inside the network");
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    /// <summary>Whether an address is of the public internet: not loopback, private, link-local, shared or multicast (RFC 6890).</summary>
    /// <param name="address">The address, IPv4 within IPv6 included.</param>
    public static bool IsOutside(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6SiteLocal || address.IsIPv6UniqueLocal || address.IsIPv6Multicast) return false;
        if (address.AddressFamily == AddressFamily.InterNetworkV6) return !address.Equals(IPAddress.IPv6Any);
        var bytes = address.GetAddressBytes();
        return bytes[0] is not (0 or 10 or 127 or >= 224) && !(bytes[0] == 172 && bytes[1] is >= 16 and < 32) && !(bytes[0] == 192 && bytes[1] == 168)
            && !(bytes[0] == 169 && bytes[1] == 254) && !(bytes[0] == 100 && bytes[1] is >= 64 and < 128);
    }
}
