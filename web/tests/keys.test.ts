import assert from "node:assert/strict";
import { test } from "node:test";
import { readKey, type Key } from "../islands/journal/keys.ts";

const marks = ["2", "3", "4", "5", "зачёт", "незачёт"], codes = ["Н", "Б", "У"];
const press = (key: string, code = "", held: Partial<Key> = {}) =>
  readKey({ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held }, marks, codes);

test("digits_of_the_scale_are_marks", () => {
  assert.deepEqual(press("5", "Digit5"), { do: "mark", value: "5" });
  assert.deepEqual(press("3", "Numpad3"), { do: "mark", value: "3" });
  assert.equal(press("1", "Digit1"), null);
});
test("absences_are_typed_in_either_layout", () => {
  for (const [key, code, absence] of [["н", "KeyY", "Н"], ["y", "KeyY", "Н"], ["б", "Comma", "Б"], [",", "Comma", "Б"], ["у", "KeyE", "У"], ["e", "KeyE", "У"]])
    assert.deepEqual(press(key!, code), { do: "absence", code: absence });
});
test("a_russian_letter_counts_by_its_sign_wherever_its_key_is", () => assert.deepEqual(press("н", "KeyN"), { do: "absence", code: "Н" }));
test("credit_is_typed_by_its_letter", () => assert.deepEqual(press("p", "KeyP"), { do: "credit" }));
test("f2_opens_the_panel", () => assert.deepEqual(press("F2"), { do: "panel" }));
test("a_dot_puts_a_point_where_points_are_in_use", () => {
  assert.deepEqual(press(".", "Slash"), { do: "panel" });
  const key = { key: ".", code: "Slash", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  assert.deepEqual(readKey(key, [...marks, "•"], codes), { do: "mark", value: "•" });
  assert.deepEqual(readKey({ ...key, key: ",", code: "NumpadDecimal" }, [...marks, "•"], codes), { do: "mark", value: "•" });
});
test("a_slash_splits_a_mark_and_a_plus_adds_another", () => {
  assert.deepEqual(press("/", "NumpadDivide"), { do: "join", sign: "/" });
  assert.deepEqual(press("\\", "Backslash"), { do: "join", sign: "/" });
  assert.deepEqual(press("+", "NumpadAdd"), { do: "join", sign: " " });
});
test("commands_take_back_and_do_again_in_either_layout", () => {
  assert.deepEqual(press("я", "KeyZ", { ctrlKey: true }), { do: "undo" });
  assert.deepEqual(press("Z", "KeyZ", { metaKey: true, shiftKey: true }), { do: "redo" });
  assert.equal(press("5", "Digit5", { ctrlKey: true }), null);
  assert.equal(press("c", "KeyC", { ctrlKey: true }), null);
});
test("a_column_is_filled_down_or_whole", () => {
  assert.deepEqual(press("в", "KeyD", { ctrlKey: true }), { do: "fill", whole: false });
  assert.deepEqual(press("D", "KeyD", { ctrlKey: true, shiftKey: true }), { do: "fill", whole: true });
});
test("edges_are_reached_with_home_and_end", () => {
  assert.deepEqual(press("Home"), { do: "edge", column: -1 });
  assert.deepEqual(press("End", "End", { ctrlKey: true }), { do: "edge", row: 1, column: 1 });
});
test("other_letters_are_left_to_the_browser", () => assert.equal(press("q", "KeyQ"), null));
