import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { count, takeTexts, text } from "../islands/shared/texts.ts";

const tell = (texts: Record<string, string>) => takeTexts({ getAttribute: () => JSON.stringify(texts) } as unknown as HTMLElement);

test("numbers_agree_with_their_word", () => {
  tell({ Marks: "{0} отметка|{0} отметки|{0} отметок" });
  assert.deepEqual([1, 2, 5, 11, 21, 22, 112].map((number) => count("Marks", number)),
    ["1 отметка", "2 отметки", "5 отметок", "11 отметок", "21 отметка", "22 отметки", "112 отметок"]);
});

test("places_of_a_text_are_filled_once_whatever_is_put_in", () => {
  tell({ Told: "У вас {0}, {1}: {0}" });
  assert.equal(text("Told", "5", "{0} $&"), "У вас 5, {0} $&: 5");
});

test("every_text_of_the_grid_is_written_and_every_written_one_is_said", () => {
  const written = [...readFileSync("../src/Ui/Resources/Texts.restext", "utf8").matchAll(/^Grid(\w+)=/gm)].map(([, key]) => key!);
  const source = ["islands/journal-grid.ts", "islands/roll-call.ts", ...readdirSync("islands/journal").map((name) => `islands/journal/${name}`)].map((path) => readFileSync(path, "utf8")).join("\n");
  const said = [...source.matchAll(/\b(?:text|count)\("(\w+)"/g)].map(([, key]) => key!);
  assert.deepEqual(said.filter((key) => !written.includes(key)), []);
  assert.deepEqual(written.filter((key) => !source.includes(`"${key}"`)), []);
});
