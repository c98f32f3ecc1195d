using System.Collections.Frozen;
using MySchool.Kernel;
using MySchool.Ui;

namespace MySchool.Access.Sessions;

/// <summary>What one round trip tells of a session: whose it is, the role worn, how they read and what they consented to.</summary>
/// <param name="Id">The session.</param>
/// <param name="PersonId">Whose it is.</param>
/// <param name="Worn">The role chosen, or null before the first choice.</param>
/// <param name="IsChild">Opened by a child's account of ЕСИА, which acts for nobody else.</param>
/// <param name="Preferences">How the person reads.</param>
/// <param name="Consents">Consents in force that the person gave: purpose and subject.</param>
internal sealed record Session(
    Guid Id, Guid PersonId, Hat? Worn, bool IsChild, DisplayPreferences Preferences, FrozenSet<(string Purpose, Guid SubjectId)> Consents);
