using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace MySchool.Bench;

/// <summary>The database's own limit: pgbench doing the inserts of one mark, prepared, with generic plans, in the same run.</summary>
internal static partial class PgBench
{
    // Into the year at work, among all its marks; keys are nobody's, so no page shows these rows.
    // A space after each colon: pgbench takes ":1" for a variable.
    private const string Script = """
        begin;
        insert into kernel.idempotency (person_id, key, action, answer, at) values (gen_random_uuid(), gen_random_uuid(), 'bench', '{"cells": [{"lesson": "019fba9f-c299-749a-a498-fbd3e69a41a4","learner": "019fba9f-c261-7dcb-98cb-d4b4ab5a73c7","state": "saved","mark": {"value": "5","work": 1,"weight": 1,"comment": null,"version": 1,"by": "Мария Петровна"},"absence": null,"message": null}],"averages": []}', now());
        insert into journal.marks values (2026, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, current_date, '5', 1, 1, null, 1, gen_random_uuid(), now());
        insert into journal.cell_history values (2026, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'mark', 1, null, '5', null, now(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid());
        insert into kernel.audit (at, id, actor_id, role, action, school_id, subject_id, session_id, address, detail) values (now(), gen_random_uuid(), gen_random_uuid(), 'teacher', 'journal.record-marks', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '127.0.0.1', 'group=019fba9f-c26b-7037-b1b7-9980b45c7ceb cells=1');
        insert into kernel.outbox (id, type, school_id, payload, occurred_at, due_at) values (gen_random_uuid(), 'Bench', null, '{"cells": [{"lesson": "019fba9f-c299-749a-a498-fbd3e69a41a4","learner": "019fba9f-c261-7dcb-98cb-d4b4ab5a73c7"}],"averages": []}', now(), now());
        commit;

        """;

    /// <summary>Transactions a second, and what one takes of PostgreSQL's CPU, ms: no save can be cheaper than that.</summary>
    public static async Task<(double PerSecond, double PostgresMs)> MarksAsync(Platform platform, int clients, int seconds, CancellationToken cancel)
    {
        var settings = new NpgsqlConnectionStringBuilder(platform.Database.Owner);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Script, cancel);
        var start = new ProcessStartInfo(FindPgBench()) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-n", "-M", "prepared", "-c", $"{clients}", "-j", "2", "-T", $"{seconds}", "-f", file,
            "-h", settings.Host!, "-p", $"{settings.Port}", "-U", settings.Username!, settings.Database!]) start.ArgumentList.Add(argument);
        start.Environment["PGPASSWORD"] = settings.Password;
        start.Environment["PGOPTIONS"] = "-c plan_cache_mode=force_generic_plan";
        var before = ProcessCpu.OfPostgres(platform.PostgresId);
        using var pgbench = Process.Start(start)!;
        var output = await pgbench.StandardOutput.ReadToEndAsync(cancel);
        await pgbench.WaitForExitAsync(cancel);
        var cpu = ProcessCpu.OfPostgres(platform.PostgresId) - before;
        File.Delete(file);
        var (rate, done) = (Tps().Match(output), Processed().Match(output));
        return rate.Success && done.Success ? (Number(rate), cpu / Number(done))
            : throw new InvalidOperationException($"pgbench: {output} {await pgbench.StandardError.ReadToEndAsync(cancel)}");
    }

    // Debian keeps it beside the server, out of PATH.
    private static string FindPgBench() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateFiles("/usr/lib/postgresql", "pgbench", SearchOption.AllDirectories).OrderDescending().FirstOrDefault() ?? "pgbench"
            : "pgbench";

    private static double Number(Match found) => double.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"tps = ([\d.]+)")]
    private static partial Regex Tps();

    [GeneratedRegex(@"actually processed: (\d+)")]
    private static partial Regex Processed();
}
