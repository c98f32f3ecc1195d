import assert from "node:assert/strict";
import { test } from "node:test";
import { when } from "../islands/shared/words.ts";

test("times_read_as_people_say_them", () => {
  const now = new Date(2026, 10, 23, 14, 0);
  assert.equal(when(new Date(2026, 10, 23, 10, 42).toISOString(), now), "сегодня, 10:42");
  assert.equal(when(new Date(2026, 10, 22, 9, 5).toISOString(), now), "вчера, 9:05");
  assert.equal(when(new Date(2026, 10, 19, 9, 15).toISOString(), now), "чт, 19 ноября, 9:15");
});
