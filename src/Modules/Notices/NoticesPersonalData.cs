using MySchool.Contracts.Access;
using MySchool.Kernel.Data;
using MySchool.Notices.Resources;

namespace MySchool.Notices;

/// <summary>What the module keeps about a person: how they want to be told, on which devices, and what waits to be told.</summary>
internal sealed class NoticesPersonalData(WorkerDb db) : PersonalTables(db, Texts.ResourceManager)
{
    public override string Name => "notices";

    public override IReadOnlyList<PersonalTable> Tables { get; } =
    [
        new("settings", "select marks, absences, homework, digest_at, quiet_from, quiet_to, changed_at from notices.settings where person_id = $1", "notices.settings.person_id")
        { Coded = ["marks", "absences", "homework"] },
        new("devices", "select name, created_at from notices.devices where person_id = $1 order by created_at", "notices.devices.person_id"),
        new("pending", "select happened_at, kind, subject, day, value, detail from notices.pending where learner_id = $1 order by happened_at", "notices.pending.learner_id") { Coded = ["kind"] },
        // What waits for other people about the learner is theirs; a line about the learner says no more than the journal.
        new("lines", "select happened_at, send_at, text from notices.lines where person_id = $1 or learner_id = $1 and person_id = $2 order by send_at", "notices.lines.person_id", "notices.lines.learner_id"),
    ];

    public override IReadOnlyDictionary<string, string> Exempt { get; } = new Dictionary<string, string>();
}
