MySchool.StandIns.Esia.EsiaStandIn.Build(args).Run();
