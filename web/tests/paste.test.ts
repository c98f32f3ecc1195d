import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsByName } from "../islands/journal/paste.ts";

const names = ["Артёмов Пётр", "Иванов Иван", "Иванова Анна", "Кузнецов Артём", "Кузнецов Борис"];
const rows = (...lines: string[]) => rowsByName(lines.map((line) => line.split("\t")), names);

test("names_lead_to_their_rows_in_any_order_and_spelling", () =>
  assert.deepEqual(rows("Иванова Анна Петровна\t5", "артемов петр\t4", "ИВАНОВ И.\t3", "Кузнецов Б.С.\t2"), [2, 0, 1, 4]));
test("a_name_that_fits_nobody_or_two_has_no_row", () => assert.deepEqual(rows("Кузнецов\t5", "Сидоров\t4", "Иванов\t3", "Иванова\t3", "Артёмов\t5"), [null, null, 1, 2, 0]));
test("a_block_without_names_keeps_its_order", () => assert.equal(rows("5\t4", "3\t4"), null));
test("one_column_is_never_names", () => assert.equal(rows("Иванов", "Иванова"), null));
test("the_same_name_twice_is_no_list_of_names", () => assert.equal(rows("Иванов\t5", "Иванов\t4"), null));
test("a_head_line_does_not_spoil_the_list", () => assert.deepEqual(rows("Ученик\t12.10", "Иванов Иван\t5", "Иванова Анна\t4"), [null, 1, 2]));
