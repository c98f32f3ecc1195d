using MySchool.Journal.Resources;

namespace MySchool.Journal.Pages;

/// <summary>What the pages of closing say after a deed.</summary>
internal static class ClosingWords
{
    public static string? Done(string? done) => done switch
    {
        "closed" => Texts.DoneClosed, "opened" => Texts.DoneOpened, "granted" => Texts.DoneGranted, "denied" => Texts.DoneDenied, _ => null,
    };
}
