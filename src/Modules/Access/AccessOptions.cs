using MySchool.Access.Resources;

namespace MySchool.Access;

/// <summary>Configuration section <c>Access</c>.</summary>
internal sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>A session nobody uses ends after so many hours.</summary>
    public double IdleHours { get; set; } = 8;

    /// <summary>Any session ends after so many days.</summary>
    public double AbsoluteDays { get; set; } = 30;

    /// <summary>Requests a minute of one account; 0 lifts the limit. Bursts of a sixth of it pass at once.</summary>
    public int AccountPerMinute { get; set; } = 1200;

    /// <summary>Requests a minute with one key of a family's program or calendar; 0 lifts the limit.</summary>
    public int KeyPerMinute { get; set; } = 60;

    /// <summary>Requests a minute of all people of one school; 0 lifts the limit.</summary>
    public int SchoolPerMinute { get; set; } = 60_000;

    /// <summary>Sign-in requests a minute from one address; 0 lifts the limit. A whole school may stand behind one.</summary>
    public int SignInPerMinute { get; set; } = 600;

    /// <summary>Who runs the platform: the law wants name and address beside every consent (152-ФЗ, ст. 9, ч. 4, п. 3).</summary>
    public string OperatorName { get; set; } = Texts.StandOperator;

    public string OperatorAddress { get; set; } = Texts.StandAddress;

    /// <summary>Whether sites may stand inside the operator's own network, as on a developer's machine.</summary>
    public bool SitesMayBeInside { get; set; }

    /// <summary>
    /// Folder outside the database that remembers erasures, so that a restored older copy does not bring people back. All nodes
    /// share it. Empty keeps nothing.
    /// </summary>
    public string ErasuresFolder { get; set; } = "";

    /// <summary>Certificate (PEM) that wraps the keys of cookies in the database; none keeps them bare.</summary>
    public string KeyRingCertificateFile { get; set; } = "";

    /// <summary>Its private key (PEM).</summary>
    public string KeyRingKeyFile { get; set; } = "";
}
