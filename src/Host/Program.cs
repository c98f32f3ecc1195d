using MySchool.Host;

await HostApp.Build(args).RunAsync();
