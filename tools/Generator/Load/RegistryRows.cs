using MySchool.Generator.Curriculum;
using MySchool.Generator.People;
using MySchool.Generator.Places;
using MySchool.Generator.Timetable;
using MySchool.Generator.Year;
using Npgsql;

namespace MySchool.Generator.Load;

/// <summary>Writes a school's people and facts. A keyed hash and a cipher of СНИЛС come from the caller's vault.</summary>
internal sealed class RegistryRows(NpgsqlConnection connection, Calendar calendar)
{
    private int Year => calendar.StartYear;

    public void WriteOrganisations(RegionPlan region)
    {
        using (var copy = new CopyTable(connection, "registry.organisations", "id, parent_id, kind, name, short_name, oktmo, inn, ogrn, address, time_zone"))
        {
            foreach (var place in region.All)
                copy.Row().Id(place.Id).Id(place.Parent?.Id).Text(place.Kind).Text(place.Name).Text(place.ShortName)
                    .Text(place.Oktmo).Text(place.Inn).Text(place.Ogrn).Text(place.Address).Text(place.TimeZone);
            copy.Complete();
        }
        using (var copy = new CopyTable(connection, "registry.unit_closure", "ancestor_id, descendant_id, depth"))
        {
            foreach (var place in region.All)
            {
                var depth = 0;
                for (var up = place; up is not null; up = up.Parent) copy.Row().Id(up.Id).Id(place.Id).Small(depth++);
            }
            copy.Complete();
        }
        using (var copy = new CopyTable(connection, "registry.subjects", "id, name, short_name, code"))
        {
            foreach (var subject in Subjects.All)
                copy.Row().Id(Subjects.Ids[subject.Number]).Text(subject.Name).Text(subject.ShortName).Text(subject.Code);
            copy.Complete();
        }
    }

    public void WritePeople(IReadOnlyCollection<Person> people, SnilsSeal seal)
    {
        using (var copy = new CopyTable(connection, "registry.people", "id, last_name, first_name, middle_name, birth_date, gender"))
        {
            foreach (var person in people)
                copy.Row().Id(person.Id).Text(person.Last).Text(person.First).Text(person.Middle).Date(person.Birth).Text(person.IsMale ? "male" : "female");
            copy.Complete();
        }
        using (var copy = new CopyTable(connection, "registry.identities", "person_id, snils_hash, snils_cipher"))
        {
            foreach (var person in people)
            {
                var (hash, cipher) = seal(person.Snils);
                copy.Row().Id(person.Id).Bytes(hash).Bytes(cipher);
            }
            copy.Complete();
        }
    }

    public void WriteMemberships(IEnumerable<Membership> memberships)
    {
        using var copy = new CopyTable(connection, "registry.memberships", "unit_id, id, person_id, role, position, starts_on");
        foreach (var m in memberships)
            copy.Row().Id(m.Unit.Id).Id(m.Id).Id(m.Person.Id).Text(m.Role).Text(m.Position).Date(m.Since);
        copy.Complete();
    }

    public void WriteSchool(School school)
    {
        WriteYear(school);
        WriteMemberships(school.Memberships);
        WriteClasses(school);
        WriteGroups(school);
        using var copy = new CopyTable(connection, "registry.guardianships", "learner_id, guardian_id, kinship, starts_on, restriction");
        foreach (var tie in school.Guardianships)
            copy.Row().Id(tie.Learner.Id).Id(tie.Guardian.Id).Text(tie.Kinship).Date(tie.Learner.Birth).Text(tie.Restriction);
        copy.Complete();
    }

    private void WriteYear(School school)
    {
        using (var copy = new CopyTable(connection, "registry.academic_years", "school_id, year, starts_on, ends_on"))
        {
            copy.Row().Id(school.Id).Small(Year).Date(calendar.Starts).Date(calendar.Ends);
            copy.Complete();
        }
        using (var copy = new CopyTable(connection, "registry.terms", "school_id, id, year, number, name, starts_on, ends_on"))
        {
            foreach (var term in calendar.Terms)
                copy.Row().Id(school.Id).Id(school.Ids.Next()).Small(Year).Small(term.Number).Text(term.Name).Date(term.Starts).Date(term.Ends);
            copy.Complete();
        }
        using (var copy = new CopyTable(connection, "registry.bells", "school_id, shift, number, starts_at, ends_at"))
        {
            foreach (var (shift, number) in BellsOf(school))
            {
                var (starts, ends) = Bells.Of(school.Plan.HasTwoShifts, shift, number);
                copy.Row().Id(school.Id).Small(shift).Small(number).Time(starts).Time(ends);
            }
            copy.Complete();
        }
    }

    private static IEnumerable<(int Shift, int Number)> BellsOf(School school) =>
        Enumerable.Range(1, 7).Select(n => (1, n)).Concat(school.Plan.HasTwoShifts ? Enumerable.Range(1, 5).Select(n => (2, n)) : []);

    private void WriteClasses(School school)
    {
        using (var copy = new CopyTable(connection, "registry.classes", "school_id, id, year, grade, letter, shift"))
        {
            foreach (var c in school.Classes) copy.Row().Id(school.Id).Id(c.Id).Small(Year).Small(c.Grade).Text(c.Letter).Small(c.Shift);
            copy.Complete();
        }
        using (var copy = new CopyTable(connection, "registry.class_leaders", "school_id, id, class_id, person_id, starts_on"))
        {
            foreach (var c in school.Classes)
                copy.Row().Id(school.Id).Id(c.LeadershipId).Id(c.Id).Id(c.Leader!.Person.Id).Date(calendar.Starts);
            copy.Complete();
        }
        using (var copy = new CopyTable(connection, "registry.enrolments", "school_id, id, person_id, class_id, starts_on, order_no"))
        {
            foreach (var p in school.Pupils)
                copy.Row().Id(school.Id).Id(p.EnrolmentId).Id(p.Person.Id).Id(p.Class.Id).Date(calendar.Starts).Text($"{p.Class.Grade}-У от 25.08.{Year}");
            copy.Complete();
        }
    }

    private void WriteGroups(School school)
    {
        using (var copy = new CopyTable(connection, "registry.teaching_groups", "school_id, id, class_id, subject_id, year, kind, name"))
        {
            foreach (var g in school.Groups)
                copy.Row().Id(school.Id).Id(g.Id).Id(g.Class.Id).Id(Subjects.Ids[g.Subject.Number]).Small(Year)
                    .Text(g.Part == 0 ? "class" : "subgroup").Text(g.Name);
            copy.Complete();
        }
        // A whole class needs no list of its own: everybody enrolled attends.
        using (var copy = new CopyTable(connection, "registry.group_members", "school_id, group_id, person_id, starts_on"))
        {
            foreach (var g in school.Groups.Where(g => g.Part > 0))
                foreach (var p in g.Pupils) copy.Row().Id(school.Id).Id(g.Id).Id(p.Person.Id).Date(calendar.Starts);
            copy.Complete();
        }
        using (var copy = new CopyTable(connection, "registry.teaching_assignments", "school_id, id, group_id, person_id, starts_on"))
        {
            foreach (var g in school.Groups)
                copy.Row().Id(school.Id).Id(g.AssignmentId).Id(g.Id).Id(g.Teacher.Person.Id).Date(calendar.Starts);
            copy.Complete();
        }
    }
}

/// <summary>Turns СНИЛС digits into what the database keeps.</summary>
public delegate (byte[] Hash, byte[] Cipher) SnilsSeal(string snils);
