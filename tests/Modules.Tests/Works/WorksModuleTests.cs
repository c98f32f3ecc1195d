using MySchool.Works;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Works;

public sealed class WorksModuleTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateEmptyAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Schema_of_the_module_is_migrated() =>
        Assert.Equal(1, await database.ScalarAsync<long>("select count(*) from pg_namespace where nspname = $1", new WorksModule().Name));
}
