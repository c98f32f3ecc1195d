using System.Net;
using System.Net.Sockets;

namespace MySchool.CommandLine.Launch;

/// <summary>Ports on loopback that nobody listens on.</summary>
internal static class FreePort
{
    private const int Attempts = 200;

    /// <summary>The wanted port, or the next free one after it.</summary>
    public static int From(int wanted)
    {
        for (var port = wanted; port < wanted + Attempts && port <= IPEndPoint.MaxPort; port++)
            if (IsFree(IPAddress.Loopback, port) && IsFree(IPAddress.IPv6Loopback, port)) return port;
        throw new OperatorException($"Рядом с портом {wanted} нет свободного. Укажите другой: --port.");
    }

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var probe = new TcpListener(address, port);
            probe.Start();
            return true;
        }
        catch (SocketException error)
        {
            // A machine without IPv6 has nothing there to be taken.
            return error.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable;
        }
    }
}
