using MySchool.Access.Resources;
using MySchool.Contracts.Access;

namespace MySchool.Access.Web;

/// <summary>Roles as people call them.</summary>
internal static class RoleNames
{
    public static string Of(string role) => role switch
    {
        Roles.Learner => Texts.RoleLearner,
        Roles.Guardian => Texts.RoleGuardian,
        Roles.Teacher => Texts.RoleTeacher,
        Roles.Deputy => Texts.RoleDeputy,
        Roles.Head => Texts.RoleHead,
        Roles.SchoolAdministrator => Texts.RoleSchoolAdministrator,
        Roles.Psychologist => Texts.RolePsychologist,
        Roles.Technician => Texts.RoleTechnician,
        Roles.MunicipalCoordinator => Texts.RoleMunicipalCoordinator,
        Roles.RegionalCoordinator => Texts.RoleRegionalCoordinator,
        Roles.Operator => Texts.RoleOperator,
        Roles.SupportVisitor => Texts.RoleSupportVisitor,
        _ => role,
    };
}
