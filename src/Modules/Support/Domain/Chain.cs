using System.Collections.Immutable;

namespace MySchool.Support.Domain;

/// <summary>A unit that may answer.</summary>
/// <param name="Id">The unit.</param>
/// <param name="Kind">school, municipality, region or country.</param>
/// <param name="Name">Short name.</param>
internal sealed record Link(Guid Id, string Kind, string Name);

/// <summary>Units that may answer somebody, nearest first.</summary>
/// <param name="Links">At least one; the last is the country.</param>
/// <param name="Start">Index of the unit that gets it first: a school without an administrator is passed over.</param>
/// <param name="FromName">School or office it comes from; empty when nobody said.</param>
internal sealed record Chain(ImmutableArray<Link> Links, int Start, string FromName)
{
    public Guid[] Ids => [.. Links.Select(link => link.Id)];

    public string[] Names => [.. Links.Select(link => link.Name)];

    public string[] Kinds => [.. Links.Select(link => link.Kind)];

    public Link First => Links[Start];
}

/// <summary>What may become of a ticket, and when.</summary>
internal static class TicketRules
{
    /// <summary>The author may open a closed ticket again for so long.</summary>
    public static readonly TimeSpan ReopenTerm = TimeSpan.FromDays(14);

    /// <summary>An address that nobody confirms is forgotten after so long, with the ticket.</summary>
    public static readonly TimeSpan ConfirmTerm = TimeSpan.FromDays(2);

    public static readonly ImmutableArray<string> Kinds = ["sign-in", "marks", "people", "consents", "connection", "error", "idea", "other"];

    public const int MostTitle = 120;

    public const int MostText = 4000;

    public const int MostPictures = 3;

    public static bool MayReopen(string state, DateTimeOffset? closedAt, DateTimeOffset now) => state == "closed" && closedAt is { } at && now <= at + ReopenTerm;
}
