using MySchool.Contracts.Access;

namespace MySchool.System.Tests.Permissions;

/// <summary>
/// Who may do what, written from the rules as a head of school would say them and from nothing in the platform's code.
/// Both walls are compared with this.
/// </summary>
internal static class Oracle
{
    /// <summary>Marks, absences and their history: whose they are, who represents them, who set them, who leads the class, who runs the school.</summary>
    public static bool ReadsMarks(Subject who, School school, Learner learner, Group group) =>
        who.IsActive && (IsOwn(who, learner) || Teaches(who, group) || Leads(who, school, learner) || Runs(who, school) || Visits(who, school));

    /// <summary>Points by criteria: the teacher's working sheet; families read them in the comment to the mark.</summary>
    public static bool ReadsPoints(Subject who, School school, Group group) => who.IsActive && (Teaches(who, group) || Runs(who, school) || Visits(who, school));

    /// <summary>Only the teacher of that very group writes marks; not even the head does.</summary>
    public static bool WritesMarks(Subject who, Group group) => who.IsActive && Teaches(who, group);

    /// <summary>A lesson and its homework: teacher, those who attend the group and their guardians, leader of the class, those who run the school.</summary>
    public static bool ReadsLesson(Subject who, School school, Group group) =>
        who.IsActive && (Teaches(who, group) || Runs(who, school) || Visits(who, school)
            // Whoever moved goes on reading the days spent here.
            || PastOf(who, group)
            || school.Attendance.Any(a => a.Group == group && (IsOwn(who, a.Learner) || Leads(who, school, a.Learner)))
            || who.Leads == school.ClassA && group != school.AlgebraB || who.Leads == school.ClassB && group == school.AlgebraB);

    /// <summary>A class journal as a page: the same people but the family, who have the diary.</summary>
    public static bool OpensJournal(Subject who, School school, Group group) =>
        ReadsLesson(who, school, group) && who.Role is not (Roles.Learner or Roles.Guardian);

    /// <summary>A diary: the child, the guardian, the leader of the class, those who run the school. A subject teacher has the journal.</summary>
    public static bool OpensDiary(Subject who, School school, Learner learner) =>
        who.IsActive && (IsOwn(who, learner) || Leads(who, school, learner) || Runs(who, school) || Visits(who, school));

    /// <summary>The "done" tick belongs to the family.</summary>
    public static bool TicksHomework(Subject who, Learner learner) => who.IsActive && IsOwn(who, learner);

    /// <summary>A learner does not excuse themself: a representative says it, the class teacher answers.</summary>
    public static bool ReportsAbsence(Subject who, Learner learner) => who.IsActive && who.Children.Contains(learner);

    /// <summary>Whoever leads the class answers notes of its families and sees who has read the diary.</summary>
    public static bool AnswersFamily(Subject who, School school, Learner learner) => who.IsActive && Leads(who, school, learner);

    /// <summary>What a family wrote in its own words: the family, the class teacher, those who run the school. Not the subject teachers, not support.</summary>
    public static bool ReadsWordsOfFamily(Subject who, School school, Learner learner) => who.IsActive && (IsOwn(who, learner) || Leads(who, school, learner) || Runs(who, school));

    /// <summary>That the learner does not come: whoever reads the words, whoever teaches the learner, and support in its hour.</summary>
    public static bool ReadsAbsenceNote(Subject who, School school, Learner learner) =>
        ReadsWordsOfFamily(who, school, learner) || who.IsActive && Visits(who, school) || who.IsActive && who.Teaches.Any(g => school.Attendance.Any(a => a.Learner == learner && a.Group == g));

    /// <summary>That the diary was read: the family, the class teacher, those who run the school.</summary>
    public static bool ReadsDiaryViews(Subject who, School school, Learner learner) => who.IsActive && (IsOwn(who, learner) || Leads(who, school, learner) || Runs(who, school));

    /// <summary>What was done for a learner: whoever leads the class and those who run the school. Not the family, not the subject teachers, not support.</summary>
    public static bool ReadsCare(Subject who, School school, Learner learner) => who.IsActive && (Leads(who, school, learner) || Runs(who, school));

    /// <summary>Summary, risks and report of a class: whoever leads that class and those who run the school.</summary>
    public static bool ReadsClass(Subject who, School school, Guid of) => who.IsActive && (who.Leads == of || Runs(who, school));

    /// <summary>A remark on a journal is between those who run the school and the teacher of that very group; the class teacher has no part in it.</summary>
    public static bool ReadsRemarks(Subject who, School school, Group group) => who.IsActive && (Teaches(who, group) || Runs(who, school));

    /// <summary>A journal leaves as a workbook with whoever reads it by office; support reads and takes nothing away.</summary>
    public static bool ExportsJournal(Subject who, School school, Group group) => OpensJournal(who, school, group) && who.Role != Roles.SupportVisitor;

    /// <summary>The enrolment, and with it the name in a list: family, staff who teach or lead the child, those who keep the school's registry.</summary>
    public static bool ReadsEnrolment(Subject who, School school, Learner learner) =>
        who.IsActive && (IsOwn(who, learner) || Leads(who, school, learner) || KeepsRegistry(who, school) || Visits(who, school)
            || who.Teaches.Any(g => school.IsWholeClass(g) && school.Attendance.Any(a => a.Learner == learner && a.Group == g))
            // A teacher or leader of a whole class sees the class.
            || who.Leads == school.ClassOf(learner)
            || who.Teaches.Any(g => school.IsWholeClass(g) && school.Groups.Contains(g) && ClassOf(school, g) == school.ClassOf(learner)));

    /// <summary>The name: everyone above, and the teacher of the child's подгруппа.</summary>
    public static bool ReadsName(Subject who, School school, Learner learner) =>
        ReadsEnrolment(who, school, learner) || who.IsActive && who.Teaches.Any(g => school.Attendance.Any(a => a.Learner == learner && a.Group == g));

    /// <summary>A work handed in: the pupil, the family, the teacher of that very group. Not the class teacher, not the head.</summary>
    public static bool ReadsWork(Subject who, Learner learner, Group group) => who.IsActive && (IsOwn(who, learner) || Teaches(who, group));

    /// <summary>Figures of a school's day: its head and deputies, coordinators above it, the operator.</summary>
    public static bool ReadsTotals(Subject who, School school) =>
        who.IsActive && (Runs(who, school) || who.Territory is { } territory && school.Municipality.IsWithin(territory));

    /// <summary>The journal's settings are the head's and deputies' to change.</summary>
    public static bool ChangesSettings(Subject who, School school) => who.IsActive && Runs(who, school);

    /// <summary>How far a term is from its end: whoever runs the school, and support on a visit.</summary>
    public static bool SeesClosing(Subject who, School school) => who.IsActive && (Runs(who, school) || Visits(who, school));

    /// <summary>How far a school is connected: those who run, administer or maintain it, and whoever coordinates above.</summary>
    public static bool ReadsConnection(Subject who, School school) =>
        who.IsActive && (who.School == school && (who.Role is Roles.Head or Roles.Deputy or Roles.SchoolAdministrator or Roles.Technician) || IsAbove(who, school));

    /// <summary>An administrator is invited by whoever coordinates above the school.</summary>
    public static bool InvitesAdministrator(Subject who, School school) => who.IsActive && IsAbove(who, school);

    /// <summary>Staff are invited, and requests decided, by the administrator of that very school.</summary>
    public static bool AdministersSchool(Subject who, School school) => who.IsActive && who.School == school && who.Role == Roles.SchoolAdministrator;

    /// <summary>A ticket the school has passed to its municipality: whoever had it and whoever has it; those above wait for their turn.</summary>
    public static bool SeesPassedTicket(Subject who, School school) => AdministersSchool(who, school) || AnswersForMunicipality(who, school);

    /// <summary>Whoever has a ticket answers it.</summary>
    public static bool AnswersForMunicipality(Subject who, School school) => who.IsActive && who.Territory == school.Municipality;

    private static bool IsAbove(Subject who, School school) => who.Territory is { } territory && school.Municipality.IsWithin(territory);

    /// <summary>Ticks are seen by the family and the leader of the class.</summary>
    public static bool OwnOrLed(Subject who, School school, Learner learner) =>
        who.IsActive && (IsOwn(who, learner) || Leads(who, school, learner));

    /// <summary>Marks a learner left behind: the family, the teacher who set them, those who run the school that was left. Nobody of the new school.</summary>
    public static bool ReadsFormerMarks(Subject who, World world) =>
        who.IsActive && (IsOwn(who, world.Gleb) || Teaches(who, world.Left.Algebra) || Runs(who, world.Left) || Visits(who, world.Left));

    /// <summary>What was attended there: the family and those who run the school that was left.</summary>
    public static bool ReadsFormerGroups(Subject who, World world) => who.IsActive && (IsOwn(who, world.Gleb) || Runs(who, world.Left));

    /// <summary>The statement: the family, the new class teacher, those who run either school.</summary>
    public static bool ReadsStatement(Subject who, World world) =>
        who.IsActive && (IsOwn(who, world.Gleb) || who.Leads == world.Entered.ClassV || Runs(who, world.Left) || Runs(who, world.Entered));

    /// <summary>The book of movement: its administrator, head and deputies.</summary>
    public static bool ReadsMovement(Subject who, School school) =>
        who.IsActive && (Runs(who, school) || ManagesMovement(who, school));

    /// <summary>Papers on the way: the book's readers in both schools.</summary>
    public static bool ReadsTransfer(Subject who, World world) => ReadsMovement(who, world.Left) || ReadsMovement(who, world.Entered);

    /// <summary>Orders and the new year are the administrator's.</summary>
    public static bool ManagesMovement(Subject who, School school) => who.IsActive && who.School == school && who.Role == Roles.SchoolAdministrator;

    /// <summary>History of a card's fields and what waits to be decided: the administrator of the school where the learner is today.</summary>
    public static bool KeepsCard(Subject who, School school) => AdministersSchool(who, school);

    /// <summary>Likely doubles: of one school its administrator decides, of two whoever coordinates both.</summary>
    public static bool SettlesDoubles(Subject who, School one, School other) =>
        one == other ? AdministersSchool(who, one) : who.IsActive && IsAbove(who, one) && IsAbove(who, other);
    /// <summary>What was agreed to about a learner: the learner and those who represent them. Not the class teacher, not the school.</summary>
    public static bool ReadsConsents(Subject who, Learner learner) => who.IsActive && IsOwn(who, learner);

    /// <summary>A request to erase a learner's data: the family, and the administrator who answers for the school.</summary>
    public static bool ReadsErasure(Subject who, School school, Learner learner) => ReadsConsents(who, learner) || DecidesErasure(who, school);

    /// <summary>It is decided by the administrator of that very school.</summary>
    public static bool DecidesErasure(Subject who, School school) => AdministersSchool(who, school);

    /// <summary>Who of support asked to read a school: those who run or administer it, and whoever coordinates above.</summary>
    public static bool ReadsVisits(Subject who, School school) => who.IsActive && (AdministersSchool(who, school) || Runs(who, school) || IsAbove(who, school));

    /// <summary>Plans of lessons: teachers of the school, those who run it, and support on a visit. No family.</summary>
    public static bool ReadsPlans(Subject who, School school) => who.IsActive && (Runs(who, school) || Visits(who, school) || who.School == school && who.Role == Roles.Teacher);

    /// <summary>Each teacher plans for themself; whose a plan is, decides the rest.</summary>
    public static bool Plans(Subject who, School school) => who.IsActive && who.School == school && who.Role == Roles.Teacher;

    /// <summary>Absence of a day: whoever leads the class, and those who run the school.</summary>
    public static bool MarksDay(Subject who, School school, Learner learner) => who.IsActive && (Leads(who, school, learner) || Runs(who, school));

    /// <summary>Texts of consents are written by whoever runs the platform.</summary>
    public static bool WritesPurposes(Subject who) => who.IsActive && who.Role == Roles.Operator;

    private static bool PastOf(Subject who, Group group) => (who.Self?.Left ?? who.Children.Select(c => c.Left).FirstOrDefault(g => g is not null)) == group;

    private static bool IsOwn(Subject who, Learner learner) => who.Self == learner || who.Children.Contains(learner);

    private static bool Teaches(Subject who, Group group) => who.Teaches.Contains(group);

    private static bool Leads(Subject who, School school, Learner learner) => who.Leads == school.ClassOf(learner);

    private static bool Runs(Subject who, School school) => who.School == school && who.Role is Roles.Head or Roles.Deputy;

    // Two people have let support read the school, for an hour that runs now.
    private static bool Visits(Subject who, School school) => who.School == school && who.Role == Roles.SupportVisitor;

    private static bool KeepsRegistry(Subject who, School school) =>
        who.School == school && who.Role is Roles.Head or Roles.Deputy or Roles.SchoolAdministrator or Roles.Psychologist;

    private static Guid ClassOf(School school, Group group) => group == school.AlgebraB ? school.ClassB : school.ClassA;
}
