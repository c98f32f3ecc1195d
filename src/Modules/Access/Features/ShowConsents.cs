using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Consents;
using MySchool.Access.Pages;
using MySchool.Access.Sessions;
using MySchool.Access.Web;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>How a purpose stands about a person.</summary>
internal enum ConsentState
{
    /// <summary>Nobody has agreed.</summary>
    NotGiven,

    /// <summary>In force.</summary>
    Stands,

    /// <summary>In force, and near enough to its end to be given again.</summary>
    EndsSoon,

    /// <summary>A new version asks everybody anew.</summary>
    AskedAnew,

    /// <summary>Its term has passed.</summary>
    Expired,

    /// <summary>Taken back.</summary>
    Withdrawn,

    /// <summary>Whoever gave it may not speak for the child any more.</summary>
    GiverGone,
}

/// <summary>One purpose about one person: how it stands, and what the reader may do.</summary>
internal sealed record ConsentRow(ConsentText Text, ConsentSubject Subject, ConsentVoice Voice, ConsentState State, ConsentLine? Line, IReadOnlyList<ConsentLine> History)
{
    public bool MayGive { get; init; }

    public bool MayWithdraw { get; init; }
}

/// <summary>«Согласия»: each child and each purpose, and the documents a guardian is asked for at first sign-in.</summary>
internal sealed class ShowConsents(ConsentLedger ledger, ConsentSubjects subjects, IRegistry registry, SaveLetterAddress letters, IClock clock)
{
    /// <summary>The whole page: rows by subject, former lines, and the names it needs.</summary>
    public async Task<ConsentsView> HandleAsync(Actor actor, PersonFacts? person, string? done, CancellationToken cancel)
    {
        var (texts, lines) = await ledger.ReadAsync(actor, cancel);
        var concerned = await subjects.ListAsync(person, cancel);
        var silenced = await FindSilencedAsync(actor, lines, cancel);
        var rows = concerned.SelectMany(subject => texts.OrderByDescending(text => text.IsNeeded).ThenBy(text => text.Title, StringComparer.Ordinal)
            .Where(text => ConsentRules.Concerns(text.Purpose, person!.Worn!.Value.Role, subject.IsSelf))
            .Select(text => RowOf(actor, person!, text, subject, lines, silenced))).ToList();
        var shown = rows.SelectMany(row => row.History).Select(line => line.Id).ToHashSet();
        var known = concerned.ToDictionary(subject => subject.Id, subject => subject.Name);
        var strangers = lines.SelectMany(line => new[] { line.GiverId, line.WithdrawnBy ?? line.GiverId }).Where(id => !known.ContainsKey(id)).Distinct().ToList();
        if (strangers.Count > 0)
            foreach (var (id, name) in await registry.GetNamesAsync(actor, strangers, cancel)) known[id] = name.Full;
        return new(rows, [.. lines.Where(line => !shown.Contains(line.Id))], texts.ToDictionary(text => text.Purpose), known, person, clock.Now, done) { Address = await letters.FindAsync(actor, cancel) ?? "" };
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/account/consents", async (HttpContext http, ShowConsents feature, string? done, CancellationToken cancel) =>
            Page.Of<ConsentsPage>(new { Data = await feature.HandleAsync(http.RequireActor(), http.Features.Get<PersonFacts>(), done, cancel) }))
            .Allow(AccessActions.ReadConsents);

        routes.MapGet("/consents/needed", async (HttpContext http, ShowConsents feature, string? @return, CancellationToken cancel) =>
        {
            var back = ReturnUrl.Clean(@return);
            var person = http.Features.Get<PersonFacts>();
            // What the request already knows is enough to let most people pass without asking the ledger.
            if (!IsNeeded(person, http.Features.Get<Session>())) return Results.Redirect(back);
            var view = await feature.HandleAsync(http.RequireActor(), person, null, cancel);
            return view.Rows.Where(row => row is { Text.IsNeeded: true, MayGive: true, State: not (ConsentState.Stands or ConsentState.EndsSoon) }).ToList() is { Count: > 0 } needed
                ? Page.Of<NeededConsentPage>(new { Data = new NeededConsentView(needed[0].Text, [.. needed.Select(row => row.Subject)], person!.Name.Full, back) })
                : Results.Redirect(back);
        }).Allow(AccessActions.ReadConsents);
    }

    private ConsentRow RowOf(Actor actor, PersonFacts person, ConsentText text, ConsentSubject subject, List<ConsentLine> lines, HashSet<(Guid, Guid)> silenced)
    {
        var voice = ConsentRules.VoiceOf(text, person.Worn!.Value.Role, subject.IsSelf, subject.Born, subject.Today);
        var history = lines.Where(line => line.SubjectId == subject.Id && line.Purpose == text.Purpose).ToList();
        // The diary opens to whoever agreed, so a representative's own line tells how it stands for them.
        var counted = ConsentRules.IsPersonal(text.Purpose) && !subject.IsSelf ? history.Where(line => line.GiverId == actor.PersonId).ToList() : history;
        var open = counted.FirstOrDefault(line => line.StandsAt(clock.Now) && !silenced.Contains((line.GiverId, line.SubjectId)));
        var line = open ?? counted.FirstOrDefault();
        var state = StateOf(line, open is not null, text, silenced);
        return new(text, subject, voice, state, line, history)
        {
            MayGive = voice is ConsentVoice.Represents or ConsentVoice.Decides && state != ConsentState.Stands,
            MayWithdraw = history.Any(past => past.WithdrawnAt is null && past.ExpiresAt > clock.Now && (past.GiverId == actor.PersonId
                || voice == ConsentVoice.Decides || (voice is ConsentVoice.Represents or ConsentVoice.Withdraws && past.GiverId != past.SubjectId))),
        };
    }

    private ConsentState StateOf(ConsentLine? line, bool isOpen, ConsentText text, HashSet<(Guid, Guid)> silenced) => line switch
    {
        null => ConsentState.NotGiven,
        _ when isOpen => line.MayBeRenewed(text.Version, clock.Now) ? ConsentState.EndsSoon : ConsentState.Stands,
        { WithdrawnAt: not null } => ConsentState.Withdrawn,
        _ when line.ExpiresAt <= clock.Now => ConsentState.Expired,
        { IsOvertaken: true } => ConsentState.AskedAnew,
        _ when silenced.Contains((line.GiverId, line.SubjectId)) => ConsentState.GiverGone,
        _ => ConsentState.NotGiven,
    };

    // Whose word counts no more though it was never withdrawn: a representation has ended, or a court has barred it.
    private async Task<HashSet<(Guid, Guid)>> FindSilencedAsync(Actor actor, List<ConsentLine> lines, CancellationToken cancel)
    {
        var silenced = new HashSet<(Guid, Guid)>();
        foreach (var (giver, subject) in lines.Where(line => line.StandsAt(clock.Now) && line.GiverId != line.SubjectId && line.GiverId != actor.PersonId)
            .Select(line => (line.GiverId, line.SubjectId)).Distinct())
            if (!await registry.MaySpeakForAsync([giver], subject, clock.Now, cancel)) silenced.Add((giver, subject));
        return silenced;
    }

    private static bool IsNeeded(PersonFacts? person, Session? session) =>
        person is { Worn.Role: Roles.Guardian } && session is not null
        && person.Learners.Any(child => !session.Consents.Contains((ConsentPurposes.Diary, child.PersonId)));
}
