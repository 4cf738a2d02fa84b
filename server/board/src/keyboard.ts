/** Which command a key press means. Pure, so the help overlay and the tests read the same table. */

export type Command =
  | "search" | "next" | "previous" | "open" | "close" | "assign" | "new" | "help"
  | "invite" | "go_board" | "go_phones" | "go_inbox" | "go_collection" | "attention_only" | "kind" | "tab";

/** Keys as the help overlay shows them; two keys are a sequence, dots between them a range. */
export const SHORTCUTS: readonly { keys: readonly string[]; command: Command }[] = [
  { keys: ["/"], command: "search" },
  { keys: ["j"], command: "next" },
  { keys: ["k"], command: "previous" },
  { keys: ["Enter"], command: "open" },
  { keys: ["Esc"], command: "close" },
  { keys: ["a"], command: "assign" },
  { keys: ["n"], command: "new" },
  { keys: ["i"], command: "invite" },
  { keys: ["!"], command: "attention_only" },
  { keys: ["0", "…", "9"], command: "kind" },
  { keys: ["g", "b"], command: "go_board" },
  { keys: ["g", "p"], command: "go_phones" },
  { keys: ["g", "i"], command: "go_inbox" },
  { keys: ["g", "c"], command: "go_collection" },
  { keys: ["1", "…", "4"], command: "tab" },
  { keys: ["?"], command: "help" },
];

const SINGLE: Record<string, Command> = {
  "/": "search", j: "next", ArrowDown: "next", k: "previous", ArrowUp: "previous",
  a: "assign", n: "new", i: "invite", "!": "attention_only", "?": "help",
};
const AFTER_G: Record<string, Command> = { b: "go_board", p: "go_phones", i: "go_inbox", c: "go_collection" };

/** What a person without work items has no use for. */
export const ABOUT_WORK: ReadonlySet<Command> = new Set(["assign", "new", "invite", "attention_only", "kind", "go_board", "go_phones", "go_inbox"]);

export interface KeyPress {
  key: string;
  /** Ctrl, Alt or Meta is held: that is the browser's shortcut, not ours. */
  modified: boolean;
  /** The focus is in a field that takes text or arrows itself. */
  typing: boolean;
  composing: boolean;
}

export interface KeyReading {
  command: Command | null;
  /** True when the key was the first half of a `g …` sequence. */
  pending: boolean;
}

export function readKey(press: KeyPress, pending: boolean): KeyReading {
  // Esc during composition belongs to the Chinese input method.
  if (press.composing || press.modified) return { command: null, pending: false };
  if (press.key === "Escape") return { command: "close", pending: false };
  if (press.typing) return { command: null, pending: false };
  if (pending) return { command: AFTER_G[press.key] ?? null, pending: false };
  if (press.key === "g") return { command: null, pending: true };
  if (/^[0-9]$/.test(press.key)) return { command: "kind", pending: false };
  return { command: SINGLE[press.key] ?? null, pending: false };
}
