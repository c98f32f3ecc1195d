namespace MySchool.Access.Consents;

/// <summary>
/// Whether a line «g» of the ledger stands, in one wording for every statement that asks: given, within its term, not withdrawn,
/// and not overtaken by a version that asks anew. Probes of the key of <c>withdraws_id</c> and of the handful of texts.
/// </summary>
internal static class Standing
{
    /// <param name="now">The parameter that holds the instant, e.g. <c>$3</c>.</param>
    public static string At(string now) => $"""
        g.event = 'given' and g.expires_at > {now}
          and not exists (select from access.consents w where w.withdraws_id = g.id) and not {Overtaken(now)}
        """;

    /// <summary>Whether a later version in force asked everybody anew.</summary>
    public static string Overtaken(string now) => $"""
        exists (select from access.consent_texts n where n.purpose = g.purpose and n.version > g.text_version and n.asks_anew and n.published_at <= {now})
        """;
}
