namespace MySchool.Journal.Domain;

/// <summary>A learner's mark of a lesson, as reports over a term need it.</summary>
internal readonly record struct DatedMark(DateOnly Date, string Value, short Weight);
