import assert from "node:assert/strict";
import { test } from "node:test";
import { hit, mostPoints, place, thin, type Item } from "../islands/works/layer.ts";

test("a_place_stays_on_the_page_wherever_the_finger_goes", () => {
  assert.deepEqual([-1, 0, 0.5, 1, 7].map(place), [0, 0, 5000, 10000, 10000]);
});

test("a_stroke_keeps_its_ends_and_loses_points_that_say_nothing", () => {
  assert.deepEqual(thin([0, 0, 1, 1, 2, 2, 100, 100, 101, 101]), [0, 0, 100, 100, 101, 101]);
});

test("the_longest_stroke_is_within_the_limit_of_the_server", () => {
  const long = Array.from({ length: 20_000 }, (_, i) => (i % 2 === 0 ? (i * 37) % 10_000 : (i * 91) % 10_000));
  assert.ok(thin(long).length <= mostPoints * 2);
});

test("the_eraser_takes_the_topmost_thing_under_it_and_nothing_beside_it", () => {
  const items: Item[] = [{ kind: "pen", colour: 0, points: [0, 0, 1000, 0] }, { kind: "pin", colour: 1, x: 500, y: 0, text: "!" }, { kind: "text", colour: 2, x: 9000, y: 9000, text: "ok" }];
  assert.equal(hit(items, 500, 10, 50, 1), 1);
  assert.equal(hit(items, 100, 10, 50, 1), 0);
  assert.equal(hit(items, 5000, 5000, 50, 1), -1);
  assert.equal(hit([], 0, 0, 50, 1), -1);
});
