namespace MySchool.Notices;

/// <summary>Configuration section <c>Notices</c>.</summary>
internal sealed class NoticesOptions
{
    public const string Section = "Notices";

    /// <summary>Whether push services may stand inside the operator's own network and speak plain http, as on a developer's machine.</summary>
    public bool PushMayBeInside { get; set; }
}
