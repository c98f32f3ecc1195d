MySchool.StandIns.SetevoyGorod.SetevoyGorodStandIn.Build(args).Run();
