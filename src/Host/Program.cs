using MySchool.Host;
using MySchool.Kernel;

IModule[] modules = [new MySchool.Access.AccessModule(), new MySchool.Registry.RegistryModule(), new MySchool.Journal.JournalModule()];

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPlatform(builder.Configuration);
foreach (var module in modules) module.AddServices(builder.Services, builder.Configuration);

var app = builder.Build();
foreach (var module in modules) module.MapRoutes(app);
app.Run();
