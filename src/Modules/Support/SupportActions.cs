using MySchool.Contracts.Access;
using MySchool.Kernel;

namespace MySchool.Support;

/// <summary>Everything the module lets anyone do, and to whom it is open.</summary>
internal static class SupportActions
{
    /// <summary>Написать в поддержку: also those who cannot sign in, which may be the very thing they write of.</summary>
    public static readonly AppAction Write = AppAction.ForAnyone("support.write");

    /// <summary>Свои обращения.</summary>
    public static readonly AppAction ReadOwn = AppAction.ForSignedIn("support.read-own");

    /// <summary>Обращение по ссылке из письма: the secret of the link decides.</summary>
    public static readonly AppAction ReadByLetter = AppAction.ForAnyone("support.read-by-letter");

    /// <summary>Очередь и ответы; decided at the unit the ticket is with.</summary>
    public static readonly AppAction Handle = AppAction.For("support.handle", Relations.Administers, Relations.Coordinates, Relations.Operates);

    /// <summary>Сроки ответа.</summary>
    public static readonly AppAction SetTerms = AppAction.For("support.set-terms", Relations.Operates);

    /// <summary>База знаний.</summary>
    public static readonly AppAction ReadHelp = AppAction.ForAnyone("support.read-help");

    /// <summary>Статьи базы знаний.</summary>
    public static readonly AppAction EditHelp = AppAction.For("support.edit-help", Relations.Operates);

    /// <summary>Попросить доступ к одной школе на час.</summary>
    public static readonly AppAction AskVisit = AppAction.For("support.ask-visit", Relations.Operates);

    /// <summary>Разрешить доступ поддержки, отказать, прекратить; decided at the school and what is above it.</summary>
    public static readonly AppAction SettleVisit = AppAction.For("support.settle-visit", Relations.Administers, Relations.Coordinates, Relations.Operates);

    /// <summary>Кто из поддержки, зачем и что смотрел в школе.</summary>
    public static readonly AppAction ReadVisits = AppAction.For("support.read-visits",
        Relations.Administers, Relations.Head, Relations.Deputy, Relations.Coordinates, Relations.Operates);

    public static IReadOnlyList<AppAction> All { get; } = [Write, ReadOwn, ReadByLetter, Handle, SetTerms, ReadHelp, EditHelp, AskVisit, SettleVisit, ReadVisits];
}
