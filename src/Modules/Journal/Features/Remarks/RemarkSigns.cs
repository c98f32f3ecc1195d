using MySchool.Contracts.Access;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Journal.Features.Remarks;

/// <summary>How many answers of teachers wait for the deputy, beside «Замечания».</summary>
internal sealed class RemarkSigns(AppDb db, IClock clock) : INavSigns
{
    private readonly KeptCounts counts = new(clock);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NavSign>> ReadAsync(Actor actor, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, HeadActions.GiveRemarks, new Coordinate(Places.School, school))) return [];
        // Plan: remarks_school.
        var count = await counts.ReadAsync(school, () => db.ReadAsync(actor, batch => batch.Add("select count(*)::int from journal.remarks where school_year = $1 and school_id = $2 and state = $3",
            SchoolYear.Of(actor.Today), school, RemarkRules.Answered), (reader, token) => reader.ReadFirstAsync(r => r.GetInt32(0), token), cancel));
        return [new NavSign("/journal/remarks", Texts.RemarksWait, count)];
    }

    /// <summary>A remark of the school has just moved.</summary>
    public void Forget(Guid school) => counts.Forget(school);
}
