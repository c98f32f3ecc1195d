using CsCheck;
using MySchool.Generator.People;
using MySchool.Kernel;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Movement;
using MySchool.Registry.Features.Rollover;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

/// <summary>Orders, rollovers and undos in any order: nobody is in two classes, nobody is lost, marks stay with their learner.</summary>
public sealed class MovementSequenceTests(Office office) : IClassFixture<Office>
{
    private const int Sequences = 12;
    private static readonly DateOnly Today = SampleSchool.Today;

    private enum Step { ChangeClass, ChangeBack, Send, Accept, Leave, Return, TakeLeave, ComeBack, UndoHere, UndoThere, Plan, Apply, UndoYear }

    [Fact]
    public async Task Any_sequence_keeps_one_class_a_day_everybody_and_every_mark()
    {
        var all = await office.Host.Database.ScalarAsync<long>("select count(distinct person_id) from registry.enrolments");
        var marks = await office.Host.Database.ScalarAsync<string>("select md5(string_agg(learner_id::text || lesson_id || value, ',' order by learner_id, lesson_id, slot)) from journal.marks");
        var done = 0;
        var pupils = SampleSchool.School.Classes.Where(c => c.Grade is 5 or 6).SelectMany(c => c.Pupils).ToArray();
        await Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 3], Gen.Int[0, 20], (step, who, later) => (step, who, later)).Array[8, 14].SampleAsync(async steps =>
        {
            foreach (var (step, who, later) in steps)
            {
                if (await TakeAsync(step, pupils[who], Today.AddDays(later))) done++;
                Assert.Equal(0, await office.Host.Database.ScalarAsync<long>("""
                    select count(*) from registry.enrolments a join registry.enrolments b on a.person_id = b.person_id and a.id < b.id
                     where (a.ends_on is null or a.ends_on >= a.starts_on) and (b.ends_on is null or b.ends_on >= b.starts_on)
                       and a.starts_on <= coalesce(b.ends_on, 'infinity') and b.starts_on <= coalesce(a.ends_on, 'infinity')
                    """));
                Assert.Equal(all, await office.Host.Database.ScalarAsync<long>("select count(distinct person_id) from registry.enrolments"));
            }
        }, iter: Sequences, threads: 1);
        Assert.Equal(marks, await office.Host.Database.ScalarAsync<string>("select md5(string_agg(learner_id::text || lesson_id || value, ',' order by learner_id, lesson_id, slot)) from journal.marks"));
        Assert.True(done >= Sequences, $"only {done} orders came through");
    }

    private async Task<bool> TakeAsync(Step step, Pupil pupil, DateOnly on)
    {
        office.Host.Clock.Advance(TimeSpan.FromMilliseconds(5));
        var (person, home, away) = (pupil.Person.Id, SampleSchool.School, SampleSchool.OtherSchool);
        switch (step)
        {
            case Step.ChangeClass: return (await office.MoveAsync(person, office.Order(MovementKinds.ClassChange, on, office.OtherClass(pupil.Class).Id))).IsOk;
            case Step.ChangeBack: return (await office.MoveAsync(person, office.Order(MovementKinds.ClassChange, on, pupil.Class.Id))).IsOk;
            case Step.Send: return (await office.MoveAsync(person, office.Order(MovementKinds.TransferOut, on, toSchool: away.Id))).IsOk;
            case Step.Leave: return (await office.MoveAsync(person, office.Order(MovementKinds.Leaving, on, reason: "request"))).IsOk;
            case Step.TakeLeave: return (await office.MoveAsync(person, office.Order(MovementKinds.HomeSchooling, on))).IsOk;
            case Step.ComeBack: return (await office.MoveAsync(person, office.Order(MovementKinds.Return, on))).IsOk;
            case Step.Accept:
                var sent = await office.SentAsync(person);
                return (await office.AcceptAsync(sent, office.Order(MovementKinds.TransferIn, on, away.Classes.First(c => c.Grade >= 5).Id), away)).IsOk;
            case Step.Return: return (await office.EnrolAsync(new EnrolRequest(person.ToString(), null, null, null, null, office.Order(MovementKinds.Enrolment, on, pupil.Class.Id, reason: "returned")))).IsOk;
            case Step.UndoHere: return await UndoLastAsync(person, home);
            case Step.UndoThere: return await UndoLastAsync(person, away);
            default: return await YearAsync(step);
        }
    }

    private async Task<bool> UndoLastAsync(Guid person, School school)
    {
        var last = await office.Host.Database.ScalarAsync<Guid>(
            "select id from registry.movements where person_id = $1 and school_id = $2 and undone_at is null order by recorded_at desc limit 1", person, school.Id);
        return last != Guid.Empty && (await office.UndoAsync(person, last, school)).IsOk;
    }

    private async Task<bool> YearAsync(Step step)
    {
        var actor = await office.AdministratorAsync();
        var version = await office.Host.Database.ScalarAsync<int>("select version from registry.rollovers where school_id = $1", SampleSchool.School.Id);
        return step switch
        {
            Step.Plan => (await office.WithAsync<PlanYear, Result<RolloverPlan>>(h => h.StartAsync(actor, default))).IsOk,
            Step.Apply => (await office.WithAsync<ApplyRollover, Result<bool>>(h => h.HandleAsync(actor, version, default))).IsOk,
            _ => (await office.WithAsync<UndoRollover, Result<bool>>(h => h.HandleAsync(actor, default))).IsOk,
        };
    }
}
