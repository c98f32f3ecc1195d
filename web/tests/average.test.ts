import assert from "node:assert/strict";
import { test } from "node:test";
import { averageOf } from "../islands/journal/average.ts";

const marks = (...pairs: [string, number][]) => pairs.map(([mark, weight]) => ({ mark, weight }));

// The same rows as WeightedAverageTests of the server.
test("an average is the sum of marks by weight over the sum of weights", () => {
  assert.equal(averageOf(marks(["5", 3], ["5", 1], ["4", 5]))?.text, "4,44");
  assert.equal(averageOf(marks(["5", 3], ["зачёт", 1], ["4", 5]))?.formula, "(5×3 + 4×5) ÷ 8 = 4,38");
});

test("both figures of a split mark count, a point does not", () => {
  assert.equal(averageOf(marks(["4/5", 2], ["3", 1], ["•", 4]))?.formula, "(4×2 + 5×2 + 3×1) ÷ 5 = 4,20");
});

test("half goes up and a whole number keeps two digits", () => {
  assert.equal(averageOf(marks(["4", 7], ["5", 1]))?.text, "4,13");
  assert.equal(averageOf(marks(["5", 1], ["3", 1]))?.text, "4,00");
});

test("nothing that counts gives no average", () => {
  assert.equal(averageOf(marks(["зачёт", 1], ["н/а", 2])), null);
  assert.equal(averageOf([]), null);
  assert.equal(averageOf(marks(["5", 0])), null);
});
