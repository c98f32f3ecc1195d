import assert from "node:assert/strict";
import { test } from "node:test";
import { mostInBatch, Outbox, retryDelay } from "../islands/journal/outbox.ts";
import type { CellAnswer, Change } from "../islands/journal/types.ts";

const keys = () => { let n = 0; return () => `k${++n}`; };
const change = (learner: string, value: string | null, base = 0, kind: Change["kind"] = "mark"): Change => ({ lesson: "l", learner, kind, value, work: 1, base });
const saved = (learner: string, version: number): CellAnswer =>
  ({ lesson: "l", learner, state: "saved", mark: { value: "5", work: 1, weight: 1, comment: null, version, by: null }, absence: null });

test("changes_typed_together_go_in_one_batch", () => {
  const outbox = new Outbox(keys());
  outbox.put(change("a", "5"));
  outbox.put(change("b", "4"));
  assert.equal(outbox.take()!.changes.length, 2);
});
test("a_later_change_of_a_waiting_cell_replaces_it_and_keeps_its_base", () => {
  const outbox = new Outbox(keys());
  outbox.put(change("a", "5", 3));
  outbox.put(change("a", "4", 9));
  assert.deepEqual(outbox.take()!.changes, [change("a", "4", 3)]);
});
test("an_unanswered_batch_is_sent_again_with_the_same_key_and_content", () => {
  const outbox = new Outbox(keys());
  outbox.put(change("a", "5"));
  const first = outbox.take();
  outbox.put(change("a", "4"));
  assert.equal(outbox.take(), first);
  assert.deepEqual(first!.changes, [change("a", "5")]);
});
test("a_change_made_while_sending_starts_from_the_version_that_was_saved", () => {
  const outbox = new Outbox(keys());
  outbox.put(change("a", "5"));
  const { key } = outbox.take()!;
  outbox.put(change("a", "4"));
  outbox.put(change("b", "3"));
  outbox.settle(key, [saved("a", 7)]);
  assert.deepEqual(outbox.take(), { key: "k2", changes: [change("a", "4", 7), change("b", "3", 0)] });
});
test("mark_and_absence_of_a_cell_are_two_changes_and_one_waiting_cell", () => {
  const outbox = new Outbox(keys());
  outbox.put(change("a", "5"));
  outbox.put(change("a", "Н", 0, "absence"));
  assert.equal(outbox.changes().length, 2);
  assert.equal(outbox.cellCount, 1);
});
test("an_answer_to_another_batch_changes_nothing", () => {
  const outbox = new Outbox(keys());
  outbox.put(change("a", "5"));
  outbox.take();
  outbox.settle("other", [saved("a", 7)]);
  assert.equal(outbox.isEmpty, false);
});
test("a_reload_keeps_the_batch_its_key_and_what_waits", () => {
  const outbox = new Outbox(keys());
  outbox.put(change("a", "5"));
  const batch = outbox.take();
  outbox.put(change("b", "4"));
  const again = new Outbox(() => "new", JSON.parse(JSON.stringify(outbox.state)));
  assert.deepEqual(again.take(), batch);
  again.settle(batch!.key, []);
  assert.deepEqual(again.take(), { key: "new", changes: [change("b", "4")] });
});
test("what_is_typed_here_wins_over_what_an_earlier_page_left", () => {
  const outbox = new Outbox(keys());
  outbox.put(change("a", "5", 2));
  outbox.adopt({ batch: { key: "old", changes: [change("c", "3")] }, waiting: [change("a", "4", 1), change("b", "2")] });
  assert.equal(outbox.take()!.key, "old");
  outbox.settle("old", []);
  assert.deepEqual(outbox.take()!.changes, [change("b", "2"), change("a", "5", 1)]);
});
test("a_batch_has_a_limit_and_the_rest_follows", () => {
  const outbox = new Outbox(keys());
  for (let i = 0; i < mostInBatch + 5; i++) outbox.put(change(`p${i}`, "5"));
  const first = outbox.take()!;
  outbox.settle(first.key, []);
  assert.deepEqual([first.changes.length, outbox.take()!.changes.length], [mostInBatch, 5]);
});
test("retries_wait_longer_each_time_up_to_a_minute", () => {
  assert.deepEqual([0, 1, 2, 6, 50].map((attempt) => retryDelay(attempt, 0.5)), [1000, 2000, 4000, 60000, 60000]);
  assert.deepEqual([0, 1].map((random) => retryDelay(2, random)), [3000, 5000]);
});
