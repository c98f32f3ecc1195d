using MySchool.Connection.Resources;

namespace MySchool.Connection.Domain;

/// <summary>How a step stands.</summary>
internal enum StepState
{
    /// <summary>The facts say it is done.</summary>
    Done,

    /// <summary>It can be done now.</summary>
    Open,

    /// <summary>Something before it is missing.</summary>
    Blocked,
}

/// <summary>A step of connection, worked out from facts and never ticked by hand.</summary>
/// <param name="Code">Names it in reminders.</param>
/// <param name="Title">What is to be done.</param>
/// <param name="State">How it stands.</param>
/// <param name="Detail">The figures behind the state, or what blocks.</param>
/// <param name="Href">The page that does it, for those who may; null when it is done by others.</param>
/// <param name="Action">Words of its button.</param>
internal sealed record Step(string Code, string Title, StepState State, string Detail, string? Href = null, string? Action = null);

/// <summary>The checklist of a school and of a territory.</summary>
internal static class Steps
{
    private const int EnoughAdministrators = 2;
    private const int EnoughShare = 50;

    /// <summary>Steps of a school, in the order in which each opens the next.</summary>
    public static IReadOnlyList<Step> Of(SchoolFigures school, Definitions meaning)
    {
        var isRun = school.AdministratorsCame > 0;
        string? blocked = school.Administrators == 0 ? Texts.BlockedNoAdministrator : isRun ? null : Texts.BlockedNotCome;
        return
        [
            Make("administrator", Texts.StepAdministrator, school.Administrators > 0, null, school.Administrators > 0 ? "" : Texts.BlockedNoAdministrator),
            Make("came", Texts.StepCame, isRun, school.Administrators == 0 ? Texts.BlockedNoAdministrator : null, isRun ? "" : Texts.StepCameDetail),
            Make("second", Texts.StepSecond, school.Administrators >= EnoughAdministrators, blocked, Words.Say(Texts.StepSecondDetail, school.Administrators), "/school/staff/new", Texts.StepSecondAction),
            Make("card", Texts.StepCard, school.Missing.Count == 0, blocked, school.Missing.Count == 0 ? "" : Words.Say(Texts.StepCardDetail, string.Join(", ", school.Missing.Select(Words.Missing))), "/school/import", Texts.OpenImport),
            Make("year", Texts.StepYear, school.Terms > 0 && school.Bells > 0, blocked, Words.Say(Texts.StepYearDetail, school.Terms, school.Bells), "/school/import", Texts.OpenImport),
            Make("classes", Texts.StepClasses, school.Classes > 0, blocked, Words.Plural(school.Classes, Texts.CountClasses), "/school/import", Texts.OpenImport),
            Make("staff", Texts.StepStaff, school.Staff >= meaning.LeastStaff, blocked, Words.Say(Texts.StepStaffDetail, school.Staff, meaning.LeastStaff), "/connection/invitations", Texts.InviteStaffAction),
            Make("staff-came", Texts.StepStaffCame, school.Staff > 0 && Words.Percent(school.StaffCame, school.Staff) >= EnoughShare, blocked ?? (school.Staff == 0 ? Texts.BlockedNoStaff : null),
                Words.Say(Texts.StepStaffCameDetail, school.StaffCame, school.Staff), "/connection/invitations", Texts.InviteStaffAction),
            Make("learners", Texts.StepLearners, school.Learners > 0, blocked ?? (school.Classes == 0 ? Texts.BlockedNoClasses : null), Words.Plural(school.Learners, Texts.CountLearners), "/school/import", Texts.OpenImport),
            Make("guardians", Texts.StepGuardians, school.Learners > 0 && Words.Percent(school.WithGuardian, school.Learners) >= EnoughShare, blocked ?? (school.Learners == 0 ? Texts.BlockedNoLearners : null),
                Words.Say(Texts.StepGuardiansDetail, school.WithGuardian, school.Learners), "/school/import", Texts.OpenImport),
            Make("marks", Texts.StepMarks, school.FirstMarkOn is not null, blocked ?? (school.Learners == 0 || school.Staff == 0 ? Texts.BlockedNoJournal : null),
                school.LastMarkOn is { } last ? Words.Say(Texts.StepMarksDetail, Words.Day(last)) : Texts.StepMarksNone),
        ];
    }

    /// <summary>Steps of a territory: each names how many units stand in its way.</summary>
    public static IReadOnlyList<Step> Of(TerritoryFigures territory, int unitsBelow, int withoutCoordinator)
    {
        var rows = $"/connection/rows?unit={territory.Id}&only=";
        var none = territory.Schools == 0 ? Texts.BlockedNoSchools : null;
        List<Step> steps = [Make("schools", Texts.StepSchools, territory.Schools > 0, null, Words.Plural(territory.Schools, Texts.CountSchools))];
        if (unitsBelow > 0)
            steps.Insert(0, Make("coordinators", territory.Kind == "country" ? Texts.StepRegions : Texts.StepMunicipalities, withoutCoordinator == 0, null,
                withoutCoordinator == 0 ? "" : Words.Say(Texts.StepCoordinatorsDetail, withoutCoordinator, unitsBelow), "/connection/invitations", Texts.InviteCoordinatorAction));
        steps.Add(Make("administrators", Texts.StepAdministrators, territory.Schools > 0 && territory.Administered == territory.Schools, none,
            Words.Say(Texts.StepOutOf, territory.Administered, territory.Schools), $"{rows}unadministered", Texts.ShowThem));
        steps.Add(Make("connected", Texts.StepConnected, territory.Schools > 0 && territory.Connected == territory.Schools, none,
            Words.Say(Texts.StepOutOf, territory.Connected, territory.Schools), $"{rows}lagging", Texts.ShowThem));
        steps.Add(Make("uses", Texts.StepUses, territory.Schools > 0 && territory.Uses == territory.Schools, none ?? (territory.Connected == 0 ? Texts.BlockedNobodyConnected : null),
            Words.Say(Texts.StepOutOf, territory.Uses, territory.Schools), $"{rows}unused", Texts.ShowThem));
        return steps;
    }

    /// <summary>The one step to do next: the first that can be done; else the first that is blocked.</summary>
    public static Step? Next(IReadOnlyList<Step> steps) =>
        steps.FirstOrDefault(step => step.State == StepState.Open) ?? steps.FirstOrDefault(step => step.State == StepState.Blocked);

    private static Step Make(string code, string title, bool isDone, string? blockedBy, string detail, string? href = null, string? action = null) =>
        isDone ? new(code, title, StepState.Done, detail)
        : blockedBy is not null ? new(code, title, StepState.Blocked, blockedBy)
        : new(code, title, StepState.Open, detail, href, action);
}
