namespace MySchool.Access.Pages;

internal sealed partial class NeededConsentPage;
