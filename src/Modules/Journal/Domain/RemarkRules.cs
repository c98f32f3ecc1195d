using System.Collections.Immutable;
using MySchool.Journal.Resources;

namespace MySchool.Journal.Domain;

/// <summary>What a remark on a journal may speak of, and how it goes from hand to hand.</summary>
internal static class RemarkRules
{
    public const string Open = "open";
    public const string Answered = "answered";
    public const string Closed = "closed";

    public const string Topic = "topic";
    public const string Homework = "homework";
    public const string Few = "few";
    public const string Late = "late";
    public const string Absences = "absences";
    public const string Other = "other";

    public static readonly ImmutableArray<string> Kinds = [Topic, Homework, Few, Late, Absences, Other];

    /// <summary>The state a step leads to from a state, or null when it cannot be taken there.</summary>
    public static string? Next(string state, string step) => (state, step) switch
    {
        (Open, "answer") => Answered,
        (Answered, "return") => Open,
        // What the deputy sees mended may be closed without an answer.
        (Open or Answered, "close") => Closed,
        _ => null,
    };

    /// <summary>«Нет темы урока».</summary>
    public static string KindName(string kind) => kind switch
    {
        Topic => Texts.RemarkTopic, Homework => Texts.RemarkHomework, Few => Texts.RemarkFew, Late => Texts.RemarkLate, Absences => Texts.RemarkAbsences, _ => Texts.RemarkOther,
    };

    /// <summary>«ждёт ответа».</summary>
    public static string StateName(string state) => state switch { Open => Texts.RemarkIsOpen, Answered => Texts.RemarkIsAnswered, _ => Texts.RemarkIsClosed };
}
