using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MySchool.Kernel.Data;

namespace MySchool.Registry.Data;

/// <summary>The registry for administration: few rows, many rules. Reads of pages and bulk work are SQL.</summary>
internal sealed class RegistryDb(DbContextOptions<RegistryDb> options) : ModuleDbContext(options, "registry")
{
    public DbSet<Organisation> Organisations => Set<Organisation>();

    public DbSet<SchoolClass> Classes => Set<SchoolClass>();

    public DbSet<Person> People => Set<Person>();

    public DbSet<Membership> Memberships => Set<Membership>();

    public DbSet<ClassLeader> ClassLeaders => Set<ClassLeader>();

    public DbSet<Guardianship> Guardianships => Set<Guardianship>();

    public DbSet<HistoryRow> History => Set<HistoryRow>();
}

internal sealed class OrganisationMap : IEntityTypeConfiguration<Organisation>
{
    public void Configure(EntityTypeBuilder<Organisation> builder) => builder.ToTable("organisations").HasKey(o => o.Id);
}

internal sealed class SchoolClassMap : IEntityTypeConfiguration<SchoolClass>
{
    public void Configure(EntityTypeBuilder<SchoolClass> builder)
    {
        builder.ToTable("classes").HasKey(c => new { c.SchoolId, c.Id });
        builder.Ignore(c => c.DisplayName);
    }
}

internal sealed class PersonMap : IEntityTypeConfiguration<Person>
{
    public void Configure(EntityTypeBuilder<Person> builder) => builder.ToTable("people").HasKey(p => p.Id);
}

// The end of a fact is what two administrators may both set: the second one is told.
internal sealed class MembershipMap : IEntityTypeConfiguration<Membership>
{
    public void Configure(EntityTypeBuilder<Membership> builder)
    {
        builder.ToTable("memberships").HasKey(m => new { m.UnitId, m.Id });
        builder.Property(m => m.EndsOn).IsConcurrencyToken();
    }
}

internal sealed class ClassLeaderMap : IEntityTypeConfiguration<ClassLeader>
{
    public void Configure(EntityTypeBuilder<ClassLeader> builder)
    {
        builder.ToTable("class_leaders").HasKey(l => new { l.SchoolId, l.Id });
        builder.Property(l => l.EndsOn).IsConcurrencyToken();
    }
}

internal sealed class GuardianshipMap : IEntityTypeConfiguration<Guardianship>
{
    public void Configure(EntityTypeBuilder<Guardianship> builder)
    {
        builder.ToTable("guardianships").HasKey(g => new { g.GuardianId, g.LearnerId, g.StartsOn });
        builder.Property(g => g.EndsOn).IsConcurrencyToken();
    }
}

internal sealed class HistoryRowMap : IEntityTypeConfiguration<HistoryRow>
{
    public void Configure(EntityTypeBuilder<HistoryRow> builder)
    {
        builder.ToTable("history").HasKey(h => new { h.At, h.Id });
        builder.Property(h => h.OldRow).HasColumnType("jsonb");
        builder.Property(h => h.NewRow).HasColumnType("jsonb");
    }
}
