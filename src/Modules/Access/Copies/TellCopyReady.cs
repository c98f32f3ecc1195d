using Microsoft.Extensions.DependencyInjection;
using MySchool.Access.Resources;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Mail;
using Npgsql;

namespace MySchool.Access.Copies;

/// <summary>A letter to whoever asked, when they have an address and agreed to letters; the notice on their page comes anyway. It names nobody.</summary>
internal sealed class TellCopyReady(IServiceScopeFactory scopes, MailOptions mail, IClock clock)
{
    public async Task AddAsync(Guid asker, string until, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select address from access.letter_addresses where person_id = $1", connection) { Parameters = { new() { Value = asker } } };
        if (await find.ExecuteScalarAsync(cancel) is not string address) return;
        await using var scope = scopes.CreateAsyncScope();
        if (!await scope.ServiceProvider.GetRequiredService<IConsents>().IsOpenAsync(AccessFlows.Letters, asker, cancel)) return;
        await using var batch = new NpgsqlBatch(connection);
        batch.AddLetter(address, Texts.CopyLetterSubject, string.Format(null, Texts.CopyLetter, until, mail.SiteAddress), clock.Now);
        await batch.ExecuteNonQueryAsync(cancel);
    }
}
