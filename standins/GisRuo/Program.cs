MySchool.StandIns.GisRuo.GisRuoStandIn.Build(args).Run();
