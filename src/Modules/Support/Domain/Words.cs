using System.Globalization;
using MySchool.Contracts.Access;
using MySchool.Support.Resources;

namespace MySchool.Support.Domain;

/// <summary>Dates, terms, kinds and roles as people say them.</summary>
internal static class Words
{
    public static readonly CultureInfo Russian = CultureInfo.GetCultureInfo("ru-RU");

    public static string Say(string text, params object?[] values) => string.Format(Russian, text, values);

    /// <summary>«26 ноября, 14:05», Moscow time: support of the country has no other clock in common.</summary>
    public static string At(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(3)).ToString("d MMMM, H:mm", Russian);

    /// <summary>«2 дня», «5 часов»: whole days from 24 hours on.</summary>
    public static string Hours(int hours) => hours % 24 == 0 ? Plural(hours / 24, Texts.CountDays) : Plural(hours, Texts.CountHours);

    /// <summary>«12 обращений»: the form for a count out of «обращение|обращения|обращений».</summary>
    public static string Plural(int count, string forms)
    {
        var tens = Math.Abs(count) % 100;
        var units = tens % 10;
        return $"{count.ToString("N0", Russian)} {forms.Split('|')[tens is > 10 and < 20 ? 2 : units == 1 ? 0 : units is > 1 and < 5 ? 1 : 2]}";
    }

    public static string Kind(string kind) => kind switch
    {
        "sign-in" => Texts.KindSignIn, "marks" => Texts.KindMarks, "people" => Texts.KindPeople, "consents" => Texts.KindConsents,
        "connection" => Texts.KindConnection, "error" => Texts.KindError, "idea" => Texts.KindIdea, _ => Texts.KindOther,
    };

    public static string Level(string level) => level switch
    {
        "school" => Texts.LevelSchool, "municipality" => Texts.LevelMunicipality, "region" => Texts.LevelRegion, _ => Texts.LevelCountry,
    };

    public static string Role(string role) => role switch
    {
        Roles.Learner => Texts.RoleLearner, Roles.Guardian => Texts.RoleGuardian, Roles.Teacher => Texts.RoleTeacher, Roles.Deputy => Texts.RoleDeputy,
        Roles.Head => Texts.RoleHead, Roles.Psychologist => Texts.RolePsychologist, Roles.Technician => Texts.RoleTechnician,
        Roles.SchoolAdministrator => Texts.RoleSchoolAdministrator, Roles.MunicipalCoordinator => Texts.RoleMunicipalCoordinator,
        Roles.RegionalCoordinator => Texts.RoleRegionalCoordinator, Roles.Operator => Texts.RoleOperator,
        Roles.SupportVisitor => Texts.RoleSupportVisitor, _ => Texts.RoleUnknown,
    };

    /// <summary>State for the author, who is not asked to know of queues.</summary>
    public static string OwnState(string state) => state switch
    {
        "unconfirmed" => Texts.StateUnconfirmed, "new" => Texts.StateSent, "ours" => Texts.StateInWork, "author" => Texts.StateAnswered, _ => Texts.StateClosed,
    };

    public static string State(string state) => state switch
    {
        "new" => Texts.StateNew, "ours" => Texts.StateOurs, "author" => Texts.StateAuthor, _ => Texts.StateClosed,
    };

    public static string Step(string what) => what switch
    {
        "sent" => Texts.StepSent, "confirmed" => Texts.StepConfirmed, "taken" => Texts.StepTaken, "answered" => Texts.StepAnswered, "replied" => Texts.StepReplied,
        "noted" => Texts.StepNoted, "up" => Texts.StepUp, "down" => Texts.StepDown, "closed" => Texts.StepClosed, "reopened" => Texts.StepReopened, _ => Texts.StepRated,
    };
}
