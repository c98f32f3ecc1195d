using Microsoft.AspNetCore.DataProtection;

namespace MySchool.Access.Copies;

/// <summary>Seals a copy's files under the platform's keys; a file moved to another copy or another name does not open.</summary>
internal sealed class CopySeal(IDataProtectionProvider protection)
{
    public byte[] Close(Guid copy, string name, byte[] file) => Of(copy, name).Protect(file);

    public byte[] Open(Guid copy, string name, byte[] closed) => Of(copy, name).Unprotect(closed);

    private IDataProtector Of(Guid copy, string name) => protection.CreateProtector("access.copy", copy.ToString("N"), name);
}
