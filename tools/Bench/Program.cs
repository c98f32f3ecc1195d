using System.CommandLine;
using MySchool.Bench;
using MySchool.Generator;

var region = new Option<RegionSize>("--region") { Description = "small, district or region (20 M marks)", DefaultValueFactory = _ => RegionSize.Small };
var compare = new Option<bool>("--compare") { Description = "also measure the diary on the small region and print the ratio" };
var data = new Option<string>("--data") { Description = "folder of the bench's own databases", DefaultValueFactory = _ => ".data-bench" };
var seconds = new Option<int>("--seconds") { Description = "length of each measured round", DefaultValueFactory = _ => 6 };
var rounds = new Option<int>("--rounds") { Description = "rounds a job; medians are printed", DefaultValueFactory = _ => 3 };
var check = new Option<bool>("--check") { Description = "fail when round trips or ratios miss their bars (CPU is reported, not judged)" };
var only = new Option<string>("--only") { Description = "measure only the jobs whose name begins so: diary, class, one, 25", DefaultValueFactory = _ => "" };
var root = new RootCommand("Measures the platform: CPU of both servers by the kernel's accounting, round trips, ratios to pgbench in the same run.")
{
    region, compare, data, seconds, rounds, check, only,
};
root.SetAction(async (parsed, cancel) => await new Run(new RunRequest(
    parsed.GetValue(region), parsed.GetValue(compare), Path.GetFullPath(parsed.GetValue(data)!), parsed.GetValue(seconds),
    parsed.GetValue(rounds), parsed.GetValue(check), parsed.GetValue(only)!)).ExecuteAsync(cancel));
return await root.Parse(args).InvokeAsync();
