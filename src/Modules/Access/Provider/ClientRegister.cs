using System.Text.Json;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace MySchool.Access.Provider;

/// <summary>A registered site or system as the operator sees it.</summary>
internal sealed record ClientCard(
    Guid Id, string ClientId, ClientForm Form, Guid? OrganisationId, Guid[] UnitIds, bool HasSecret, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? DisabledAt);

/// <summary>The operator's list of clients. Row-level security shows and takes rows from nobody else.</summary>
internal sealed class ClientRegister(AppDb db, IClock clock)
{
    private const string Columns = """
        id, client_id, kind, display_name, legal_name, privacy_page, coalesce(redirect_uris, '[]'), coalesce(post_logout_redirect_uris, '[]'), back_channel, sector,
        client_type = 'public', coalesce(permissions, '[]'), organisation_id, unit_ids, legal_basis, client_secret is not null, created_at, last_used_at, disabled_at
        """;

    /// <summary>Whether the actor runs this very platform.</summary>
    public static bool IsOpenTo(Actor actor) => Decide.Allows(actor, AccessActions.ManageClients, new Coordinate(Places.Territory, actor.Hat.UnitId));

    public Task<List<ClientCard>> ListAsync(Actor actor, CancellationToken cancel) => db.ReadAsync(
        actor, batch => batch.Add($"select {Columns} from access.clients order by disabled_at is not null, kind, display_name limit 500"),
        (reader, stop) => reader.ReadAllAsync(Read, stop), cancel);

    /// <summary>The client, or null when there is none or it is not the actor's to see.</summary>
    public async Task<ClientCard?> FindAsync(Actor actor, Guid id, CancellationToken cancel) => !IsOpenTo(actor) ? null : await db.ReadAsync(
        actor, batch => batch.Add($"select {Columns} from access.clients where id = $1", id), (reader, stop) => reader.ReadFirstAsync(Read, stop), cancel);

    public Task AddAsync(Actor actor, Guid id, string clientId, string? secret, ClientForm form, Bounds bounds, CancellationToken cancel) => WriteAsync(actor, AccessActions.ManageClients, id, "added", batch =>
        batch.Add("""
            insert into access.clients (id, client_id, kind, client_secret, client_type, display_name, legal_name, privacy_page, redirect_uris, post_logout_redirect_uris,
              back_channel, sector, permissions, organisation_id, unit_ids, legal_basis, consent_type, concurrency_token, created_at, created_by)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'explicit', $17, $18, $19)
            """, [id, clientId, form.Kind, (object?)secret is null ? DBNull.Value : ClientSecrets.Hash(secret!), secret is null ? ClientTypes.Public : ClientTypes.Confidential, .. Values(form),
                Maybe.Uuid(bounds.OrganisationId), bounds.UnitIds, form.LegalBasis.Trim(), Ids.New().ToString(), clock.Now, actor.PersonId]), cancel);

    public Task ChangeAsync(Actor actor, Guid id, ClientForm form, Bounds bounds, CancellationToken cancel) => WriteAsync(actor, AccessActions.ManageClients, id, "changed", batch =>
        batch.Add("""
            update access.clients set display_name = $2, legal_name = $3, privacy_page = $4, redirect_uris = $5, post_logout_redirect_uris = $6, back_channel = $7,
              sector = $8, permissions = $9, organisation_id = $10, unit_ids = $11, legal_basis = $12 where id = $1
            """, [id, .. Values(form), Maybe.Uuid(bounds.OrganisationId), bounds.UnitIds, form.LegalBasis.Trim()]), cancel);

    public Task RotateAsync(Actor actor, Guid id, string secret, CancellationToken cancel) => WriteAsync(actor, AccessActions.ManageClients, id, "secret", batch =>
        batch.Add("update access.clients set client_secret = $2 where id = $1 and client_type = 'confidential'", id, ClientSecrets.Hash(secret)), cancel);

    public Task SwitchAsync(Actor actor, Guid id, bool isOn, CancellationToken cancel) => WriteAsync(actor, AccessActions.ManageClients, id, isOn ? "on" : "off", batch =>
        batch.Add("update access.clients set disabled_at = $2 where id = $1", id, isOn ? DBNull.Value : clock.Now), cancel);

    private Task WriteAsync(Actor actor, AppAction action, Guid id, string what, Action<NpgsqlBatch> write, CancellationToken cancel) => db.WriteAsync(actor, batch =>
    {
        write(batch);
        batch.AddAudit(actor, action, clock.Now, null, null, $"{what} {id}");
    }, cancel);

    private static object[] Values(ClientForm form) =>
    [
        form.Name.Trim(), form.LegalName.Trim(), form.PrivacyPage.Trim(), Array(ClientForm.Lines(form.RedirectUris)), Array(ClientForm.Lines(form.LogoutUris)), form.BackChannel.Trim(),
        form.Kind == ClientKinds.Site ? ClientRules.SectorOf(form)! : "", Array(PermissionsOf(form)),
    ];

    // In OpenIddict's words.
    private static IEnumerable<string> PermissionsOf(ClientForm form)
    {
        string[] flow = form.Kind == ClientKinds.System
            ? [Permissions.Endpoints.Token, Permissions.Endpoints.Revocation, Permissions.GrantTypes.ClientCredentials]
            : [Permissions.Endpoints.Authorization, Permissions.Endpoints.Token, Permissions.Endpoints.EndSession, Permissions.Endpoints.Revocation,
                Permissions.GrantTypes.AuthorizationCode, Permissions.GrantTypes.RefreshToken, Permissions.ResponseTypes.Code];
        return flow.Concat(form.Scopes.Select(scope => Permissions.Prefixes.Scope + scope));
    }

    private static ClientCard Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), new ClientForm
        {
            Kind = row.GetString(2), Name = row.GetString(3), LegalName = row.GetString(4), PrivacyPage = row.GetString(5),
            RedirectUris = string.Join('\n', Strings(row.GetString(6))), LogoutUris = string.Join('\n', Strings(row.GetString(7))),
            BackChannel = row.GetString(8), Sector = row.GetString(9), IsPublic = row.GetBoolean(10),
            Scopes = [.. Strings(row.GetString(11)).Where(p => p.StartsWith(Permissions.Prefixes.Scope, StringComparison.Ordinal)).Select(p => p[Permissions.Prefixes.Scope.Length..])],
            LegalBasis = row.GetString(14),
        }, row.Maybe<Guid>(12), row.GetFieldValue<Guid[]>(13), row.GetBoolean(15), row.GetFieldValue<DateTimeOffset>(16), row.Maybe<DateTimeOffset>(17), row.Maybe<DateTimeOffset>(18));

    private static string Array(IEnumerable<string> values) => JsonSerializer.Serialize(values);

    private static string[] Strings(string json) => JsonSerializer.Deserialize<string[]>(json) ?? [];
}

/// <summary>Whose system a client is and what it may read; nothing for a site.</summary>
internal sealed record Bounds(Guid? OrganisationId, Guid[] UnitIds)
{
    public static Bounds None { get; } = new(null, []);

    /// <summary>Finds the units by their codes, or names the first that the registry does not know.</summary>
    public static async Task<Result<Bounds>> FindAsync(IRegistry registry, ClientForm form, CancellationToken cancel)
    {
        if (form.Kind == ClientKinds.Site) return None;
        var codes = ClientForm.Lines(form.Units);
        var found = await registry.FindUnitsAsync([form.Organisation.Trim(), .. codes], cancel);
        if (!found.TryGetValue(form.Organisation.Trim(), out var owner)) return new Problem("access.client-organisation", Resources.Texts.ClientOrganisationWrong, "organisation");
        if (codes.FirstOrDefault(code => !found.ContainsKey(code)) is { } unknown)
            return new Problem("access.client-units", string.Format(null, Resources.Texts.ClientUnitUnknown, unknown), "units");
        return new Bounds(owner, [.. codes.Select(code => found[code]).Distinct()]);
    }
}
