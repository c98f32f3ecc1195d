using System.Collections.Immutable;
using MySchool.Access.Features;
using MySchool.Access.Resources;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Mail;
using Npgsql;

namespace MySchool.Access.Erasures;

/// <summary>
/// Carries an erasure from module to module by events: each step is one transaction, and the next is ordered by the step itself.
/// Whatever dies in between is delivered again; a step that was done is not found waiting.
/// </summary>
internal sealed class ErasureWork(ErasurePlanner planner, ErasureLedger ledger, ErasureLinks links, MailOptions mail, IClock clock)
{
    /// <summary>Closes the door, writes what is to be done, and orders the first module.</summary>
    public async Task BeginAsync(Guid id, NpgsqlConnection connection, CancellationToken cancel)
    {
        if (await FindAsync(id, connection, cancel) is not { State: ErasureState.Confirmed } erasure) return;
        var plan = await planner.PlanAsync(erasure.SubjectId, cancel);
        if (plan.Obstacles.Count > 0)
        {
            await StopAsync(erasure, plan.Obstacles[0], connection, cancel);
            return;
        }
        // Before anything is erased: a file too many is forgotten with the refusal, one too few would bring a person back.
        ledger.Keep(erasure);
        await CloseDoorAsync(erasure, connection, cancel);
        await RunAsync(connection, batch =>
        {
            if (erasure.AgainWaits is not null) batch.Add("update access.erasures set again_waits = null where id = $1", id);
            foreach (var line in plan.Lines)
                batch.Add("insert into access.erasure_lines (erasure_id, module, rule, fate, state, rows, law, until) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
                    id, line.Module.Name, line.Rule, line.Fate.ToString().ToLowerInvariant(), line.Until is null ? "waiting" : "held", line.Rows, Maybe.Text(line.Law), Maybe.Date(line.Until));
        }, cancel);
        await GoOnAsync(erasure, connection, cancel);
    }

    // Something has happened since it was confirmed, an enrolment say. What was carried out once is never refused: it waits for
    // whoever answers to set right what the restored copy says.
    private async Task StopAsync(Erasure erasure, string obstacle, NpgsqlConnection connection, CancellationToken cancel)
    {
        if (erasure.AgainAt is not null)
        {
            await RunAsync(connection, batch => batch.Add("update access.erasures set again_waits = $2 where id = $1", erasure.Id, obstacle), cancel);
            return;
        }
        await RunAsync(connection, batch => batch.Add("update access.erasures set state = 'refused', reason = $2 where id = $1", erasure.Id, obstacle), cancel);
        ledger.Forget(erasure.Id);
        await TellRefusedAsync(erasure.Id, connection, cancel);
    }

    /// <summary>Notes what a module has done and orders the next, or finishes.</summary>
    public async Task NoteAsync(ErasureCarriedOut done, NpgsqlConnection connection, CancellationToken cancel)
    {
        if (await FindAsync(done.ErasureId, connection, cancel) is not { } erasure) return;
        await RunAsync(connection, batch =>
        {
            foreach (var (rule, rows) in done.Rows)
                // Of anonymised rows the count from before says more than the cells that were blanked.
                batch.Add("update access.erasure_lines set state = 'done', done_at = $4, rows = greatest(rows, $5) where erasure_id = $1 and module = $2 and rule = $3 and state = 'waiting'",
                    done.ErasureId, done.Module, rule, clock.Now, rows);
        }, cancel);
        await GoOnAsync(erasure, connection, cancel);
    }

    /// <summary>Writes to who asked, when they have an address, that the answer is a refusal; the reason stands behind the link.</summary>
    public async Task TellRefusedAsync(Guid id, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select l.address, e.number from access.erasures e join access.letter_addresses l on l.person_id = e.asker_id where e.id = $1 and e.state = 'refused'", connection)
        { Parameters = { new() { Value = id } } };
        (string Address, long Number)? told;
        await using (var reader = await find.ExecuteReaderAsync(cancel)) told = await reader.ReadFirstAsync(row => ((string, long)?)(row.GetString(0), row.GetInt64(1)), cancel);
        if (told is not { } to) return;
        await RunAsync(connection, batch =>
            batch.AddLetter(to.Address, Texts.ErasureRefusedSubject, string.Format(null, Texts.ErasureRefusedLetter, to.Number, $"{mail.SiteAddress}{links.For(id)}"), clock.Now), cancel);
    }

    /// <summary>Orders what was kept until a day that has passed, and drops acts whose own term has ended.</summary>
    /// <returns>How many erasures were taken up.</returns>
    public async Task<int> TakeUpAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var today = clock.TodayIn(TimeZones.Capital);
        await using var find = new NpgsqlCommand("""
            update access.erasure_lines l set state = 'waiting' where l.until < $1 and l.state = 'held' returning l.erasure_id
            """, connection)
        { Parameters = { new() { Value = today } } };
        List<Guid> due;
        await using (var reader = await find.ExecuteReaderAsync(cancel)) due = await reader.ReadAllAsync(row => row.GetGuid(0), cancel);
        foreach (var id in due.Distinct())
            if (await FindAsync(id, connection, cancel) is { } erasure) await GoOnAsync(erasure, connection, cancel);
        var years = (await planner.TermsAsync(cancel))[RetentionTerms.Acts].Years;
        await DropActsAsync(clock.Now.AddYears(-years), connection, cancel);
        return due.Distinct().Count();
    }

    private async Task DropActsAsync(DateTimeOffset before, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var drop = new NpgsqlCommand("""
            delete from access.erasures e where e.state = 'done' and e.done_at < $1
               and not exists (select from access.erasure_lines l where l.erasure_id = e.id and (l.state <> 'done' or l.done_at >= $1)) returning e.id
            """, connection)
        { Parameters = { new() { Value = before } } };
        await using var reader = await drop.ExecuteReaderAsync(cancel);
        foreach (var id in await reader.ReadAllAsync(row => row.GetGuid(0), cancel)) ledger.Forget(id);
    }

    private async Task GoOnAsync(Erasure erasure, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select module, rule from access.erasure_lines where erasure_id = $1 and state = 'waiting'", connection) { Parameters = { new() { Value = erasure.Id } } };
        List<(string Module, string Rule)> waiting;
        await using (var reader = await find.ExecuteReaderAsync(cancel)) waiting = await reader.ReadAllAsync(row => (row.GetString(0), row.GetString(1)), cancel);
        var next = planner.Modules.FirstOrDefault(module => waiting.Any(line => line.Module == module.Name));
        if (next is null)
        {
            if (erasure.State == ErasureState.Confirmed) await FinishAsync(erasure, connection, cancel);
            return;
        }
        ImmutableArray<string> rules = [.. waiting.Where(line => line.Module == next.Name).Select(line => line.Rule)];
        await RunAsync(connection, batch => batch.AddEvent(new ErasureOrdered(Ids.New(), clock.Now, erasure.Id, erasure.SubjectId, next.Name, rules)), cancel);
    }

    private async Task FinishAsync(Erasure erasure, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select letter_to from access.erasures where id = $1", connection) { Parameters = { new() { Value = erasure.Id } } };
        var address = await find.ExecuteScalarAsync(cancel) as string;
        await RunAsync(connection, batch =>
        {
            batch.Add("update access.erasures set state = 'done', done_at = $2, letter_to = null where id = $1", erasure.Id, clock.Now);
            // An answer to a request under the law: it asks for no consent of its own, and names nobody.
            if (address is not null)
                batch.AddLetter(address, Texts.ErasureLetterSubject, string.Format(null, Texts.ErasureLetter, erasure.Number, $"{mail.SiteAddress}{links.For(erasure.Id)}"), clock.Now);
        }, cancel);
    }

    // Whoever is signed in is signed out, and what they have agreed to ends; sites are told while their sign-ins are still there.
    private async Task CloseDoorAsync(Erasure erasure, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var sites = new NpgsqlCommand("update access.client_sign_ins set status = 'revoked' where status = 'valid' and (person_id = $1 or learner_id = $1) returning id", connection)
        { Parameters = { new() { Value = erasure.SubjectId } } };
        List<Guid> told;
        await using (var reader = await sites.ExecuteReaderAsync(cancel)) told = await reader.ReadAllAsync(row => row.GetGuid(0), cancel);
        await RunAsync(connection, batch =>
        {
            batch.AddSitesToTell(told, clock.Now);
            batch.Add("update access.sessions set ended_at = $2 where person_id = $1 and ended_at is null", erasure.SubjectId, clock.Now);
            batch.Add("""
                insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, withdraws_id)
                select gen_random_uuid(), 'withdrawn', g.subject_id, $2, g.purpose, g.text_version, g.text_hash, $3, g.id from access.consents g
                 where g.event = 'given' and g.expires_at > $3 and (g.subject_id = $1 or g.giver_id = $1) and not exists (select from access.consents w where w.withdraws_id = g.id)
                """, erasure.SubjectId, erasure.AskerId, clock.Now);
            batch.Add("update access.erasures set letter_to = (select address from access.letter_addresses where person_id = $2) where id = $1", erasure.Id, erasure.AskerId);
        }, cancel);
    }

    private static async Task<Erasure?> FindAsync(Guid id, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand($"select {ErasureBook.Columns} from access.erasures where id = $1 for update", connection) { Parameters = { new() { Value = id } } };
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return await reader.ReadFirstAsync(ErasureBook.Read, cancel);
    }

    private static async Task RunAsync(NpgsqlConnection connection, Action<NpgsqlBatch> fill, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        fill(batch);
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancel);
    }
}
