using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Access;
using MySchool.CommandLine;
using MySchool.CommandLine.Launch;
using MySchool.Connection;
using MySchool.Connection.Domain;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Host;
using MySchool.Journal;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry;
using MySchool.Registry.Features.Doubles;
using MySchool.Support;
using MySchool.Works;
using Npgsql;
using Xunit;

namespace MySchool.System.Tests.Permissions;

/// <summary>The world in a real database, and the platform's own services over it.</summary>
[SupportedOSPlatform("linux")]
public sealed class WorldDatabase : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("matrix-").FullName;
    private PlatformDatabase? database;
    private ServiceProvider? services;

    internal World World { get; } = new();
    internal DateOnly Today { get; } = new SystemClock(TimeProvider.System).TodayIn("Europe/Moscow");
    internal AppDb App => services!.GetRequiredService<AppDb>();
    internal IReadOnlyDictionary<Subject, Actor?> Actors { get; private set; } = new Dictionary<Subject, Actor?>();

    public async ValueTask InitializeAsync()
    {
        database = await PlatformDatabase.OpenAsync(DataFolder.Open(folder), null, default);
        database.Migrate();
        await new WorldWriter(World, Today).WriteAsync(database.Options.Owner);
        var host = HostApp.Build([
            "--Database:App", database.Options.App, "--Database:Facts", database.Options.Facts, "--Database:Worker", database.Options.Worker,
            "--Registry:SnilsKeyFile", Path.Combine(folder, "snils.key")]);
        services = (ServiceProvider)host.Services;
        var registry = services.GetRequiredService<IRegistry>();
        var now = TimeProvider.System.GetUtcNow();
        var actors = new Dictionary<Subject, Actor?>();
        foreach (var subject in World.Subjects)
        {
            var facts = await registry.GetFactsAsync(subject.PersonId(), subject.Hat(), now, default);
            // A role no longer held gives no actor in that role: whatever was offered instead is not this subject.
            actors[subject] = facts?.Worn == subject.Hat()
                ? new Actor(subject.PersonId(), Guid.CreateVersion7(), subject.Hat(), facts.Ties, Today) : null;
        }
        Actors = actors;
    }

    public async ValueTask DisposeAsync()
    {
        if (services is not null) await services.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>Roles × relations × resources × actions against an independent oracle, each wall alone.</summary>
[SupportedOSPlatform("linux")]
public sealed class MatrixTests(WorldDatabase world) : IClassFixture<WorldDatabase>
{
    private const int FewestCells = 20_000;

    [Fact]
    public void First_wall_decides_as_the_oracle_does()
    {
        var wrong = new List<string>();
        var cells = 0;
        foreach (var (who, actor) in world.Actors)
        {
            Coordinate[] statement = [new(Places.Person, world.World.Gleb.Id), new(Places.School, world.World.Left.Id), new(Places.School, world.World.Entered.Id)];
            Check(who, "statement of Gleb", Oracle.ReadsStatement(who, world.World), Decide.Allows(actor, JournalActions.ReadStatement, statement));
            foreach (var (one, other, left, right) in world.World.Doubles)
                Check(who, $"doubles of {one.Name} and {other.Name}", Oracle.SettlesDoubles(who, one, other), actor is not null && PairOf(one, other, left, right).IsOpenTo(actor));
            Check(who, "sources of fields", Oracle.WritesPurposes(who), Decide.Allows(actor, RegistryActions.RuleTruth, new Coordinate(Places.Territory, world.World.Country.Id)));
            Check(who, "texts of consents", Oracle.WritesPurposes(who), Decide.Allows(actor, AccessActions.ManagePurposes, new Coordinate(Places.Territory, world.World.Country.Id)));
            foreach (var school in world.World.Schools)
            {
                var place = new Coordinate(Places.School, school.Id);
                foreach (var group in school.Groups)
                {
                    Coordinate[] at = [new(Places.Group, group.Id), place];
                    Check(who, $"open journal {school.Name} {group.Name}", Oracle.OpensJournal(who, school, group), Decide.Allows(actor, JournalActions.OpenJournal, at));
                    Check(who, $"read history {school.Name} {group.Name}", Oracle.OpensJournal(who, school, group), Decide.Allows(actor, JournalActions.ReadHistory, at));
                    Check(who, $"record marks {school.Name} {group.Name}", Oracle.WritesMarks(who, group), Decide.Allows(actor, JournalActions.RecordMarks, at));
                    foreach (var action in (AppAction[])[JournalActions.SetTermMarks, JournalActions.AskReopening, JournalActions.AttachPlan])
                        Check(who, $"{action.Name} {school.Name} {group.Name}", Oracle.WritesMarks(who, group), Decide.Allows(actor, action, at));
                    Check(who, $"read remarks {school.Name} {group.Name}", Oracle.ReadsRemarks(who, school, group), Decide.Allows(actor, HeadActions.ReadRemarks, at));
                    Check(who, $"answer remarks {school.Name} {group.Name}", Oracle.WritesMarks(who, group), Decide.Allows(actor, HeadActions.AnswerRemarks, at));
                    Check(who, $"export journal {school.Name} {group.Name}", Oracle.ExportsJournal(who, school, group), Decide.Allows(actor, HeadActions.ExportJournal, at));
                    Check(who, $"edit lesson {school.Name} {group.Name}", Oracle.WritesMarks(who, group), Decide.Allows(actor, JournalActions.EditLesson, at));
                }
                foreach (var of in (Guid[])[school.ClassA, school.ClassB])
                    Check(who, $"read class {school.Name} {of}", Oracle.ReadsClass(who, school, of), Decide.Allows(actor, HeadActions.ReadClass, new Coordinate(Places.Class, of), place));
                foreach (var learner in school.Attendance.Select(a => a.Learner).Distinct())
                {
                    Coordinate[] at = [new(Places.Person, learner.Id), place];
                    Check(who, $"diary {school.Name} {learner.Name}", Oracle.OpensDiary(who, school, learner), Decide.Allows(actor, JournalActions.OpenDiary, at));
                    Check(who, $"who looked {school.Name} {learner.Name}", Oracle.ReadsConsents(who, learner), Decide.Allows(actor, RegistryActions.ReadViews, new Coordinate(Places.Person, learner.Id)));
                    foreach (var action in (AppAction[])[RegistryActions.ReadFields, RegistryActions.CorrectFields])
                        Check(who, $"{action.Name} {school.Name} {learner.Name}", Oracle.KeepsCard(who, school), Decide.Allows(actor, action, place));
                    foreach (var action in (AppAction[])[JournalActions.ReportAbsence, JournalActions.ConfirmDiary])
                        Check(who, $"{action.Name} {school.Name} {learner.Name}", Oracle.ReportsAbsence(who, learner), Decide.Allows(actor, action, new Coordinate(Places.Person, learner.Id)));
                    foreach (var action in (AppAction[])[JournalActions.AnswerAbsences, JournalActions.ExcuseAbsences, JournalActions.ReadDiaryViews, HeadActions.NoteCare])
                        Check(who, $"{action.Name} {school.Name} {learner.Name}", Oracle.AnswersFamily(who, school, learner), Decide.Allows(actor, action, new Coordinate(Places.Person, learner.Id)));
                    Check(who, $"day {school.Name} {learner.Name}", Oracle.MarksDay(who, school, learner), Decide.Allows(actor, JournalActions.MarkDay, new Coordinate(Places.Class, school.ClassOf(learner)), place));
                    Check(who, $"tick {school.Name} {learner.Name}", Oracle.TicksHomework(who, learner), Decide.Allows(actor, JournalActions.TickHomework, new Coordinate(Places.Person, learner.Id)));
                }
                foreach (var (learner, group) in school.Attendance)
                {
                    Coordinate[] at = [new(Places.Person, learner.Id), new(Places.Group, group.Id)];
                    Check(who, $"work {school.Name} {group.Name} {learner.Name}", Oracle.ReadsWork(who, learner, group), Decide.Allows(actor, WorksActions.Open, at));
                    Check(who, $"hand in {school.Name} {group.Name} {learner.Name}", who.IsActive && who.Self == learner, Decide.Allows(actor, WorksActions.HandIn, at));
                    Check(who, $"check work {school.Name} {group.Name} {learner.Name}", Oracle.WritesMarks(who, group), Decide.Allows(actor, WorksActions.Check, at));
                }
                Coordinate[] totals = [place, .. Above(school).Select(t => new Coordinate(Places.Territory, t.Id))];
                Check(who, $"totals {school.Name}", Oracle.ReadsTotals(who, school), Decide.Allows(actor, JournalActions.ReadTotals, totals));
                var connected = new Place(school.Id, "school", [.. Above(school).Select(t => t.Id)]);
                Check(who, $"connection {school.Name}", Oracle.ReadsConnection(who, school), Decide.Allows(actor, ConnectionActions.Read, totals));
                Check(who, $"invite administrator {school.Name}", Oracle.InvitesAdministrator(who, school), actor is not null && InvitationRules.Allows(actor, Roles.SchoolAdministrator, connected));
                Check(who, $"remind {school.Name}", Oracle.InvitesAdministrator(who, school), Decide.Allows(actor, ConnectionActions.Remind, totals));
                foreach (var role in InvitationRules.StaffRoles)
                    Check(who, $"invite {role} {school.Name}", Oracle.AdministersSchool(who, school), actor is not null && InvitationRules.Allows(actor, role, connected));
                Check(who, $"decide requests {school.Name}", Oracle.AdministersSchool(who, school), Decide.Allows(actor, ConnectionActions.DecideRequests, place));
                Check(who, $"answer ticket {school.Name}", Oracle.AdministersSchool(who, school), Decide.Allows(actor, SupportActions.Handle, place));
                Check(who, $"answer passed ticket {school.Name}", Oracle.AnswersForMunicipality(who, school), Decide.Allows(actor, SupportActions.Handle, new Coordinate(Places.Territory, school.Municipality.Id)));
                Check(who, $"give orders {school.Name}", Oracle.ManagesMovement(who, school), Decide.Allows(actor, RegistryActions.ManageMovement, place));
                Check(who, $"plan the year {school.Name}", Oracle.ManagesMovement(who, school), Decide.Allows(actor, RegistryActions.ManageYear, place));
                Check(who, $"read the book {school.Name}", Oracle.ReadsMovement(who, school), Decide.Allows(actor, RegistryActions.ReadMovement, place));
                Check(who, $"decide erasures {school.Name}", Oracle.DecidesErasure(who, school), Decide.Allows(actor, AccessActions.DecideErasure, place));
                Coordinate[] visited = [place, .. Above(school).Select(t => new Coordinate(Places.Territory, t.Id))];
                Check(who, $"visits of support {school.Name}", Oracle.ReadsVisits(who, school), Decide.Allows(actor, SupportActions.ReadVisits, visited));
                Check(who, $"plans {school.Name}", Oracle.ReadsPlans(who, school), Decide.Allows(actor, JournalActions.ReadPlans, place));
                Check(who, $"edit plans {school.Name}", Oracle.Plans(who, school), Decide.Allows(actor, JournalActions.EditPlan, place));
                Check(who, $"progress {school.Name}", Oracle.SeesClosing(who, school), Decide.Allows(actor, JournalActions.ReadProgress, place));
                Check(who, $"closing {school.Name}", Oracle.SeesClosing(who, school), Decide.Allows(actor, JournalActions.OpenClosing, place));
                Check(who, $"close {school.Name}", Oracle.ChangesSettings(who, school), Decide.Allows(actor, JournalActions.CloseTerm, place));
                Check(who, $"reopen {school.Name}", who.IsActive && who.Role == Roles.Head && who.School == school, Decide.Allows(actor, JournalActions.DecideReopening, place));
                foreach (var action in (AppAction[])[HeadActions.ReadReports, HeadActions.GiveRemarks, HeadActions.PrintJournals])
                    Check(who, $"{action.Name} {school.Name}", Oracle.ChangesSettings(who, school), Decide.Allows(actor, action, place));
                Check(who, $"settings {school.Name}", Oracle.ChangesSettings(who, school), Decide.Allows(actor, JournalActions.ChangeSettings, place));
            }
        }
        Assert.Empty(wrong);
        Assert.True(cells >= FewestCells, $"only {cells} cells");

        void Check(Subject who, string what, bool should, bool does)
        {
            cells++;
            if (should != does) wrong.Add($"{who}: {what}: {(should ? "must be open" : "must be closed")}");
        }
    }

    [Fact]
    public async Task Second_wall_shows_the_rows_the_oracle_opens_and_no_other()
    {
        var wrong = new List<string>();
        var cells = 0;
        foreach (var (who, actor) in world.Actors)
        {
            var seen = actor is null ? [] : await ReadEverythingAsync(actor);
            var (gleb, left) = (world.World.Gleb.Id, world.World.Left);
            Check(who, $"marks {left.Algebra.Id}/{gleb}", "Gleb's past", Oracle.ReadsFormerMarks(who, world.World), seen);
            Check(who, $"former_groups {left.Id}/{gleb}", "Gleb's past", Oracle.ReadsFormerGroups(who, world.World), seen);
            Check(who, $"statements {left.Id}/{gleb}", "Gleb", Oracle.ReadsStatement(who, world.World), seen);
            Check(who, $"movements {left.Id}/{gleb}", "Gleb", Oracle.ReadsMovement(who, left), seen);
            Check(who, $"transfers {left.Id}/{gleb}", "Gleb", Oracle.ReadsTransfer(who, world.World), seen);
            Check(who, $"rollovers {left.Id}", left.Name, Oracle.ManagesMovement(who, left), seen);
            foreach (var (one, other, pairLeft, right) in world.World.Doubles)
                foreach (var table in (string[])["doubles", "merges"])
                    Check(who, $"{table} {pairLeft}/{right}", $"{one.Name} and {other.Name}", Oracle.SettlesDoubles(who, one, other), seen);
            Check(who, "consent_drafts diary", "the platform", Oracle.WritesPurposes(who), seen);
            foreach (var school in world.World.Schools)
            {
                foreach (var (learner, group) in school.Attendance)
                {
                    var marks = Oracle.ReadsMarks(who, school, learner, group);
                    foreach (var table in (string[])["marks", "absences", "cell_history", "debts", "term_marks", "term_mark_history"])
                        Check(who, $"{table} {group.Id}/{learner.Id}", $"{school.Name} {group.Name} {learner.Name}", marks, seen);
                    Check(who, $"criteria_points {group.Id}/{learner.Id}", $"{school.Name} {group.Name} {learner.Name}", Oracle.ReadsPoints(who, school, group), seen);
                    foreach (var table in (string[])["works", "steps", "files"])
                        Check(who, $"{table} {group.Id}/{learner.Id}", $"{school.Name} {group.Name} {learner.Name}", Oracle.ReadsWork(who, learner, group), seen);
                    Check(who, $"layers {group.Id}/{learner.Id}", $"{school.Name} {group.Name} {learner.Name}", Oracle.WritesMarks(who, group), seen);
                    Check(who, $"homework_done {group.Homework}/{learner.Id}", $"{school.Name} {group.Name} {learner.Name}", Oracle.OwnOrLed(who, school, learner), seen);
                }
                foreach (var group in school.Groups)
                {
                    foreach (var table in (string[])["lessons", "homework"])
                        Check(who, $"{table} {group.Id}", $"{school.Name} {group.Name}", Oracle.ReadsLesson(who, school, group), seen);
                    foreach (var table in (string[])["remarks", "remark_steps"])
                        Check(who, $"{table} {group.Id}", $"{school.Name} {group.Name}", Oracle.ReadsRemarks(who, school, group), seen);
                }
                foreach (var learner in school.Attendance.Select(a => a.Learner).Distinct())
                {
                    Check(who, $"enrolments {learner.Id}", $"{school.Name} {learner.Name}", Oracle.ReadsEnrolment(who, school, learner), seen);
                    Check(who, $"absence_notes {learner.Id}", $"{school.Name} {learner.Name}", Oracle.ReadsAbsenceNote(who, school, learner), seen);
                    Check(who, $"absence_words {learner.Id}", $"{school.Name} {learner.Name}", Oracle.ReadsWordsOfFamily(who, school, learner), seen);
                    Check(who, $"care_notes {learner.Id}", $"{school.Name} {learner.Name}", Oracle.ReadsCare(who, school, learner), seen);
                    Check(who, $"drafts {learner.Id}", $"{school.Name} {learner.Name}", Oracle.ReadsConsents(who, learner), seen);
                    Check(who, $"diary_views {learner.Id}", $"{school.Name} {learner.Name}", Oracle.ReadsDiaryViews(who, school, learner), seen);
                    Check(who, $"consents {learner.Id}", $"{school.Name} {learner.Name}", Oracle.ReadsConsents(who, learner), seen);
                    Check(who, $"erasures {learner.Id}", $"{school.Name} {learner.Name}", Oracle.ReadsErasure(who, school, learner), seen);
                    foreach (var table in (string[])["field_changes", "field_proposals"])
                        Check(who, $"{table} {learner.Id}", $"{school.Name} {learner.Name}", Oracle.KeepsCard(who, school), seen);
                    Check(who, $"people {learner.Id}", $"{school.Name} {learner.Name}", Oracle.ReadsName(who, school, learner), seen);
                }
                foreach (var table in (string[])["plans", "plan_rows", "plan_groups", "lesson_topics"])
                    Check(who, $"{table} {school.Id}", school.Name, Oracle.ReadsPlans(who, school), seen);
                Check(who, $"schools {school.Id}", school.Name, Oracle.ReadsConnection(who, school), seen);
                Check(who, $"invitations {school.Id}/teacher", school.Name, Oracle.AdministersSchool(who, school), seen);
                Check(who, $"invitations {school.Id}/school-administrator", school.Name, Oracle.InvitesAdministrator(who, school), seen);
                Check(who, $"requests {school.Id}", school.Name, Oracle.AdministersSchool(who, school), seen);
                CheckTickets(who, school, seen);
                Check(who, $"visits {school.Id}", school.Name, Oracle.ReadsVisits(who, school), seen);
                Check(who, $"prints {school.Id}", school.Name, Oracle.ChangesSettings(who, school), seen);
                Check(who, $"day_totals {school.Id}", school.Name, Oracle.ReadsTotals(who, school), seen);
            }
        }
        Assert.Empty(wrong);
        Assert.True(cells >= FewestCells, $"only {cells} cells");

        void CheckTickets(Subject who, School school, HashSet<string> seen)
        {
            foreach (var (ticket, open) in ((string, bool)[])[("here", Oracle.AdministersSchool(who, school)), ("passed", Oracle.SeesPassedTicket(who, school))])
            {
                Check(who, $"tickets {ticket} {school.Id}", school.Name, open, seen);
                foreach (var kind in (string[])["author", "note"]) Check(who, $"messages {kind}/{ticket} {school.Id}", school.Name, open, seen);
                // Who wrote stays with the school, wherever the ticket goes.
                Check(who, $"authors {ticket} {school.Id}", school.Name, Oracle.AdministersSchool(who, school), seen);
            }
        }

        void Check(Subject who, string row, string what, bool should, HashSet<string> seen)
        {
            cells++;
            if (should != seen.Contains(row)) wrong.Add($"{who}: {row.Split(' ')[0]} of {what}: {(should ? "must be seen" : "must be hidden")}");
        }
    }

    [Fact]
    public async Task Second_wall_lets_only_the_teacher_of_the_group_write()
    {
        var wrong = new List<string>();
        foreach (var (who, actor) in world.Actors.Where(a => a.Value is not null))
            foreach (var school in world.World.Schools.Take(2))
                foreach (var (learner, group) in school.Attendance)
                    foreach (var statement in Writes)
                    {
                        var did = await WritesAsync(actor!, statement, school, learner, group);
                        if (did != Oracle.WritesMarks(who, group)) wrong.Add($"{who}: {statement.Split(' ')[0]} {school.Name} {group.Name} {learner.Name}: {(did ? "wrote" : "could not write")}");
                    }
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Second_wall_lets_only_the_family_agree_for_a_learner_and_ask_for_a_copy()
    {
        var wrong = new List<string>();
        foreach (var (who, actor) in world.Actors.Where(a => a.Value is not null))
            foreach (var school in world.World.Schools.Take(2))
                foreach (var learner in (Learner[])[school.Anna, school.Boris, school.Vera])
                    foreach (var statement in Agreements)
                    {
                        var did = await ChangesAsync(actor!, statement, learner.Id, actor!.PersonId);
                        if (did != Oracle.ReadsConsents(who, learner)) wrong.Add($"{who}: {statement.Split(' ')[0]} {school.Name} {learner.Name}: {(did ? "wrote" : "could not write")}");
                    }
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Second_wall_lets_only_a_representative_speak_of_absence_and_only_the_class_teacher_answer()
    {
        var wrong = new List<string>();
        foreach (var (who, actor) in world.Actors.Where(a => a.Value is not null))
            foreach (var school in world.World.Schools.Take(2))
                foreach (var learner in (Learner[])[school.Anna, school.Boris, school.Vera])
                {
                    foreach (var statement in FamilyWords)
                        if (await SaysAsync(actor!, statement, school, learner) is var said && said != Oracle.ReportsAbsence(who, learner)) wrong.Add($"{who}: {statement[..60]} {school.Name} {learner.Name}: {(said ? "wrote" : "could not write")}");
                    foreach (var statement in ClassTeachersAnswers)
                        if (await SaysAsync(actor!, statement, school, learner) is var did && did != (Oracle.AnswersFamily(who, school, learner) || statement.Contains("absences ", StringComparison.Ordinal) && school.Attendance.Any(a => a.Learner == learner && Oracle.WritesMarks(who, a.Group))))
                            wrong.Add($"{who}: {statement[..60]} {school.Name} {learner.Name}: {(did ? "wrote" : "could not write")}");
                    foreach (var statement in WordsOfTheDay)
                        if (await SaysAsync(actor!, statement, school, learner) is var marked && marked != Oracle.MarksDay(who, school, learner)) wrong.Add($"{who}: {statement[..60]} {school.Name} {learner.Name}: {(marked ? "wrote" : "could not write")}");
                }
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Second_wall_lets_who_runs_the_school_remark_and_the_teacher_answer()
    {
        var wrong = new List<string>();
        foreach (var (who, actor) in world.Actors.Where(a => a.Value is not null))
            foreach (var school in world.World.Schools.Take(2))
                foreach (var (learner, group) in school.Attendance)
                    foreach (var (statement, should) in ((string, bool)[])
                    [
                        (RemarkGiven, Oracle.ChangesSettings(who, school)), (RemarkClosed, Oracle.ChangesSettings(who, school)), (PrintMade, Oracle.ChangesSettings(who, school)),
                        (RemarkAnswered, Oracle.WritesMarks(who, group)), (CareNoted, Oracle.AnswersFamily(who, school, learner)),
                    ])
                        if (await RemarksAsync(actor!, statement, school, group, learner) is var did && did != should) wrong.Add($"{who}: {statement[..60]} {school.Name} {group.Name}: {(did ? "wrote" : "could not write")}");
        Assert.Empty(wrong);
    }

    private const string RemarkGiven = "insert into journal.remarks (school_year, school_id, id, class_id, group_id, term, kind, text, due_on, opened_by, opened_at) select 2026, $1::uuid, gen_random_uuid(), $2::uuid, $2::uuid, 1, 'other', 'Текст', current_date, $4::uuid, now() where $3::uuid is not null";
    private const string RemarkClosed = "update journal.remarks set state = 'closed' where school_year = 2026 and school_id = $1 and group_id = $2 and $3::uuid is not null and $4::uuid is not null";
    private const string RemarkAnswered = "update journal.remarks set state = 'answered' where school_year = 2026 and school_id = $1 and group_id = $2 and $3::uuid is not null and $4::uuid is not null";
    private const string CareNoted = "insert into journal.care_notes (school_year, school_id, id, learner_id, kind, text, at, by_person) select 2026, $1::uuid, gen_random_uuid(), $3::uuid, 'talk', 'Разговор', now(), $4::uuid where $2::uuid is not null";
    private const string PrintMade = "insert into journal.prints select 2026, $1::uuid, gen_random_uuid(), $2::uuid, '7А', 90, sha256('x'), 1, now(), $4::uuid where $3::uuid is not null";

    private async Task<bool> RemarksAsync(Actor actor, string statement, School school, Group group, Learner learner)
    {
        try
        {
            await using var transaction = await world.App.BeginAsync(actor, default);
            return await transaction.RunAsync(batch => batch.Add(statement, school.Id, group.Id, learner.Id, actor.PersonId), (reader, _) => Task.FromResult(reader.RecordsAffected > 0), default);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }

    private static readonly string[] FamilyWords =
    [
        "insert into journal.absence_notes (school_year, school_id, id, learner_id, group_ids, starts_on, ends_on, reason, author_id, sent_at) values (2026, $1, gen_random_uuid(), $2, '{}', current_date, current_date, 'doctor', $3, now())",
        "insert into journal.diary_views select 2026, $1, $2, '2026-11-02', $3, now()",
        "update journal.absence_notes set withdrawn_at = now() where school_id = $1 and learner_id = $2 and $3 <> $2",
    ];

    private static readonly string[] ClassTeachersAnswers =
    [
        "update journal.absence_notes set accepted_at = now(), accepted_by = $3 where school_id = $1 and learner_id = $2",
        "update journal.absences set code = 'Б', recorded_by = $3 where school_year = 2026 and school_id = $1 and learner_id = $2",
    ];

    // Of a group that nobody teaches: what the teacher's own policies would open does not count here.
    private static readonly string[] WordsOfTheDay =
    [
        "insert into journal.absences (school_year, school_id, group_id, lesson_id, learner_id, lesson_date, code, version, recorded_by, recorded_at) values (2026, $1, gen_random_uuid(), gen_random_uuid(), $2, current_date, 'Н', 1, $3, now())",
        "insert into journal.cell_history (school_year, school_id, group_id, lesson_id, learner_id, kind, version, old_value, new_value, at, by_person, request_key) values (2026, $1, gen_random_uuid(), gen_random_uuid(), $2, 'absence', 1, null, 'Н', now(), $3, gen_random_uuid())",
    ];

    private async Task<bool> SaysAsync(Actor actor, string statement, School school, Learner learner)
    {
        try
        {
            await using var transaction = await world.App.BeginAsync(actor, default);
            return await transaction.RunAsync(batch => batch.Add(statement, school.Id, learner.Id, actor.PersonId), (reader, _) => Task.FromResult(reader.RecordsAffected > 0), default);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.CheckViolation)
        {
            return false;
        }
    }

    private static readonly string[] Agreements =
    [
        "insert into access.copies (id, subject_id, asker_id, state, asked_at) values (gen_random_uuid(), $1, $2, 'asked', now())",
        "insert into access.erasures (id, subject_id, asker_id, unit_id, unit_name, time_zone, state, asked_at, answer_by) values (gen_random_uuid(), $1, $2, $1, '', 'Europe/Moscow', 'asked', now(), current_date)",
        "insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at) values (gen_random_uuid(), 'given', $1, $2, 'regional-diary', 1, '', now(), now() + interval '1 day')",
        """
        insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, withdraws_id)
        select gen_random_uuid(), 'withdrawn', $1, $2, 'regional-diary', 1, '', now(), (select id from access.consents where subject_id = $1 and event = 'given' limit 1)
        """,
    ];

    private async Task<bool> ChangesAsync(Actor actor, string statement, Guid subject, Guid giver)
    {
        try
        {
            await using var transaction = await world.App.BeginAsync(actor, default);
            return await transaction.RunAsync(batch => batch.Add(statement, subject, giver), (reader, _) => Task.FromResult(reader.RecordsAffected > 0), default);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.CheckViolation)
        {
            return false;
        }
    }

    private static readonly string[] Writes =
    [
        "insert into journal.marks values (2026, $1, $2, $3, $4, 2, current_date, '2', 1, 1, null, 1, $4, now())",
        "update journal.marks set value = '2' where school_year = 2026 and school_id = $1 and group_id = $2 and lesson_id = $3 and learner_id = $4",
        "delete from journal.absences where school_year = 2026 and school_id = $1 and group_id = $2 and lesson_id = $3 and learner_id = $4",
        "insert into journal.cell_history values (2026, $1, $2, $3, $4, 'mark', 2, '5', '2', null, now(), $4, null, $4)",
        "update journal.debts set due_on = lesson_date + 30 where school_year = 2026 and school_id = $1 and group_id = $2 and lesson_id = $3 and learner_id = $4",
        "insert into journal.term_marks select 2026, $1::uuid, $2::uuid, $4::uuid, 2, '5', null, '', 1, $4::uuid, now() where $3::uuid is not null",
        "update journal.term_marks set value = '2' where school_year = 2026 and school_id = $1 and group_id = $2 and learner_id = $4 and $3::uuid is not null",
    ];

    private async Task<bool> WritesAsync(Actor actor, string statement, School school, Learner learner, Group group)
    {
        try
        {
            await using var transaction = await world.App.BeginAsync(actor, default);
            return await transaction.RunAsync(
                batch => batch.Add(statement, school.Id, group.Id, group.Lesson, learner.Id),
                (reader, _) => Task.FromResult(reader.RecordsAffected > 0), default);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }

    private async Task<HashSet<string>> ReadEverythingAsync(Actor actor)
    {
        (string Table, string Key)[] tables =
        [
            ("journal.marks", "group_id || '/' || learner_id"), ("journal.absences", "group_id || '/' || learner_id"),
            ("journal.cell_history", "group_id || '/' || learner_id"), ("journal.term_marks", "group_id || '/' || learner_id"),
            ("journal.criteria_points", "group_id || '/' || learner_id"), ("journal.debts", "group_id || '/' || learner_id"), ("journal.term_mark_history", "group_id || '/' || learner_id"), ("journal.homework_done", "homework_id || '/' || learner_id"),
            ("journal.lessons", "group_id"), ("journal.homework", "group_id"), ("journal.day_totals", "school_id"),
            ("journal.plans", "school_id"), ("journal.plan_rows", "school_id"), ("journal.plan_groups", "school_id"), ("journal.lesson_topics", "school_id"),
            ("journal.former_groups", "school_id || '/' || learner_id"), ("journal.statements", "school_id || '/' || learner_id"),
            ("journal.absence_notes", "learner_id"), ("journal.absence_words", "learner_id"), ("journal.diary_views", "learner_id"), ("journal.care_notes", "learner_id"),
            ("journal.remarks", "group_id"), ("journal.remark_steps", "group_id"), ("journal.prints", "school_id"),
            ("registry.movements", "school_id || '/' || person_id"), ("registry.transfers", "from_school_id || '/' || person_id"), ("registry.rollovers", "school_id"),
            ("registry.doubles", "left_id || '/' || right_id"), ("registry.merges", "survivor_id || '/' || former_id"),
            ("registry.enrolments", "person_id"), ("registry.people", "id"), ("registry.field_changes", "person_id"), ("registry.field_proposals", "person_id"),
            ("access.consents", "subject_id"), ("access.erasures", "subject_id"), ("access.consent_drafts", "purpose"),
            ("connection.schools", "school_id"), ("connection.invitations", "unit_id || '/' || role"), ("connection.requests", "school_id"),
            ("works.works", "group_id || '/' || learner_id"), ("works.drafts", "learner_id"), ("works.steps", "group_id || '/' || learner_id"),
            ("works.files", "group_id || '/' || learner_id"), ("works.layers", "group_id || '/' || learner_id"),
            ("support.tickets", "title"), ("support.visits", "school_id"), ("support.authors", "name"), ("support.messages", "kind || '/' || text"),
        ];
        return await world.App.ReadAsync(actor, batch =>
        {
            foreach (var (table, key) in tables) batch.Add($"select '{table.Split('.')[1]} ' || {key} from {table}");
        }, async (reader, cancel) =>
        {
            var rows = new HashSet<string>();
            foreach (var _ in tables) rows.UnionWith(await reader.ReadAllAsync(r => r.GetString(0), cancel));
            return rows;
        }, default);
    }

    private static DoublePair PairOf(School one, School other, Guid left, Guid right) =>
        new(left, right, 90, [], [one.Id], [other.Id], [one.Id, .. Above(one).Select(t => t.Id)], [other.Id, .. Above(other).Select(t => t.Id)], "open", null, null);

    private static IEnumerable<Territory> Above(School school)
    {
        for (Territory? above = school.Municipality; above is not null; above = above.Parent) yield return above;
    }
}
