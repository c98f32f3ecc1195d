import assert from "node:assert/strict";
import { test } from "node:test";
import { UndoStack, type Step } from "../islands/journal/undo.ts";

const value = (mark: string | null) => ({ mark, work: null, more: [], due: null, comment: null, absence: null });
const step = (learner: string, mark: string): Step => ({ lesson: "l", learner, before: value(null), after: value(mark) });

test("acts_are_taken_back_in_reverse_and_done_again", () => {
  const stack = new UndoStack(), first = [step("a", "5")], second = [step("b", "4"), step("c", "3")];
  stack.push(first);
  stack.push(second);
  assert.deepEqual([stack.undo(), stack.undo(), stack.undo()], [second, first, null]);
  assert.deepEqual([stack.redo(), stack.redo(), stack.redo()], [first, second, null]);
});
test("a_new_act_ends_what_could_be_done_again", () => {
  const stack = new UndoStack();
  stack.push([step("a", "5")]);
  stack.undo();
  stack.push([step("b", "4")]);
  assert.equal(stack.redo(), null);
});
test("an_act_that_changed_nothing_is_not_remembered", () => {
  const stack = new UndoStack();
  stack.push([]);
  assert.equal(stack.undo(), null);
});
test("the_oldest_acts_are_forgotten", () => {
  const stack = new UndoStack(2);
  for (const learner of ["a", "b", "c"]) stack.push([step(learner, "5")]);
  assert.deepEqual([stack.undo()![0]!.learner, stack.undo()![0]!.learner, stack.undo()], ["c", "b", null]);
});
