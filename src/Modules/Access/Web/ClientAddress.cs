using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace MySchool.Access.Web;

/// <summary>Where a request came from.</summary>
internal static class ClientAddress
{
    /// <summary>The address as people write it: a dual-stack socket dresses IPv4 as IPv6.</summary>
    public static IPAddress? GetAddress(this HttpContext context) =>
        context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } dressed ? dressed.MapToIPv4() : context.Connection.RemoteIpAddress;

    /// <summary>What limits count by: one home has 2⁶⁴ addresses of IPv6, so its network stands for all of them.</summary>
    public static string GetNetwork(this HttpContext context) => context.GetAddress() switch
    {
        null => "none",
        { AddressFamily: AddressFamily.InterNetworkV6 } address => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
        var address => address.ToString(),
    };
}
