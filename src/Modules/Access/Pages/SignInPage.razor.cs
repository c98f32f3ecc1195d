namespace MySchool.Access.Pages;

internal sealed partial class SignInPage;
