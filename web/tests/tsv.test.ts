import assert from "node:assert/strict";
import { test } from "node:test";
import { parseEntry, parseTsv } from "../islands/journal/tsv.ts";

const marks = ["2", "3", "4", "5", "зачёт", "незачёт", "н/а"], codes = ["Н", "Б", "У"];
const entry = (text: string) => parseEntry(text, marks, codes);

test("a_column_of_a_spreadsheet_is_one_cell_a_row", () => assert.deepEqual(parseTsv("5\r\n4\r\n\r\n3\r\n"), [["5"], ["4"], [""], ["3"]]));
test("a_block_keeps_its_empty_cells", () => assert.deepEqual(parseTsv("5\t\t4\n\t3\t"), [["5", "", "4"], ["", "3", ""]]));
test("quotes_hold_tabs_line_ends_and_quotes", () => assert.deepEqual(parseTsv('"a\tb\n""c"""\t5'), [['a\tb\n"c"', "5"]]));
test("nothing_is_no_rows", () => assert.deepEqual(parseTsv(""), []));
test("a_last_row_without_a_line_end_counts", () => assert.deepEqual(parseTsv("5\n4"), [["5"], ["4"]]));

test("marks_and_absences_are_read_in_any_case_and_order", () => {
  assert.deepEqual(entry(" 5 "), { mark: "5" });
  assert.deepEqual(entry("н"), { absence: "Н" });
  assert.deepEqual(entry("5 н"), { mark: "5", absence: "Н" });
  assert.deepEqual(entry("б/4"), { mark: "4", absence: "Б" });
});
test("words_are_read_as_people_write_them", () => {
  assert.deepEqual(entry("зач."), { mark: "зачёт" });
  assert.deepEqual(entry("Незачет"), { mark: "незачёт" });
  assert.deepEqual(entry("Н/А"), { mark: "н/а" });
  assert.deepEqual(entry("5,00"), { mark: "5" });
});
test("several_marks_and_split_ones_are_read", () => {
  assert.deepEqual(entry("5 4"), { mark: "5 4" });
  assert.deepEqual(entry("4/5"), { mark: "4/5" });
  assert.deepEqual(entry("3/4, 5 н"), { mark: "3/4 5", absence: "Н" });
});
test("an_empty_cell_changes_nothing", () => assert.deepEqual(entry("  "), {}));
test("what_is_no_mark_is_refused", () => {
  for (const text of ["6", "5+", "5 4 3 2", "5/6", "н б", "5 н б", "=1+1", "Иванов"]) assert.equal(entry(text), null, text);
});
