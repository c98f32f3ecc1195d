import { owed } from "./types.ts";

/** What a key asks for. */
export type Act =
  | { do: "move"; row: number; column: number }
  | { do: "edge"; row?: -1 | 1; column?: -1 | 1 }
  | { do: "tab"; back: boolean }
  | { do: "mark"; value: string }
  | { do: "credit" }
  | { do: "join"; sign: "/" | " " }
  | { do: "absence"; code: string }
  | { do: "fill"; whole: boolean }
  | { do: "clear" | "undo" | "redo" | "panel" | "leave" };

export interface Key {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** The two words among the marks that one key turns into each other. */
export const credit = "зачёт", noCredit = "незачёт";

const page = 10;
const moves: Record<string, Act> = {
  ArrowUp: { do: "move", row: -1, column: 0 }, ArrowDown: { do: "move", row: 1, column: 0 },
  ArrowLeft: { do: "move", row: 0, column: -1 }, ArrowRight: { do: "move", row: 0, column: 1 },
  PageUp: { do: "move", row: -page, column: 0 }, PageDown: { do: "move", row: page, column: 0 },
  Home: { do: "edge", column: -1 }, End: { do: "edge", column: 1 },
  Delete: { do: "clear" }, Backspace: { do: "clear" }, F2: { do: "panel" }, Escape: { do: "leave" },
};

// Letters of the Russian layout by the place of the key, so that a code is typed in either layout.
const russian: Record<string, string> = Object.fromEntries([
  ..."ЙЦУКЕНГШЩЗ".split("").map((letter, i) => [`Key${"QWERTYUIOP"[i]}`, letter] as const),
  ..."ФЫВАПРОЛД".split("").map((letter, i) => [`Key${"ASDFGHJKL"[i]}`, letter] as const),
  ..."ЯЧСМИТЬ".split("").map((letter, i) => [`Key${"ZXCVBNM"[i]}`, letter] as const),
  ["Comma", "Б"], ["Period", "Ю"], ["Semicolon", "Ж"], ["Quote", "Э"], ["BracketLeft", "Х"], ["BracketRight", "Ъ"],
]);

/** Reads a key; null when it is not for the grid. */
export function readKey(event: Key, marks: readonly string[], codes: readonly string[]): Act | null {
  if (event.altKey) return null;
  if (event.ctrlKey || event.metaKey) return readCommand(event);
  if (event.key === "." || event.code === "NumpadDecimal") return marks.includes(owed) ? { do: "mark", value: owed } : { do: "panel" };
  if (event.key === "/" || event.key === "\\") return { do: "join", sign: "/" };
  if (event.key === "+" || event.key === "=") return { do: "join", sign: " " };
  if (event.key === "Enter") return { do: "move", row: event.shiftKey ? -1 : 1, column: 0 };
  if (event.key === "Tab") return { do: "tab", back: event.shiftKey };
  if (moves[event.key]) return moves[event.key]!;
  if (marks.includes(event.key)) return { do: "mark", value: event.key };
  return readLetter(event, marks, codes);
}

function readCommand(event: Key): Act | null {
  if (event.key === "Home") return { do: "edge", row: -1, column: -1 };
  if (event.key === "End") return { do: "edge", row: 1, column: 1 };
  if (event.code === "KeyZ") return { do: event.shiftKey ? "redo" : "undo" };
  if (event.code === "KeyD") return { do: "fill", whole: event.shiftKey };
  if (event.code === "KeyY") return { do: "redo" };
  return null;
}

function readLetter(event: Key, marks: readonly string[], codes: readonly string[]): Act | null {
  if (event.key.length !== 1) return null;
  const typed = event.key.toUpperCase();
  const letter = /[А-ЯЁ]/.test(typed) ? typed : russian[event.code];
  if (letter === undefined) return null;
  const code = codes.find((code) => code.toUpperCase() === letter);
  if (code) return { do: "absence", code };
  return letter === "З" && marks.includes(credit) ? { do: "credit" } : null;
}
