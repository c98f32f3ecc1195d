using Microsoft.EntityFrameworkCore;
using MySchool.Kernel.Data;
using OpenIddict.EntityFrameworkCore.Models;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace MySchool.Access.Provider;

/// <summary>What OpenIddict keeps, under the authoriser's role: codes and tokens come without a person.</summary>
internal sealed class ProviderDb(DbContextOptions<ProviderDb> options) : ModuleDbContext(options, "access")
{
    public DbSet<Client> Clients => Set<Client>();

    public DbSet<ClientSignIn> SignIns => Set<ClientSignIn>();

    /// <summary>Ends everything issued to a client, one that is switched off included.</summary>
    public async Task RevokeAllAsync(Guid clientId, CancellationToken cancel)
    {
        await Set<ClientToken>().IgnoreQueryFilters().Where(token => token.Application!.Id == clientId)
            .ExecuteUpdateAsync(set => set.SetProperty(token => token.Status, Statuses.Revoked), cancel);
        await SignIns.IgnoreQueryFilters().Where(signIn => signIn.Application!.Id == clientId)
            .ExecuteUpdateAsync(set => set.SetProperty(signIn => signIn.Status, Statuses.Revoked), cancel);
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema("access");
        modelBuilder.UseOpenIddict<Client, ClientSignIn, ClientScope, ClientToken, Guid>();
        // A client that is switched off exists for nobody from this moment on.
        modelBuilder.Entity<Client>(client => client.ToTable("clients").HasQueryFilter(row => row.DisabledAt == null));
        modelBuilder.Entity<ClientSignIn>().ToTable("client_sign_ins");
        modelBuilder.Entity<ClientScope>().ToTable("client_scopes");
        modelBuilder.Entity<ClientToken>().ToTable("client_tokens");
        // The database checks lengths where they matter; OpenIddict's own are meant for other databases.
        foreach (var text in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()).Where(property => property.ClrType == typeof(string)))
            text.SetMaxLength(null);
    }
}

/// <summary>A site that signs people in, or a system that reads for itself.</summary>
internal sealed class Client : OpenIddictEntityFrameworkCoreApplication<Guid, ClientSignIn, ClientToken>
{
    public string Kind { get; set; } = ClientKinds.Site;

    public string LegalName { get; set; } = "";

    public string PrivacyPage { get; set; } = "";

    public string BackChannel { get; set; } = "";

    public string Sector { get; set; } = "";

    public Guid? OrganisationId { get; set; }

    public Guid[] UnitIds { get; set; } = [];

    public string LegalBasis { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public Guid CreatedBy { get; set; }

    public DateTimeOffset? LastUsedAt { get; set; }

    public DateTimeOffset? DisabledAt { get; set; }
}

/// <summary>The two kinds of clients.</summary>
internal static class ClientKinds
{
    public const string Site = "site";
    public const string System = "system";
}

/// <summary>One sign-in at a site: in which role and for which child. All tokens of the chain hang on it.</summary>
internal sealed class ClientSignIn : OpenIddictEntityFrameworkCoreAuthorization<Guid, Client, ClientToken>
{
    public Guid? PersonId { get; set; }

    public Guid? SessionId { get; set; }

    public string Role { get; set; } = "";

    public Guid UnitId { get; set; }

    public Guid? LearnerId { get; set; }

    public DateTimeOffset? SignedInAt { get; set; }
}

/// <summary>A code or token: its hash and whether it still stands.</summary>
internal sealed class ClientToken : OpenIddictEntityFrameworkCoreToken<Guid, Client, ClientSignIn>;

/// <summary>Scopes live in code; OpenIddict asks its table for those it does not know.</summary>
internal sealed class ClientScope : OpenIddictEntityFrameworkCoreScope<Guid>;
