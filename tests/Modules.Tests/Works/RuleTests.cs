using System.Collections.Immutable;
using CsCheck;
using MySchool.Works.Domain;
using Xunit;

namespace MySchool.Modules.Tests.Works;

/// <summary>What may be done with a work, and what may be drawn over it.</summary>
public sealed class RuleTests
{
    [Fact]
    public void Whatever_is_done_a_work_goes_by_its_rules() => Gen.Int[0, 4].List[0, 60].Sample(deeds =>
    {
        var now = WorkStand.New;
        foreach (var deed in deeds.Select(number => (WorkDeed)number))
        {
            var after = WorkRules.After(now, deed);
            if (!after.IsOk) continue;
            Assert.InRange(after.Value.Attempt - now.Attempt, 0, 1);
            Assert.Equal(deed == WorkDeed.Return, after.Value.Attempt > now.Attempt);
            // The pupil never touches what was marked, the teacher never what was not handed in.
            if (now.State == WorkStates.Marked) Assert.True(deed is WorkDeed.Mark or WorkDeed.Return);
            if (now.State is WorkStates.Draft or WorkStates.Returned) Assert.True(deed is WorkDeed.Write or WorkDeed.HandIn);
            if (deed == WorkDeed.Withdraw) Assert.Equal(now, WorkRules.After(after.Value, WorkDeed.HandIn).Value);
            now = after.Value;
        }
    });

    [Theory]
    [InlineData(WorkStates.Handed, WorkDeed.Write, "works.handed-already")]
    [InlineData(WorkStates.Marked, WorkDeed.Withdraw, "works.marked-already")]
    [InlineData(WorkStates.Draft, WorkDeed.Withdraw, "works.not-handed")]
    [InlineData(WorkStates.Returned, WorkDeed.Mark, "works.withdrawn")]
    internal void A_refusal_says_why(string state, WorkDeed deed, string code) => Assert.Equal(code, WorkRules.After(new WorkStand(state, 2), deed).Problem!.Code);

    private static readonly Gen<int> Places = Gen.Int[0, Layer.Side];

    private static readonly Gen<LayerItem> Items = Gen.OneOf(
        Gen.Select(Gen.Int[0, 3], Places.Array[1, 30]).Select((colour, points) => new LayerItem(LayerItem.Pen, colour) { Points = [.. points, .. points] }),
        Gen.Select(Gen.Int[0, 3], Places, Places, Gen.Int[0, 2].Select(i => ((string[])["Верно", "см. правило <b>", "две\nстроки"])[i])).Select((colour, x, y, text) => new LayerItem(LayerItem.Pin, colour) { X = x, Y = y, Text = text }),
        Gen.Select(Gen.Int[0, 3], Places, Places).Select((colour, x, y) => new LayerItem(LayerItem.Words, colour) { X = x, Y = y, Text = "+1" }));

    [Fact]
    public void A_layer_is_read_as_it_was_drawn() => Items.List[0, 20].Sample(items =>
    {
        var layer = new Layer([.. items]);
        Assert.Equal(layer.ToJson(), Layer.Read(layer.ToJson()).Value.ToJson());
    });

    [Fact]
    public void Garbage_is_refused_and_breaks_nothing() => Gen.OneOf(Gen.String, Gen.Select(Items, Gen.Int[0, 400], Gen.Char).Select((item, at, letter) =>
    {
        var json = new Layer([item]).ToJson();
        return json[..(at % json.Length)] + letter + json[(at % json.Length)..];
    })).Sample(json => { if (Layer.Read(json) is { IsOk: true, Value: var layer }) Assert.All(layer.Items, item => Assert.True(item.IsSound())); });

    [Theory]
    [InlineData("""{"items":[{"kind":"pen","colour":0,"points":[0,0,10001,5]}]}""")]
    [InlineData("""{"items":[{"kind":"pen","colour":0,"points":[1,2,3]}]}""")]
    [InlineData("""{"items":[{"kind":"pin","colour":9,"x":1,"y":1,"text":"a"}]}""")]
    [InlineData("""{"items":[{"kind":"pin","colour":1,"x":1,"y":1,"text":""}]}""")]
    [InlineData("""{"items":[{"kind":"script","colour":1,"x":1,"y":1,"text":"a"}]}""")]
    [InlineData("""{"items":[{"kind":"pin","colour":1,"x":1,"y":1,"text":"a","href":"javascript:"}]}""")]
    [InlineData("""{"items":[null]}""")]
    [InlineData("""{"items":null}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("")]
    public void What_is_not_a_layer_is_refused(string json) => Assert.False(Layer.Read(json).IsOk);

    [Fact]
    public void Too_much_is_refused()
    {
        var pin = new LayerItem(LayerItem.Pin, 0) { X = 1, Y = 1, Text = "!" };
        Assert.True(Layer.Read(new Layer([.. Enumerable.Repeat(pin, Layer.MostItems)]).ToJson()).IsOk);
        Assert.False(Layer.Read(new Layer([.. Enumerable.Repeat(pin, Layer.MostItems + 1)]).ToJson()).IsOk);
        Assert.Equal(413, Layer.Read(new string(' ', Layer.MostBytes + 1)).Problem!.Status);
        Assert.False(Layer.Read(new Layer(ImmutableArray.Create(new LayerItem(LayerItem.Pen, 0) { Points = new int[Layer.MostPoints * 2 + 2] })).ToJson()).IsOk);
    }
}
