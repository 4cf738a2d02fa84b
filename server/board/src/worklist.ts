/** Which items a dispatcher sees, in which order. Pure. */
import { PHASES, type Crew, type Millis, type Phase, type Row, type Value } from "./api/types";
import { hasFace, leadingClock, SETTLED } from "./clock";

export type Focus = "all" | "attention" | "unassigned" | "overdue" | "breached" | "undecidable";
export const FOCUSES: readonly Exclude<Focus, "all">[] = ["attention", "unassigned", "overdue", "breached", "undecidable"];

/** Whose turn it is: fifteen phases are too many to choose from. */
export const PHASE_GROUPS = {
  to_give_out: ["new", "declined", "disputed"],
  with_crews: ["assigned", "accepted", "departed", "arrived", "working", "suspended"],
  to_close: ["not_done", "done", "followed_up"],
  closed: ["cancelled", "linked", "archived"],
} as const satisfies Record<string, readonly Phase[]>;
export type PhaseGroup = keyof typeof PHASE_GROUPS;

export interface Filter {
  district: string;
  crew: string;
  kind: string;
  phases: PhaseGroup | "";
  text: string;
  focus: Focus;
}

export const NO_FILTER: Filter = { district: "", crew: "", kind: "", phases: "", text: "", focus: "all" };

export interface Group {
  phase: Phase;
  rows: Row[];
}

export function isFiltered(filter: Filter): boolean {
  const { district, crew, kind, phases, text, focus } = filter;
  return [district, crew, kind, phases, text.trim()].some((part) => part !== "") || focus !== "all";
}

export function visible(rows: Iterable<Row>, filter: Filter, crews: ReadonlyMap<string, Crew>, now: Millis): Row[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return [...rows].filter(
    (row) =>
      (filter.district === "" || row.district === filter.district) &&
      (filter.crew === "" || row.crew === filter.crew) &&
      (filter.kind === "" || row.kind === filter.kind) &&
      (filter.phases === "" || inPhases(row.phase, filter.phases)) &&
      inFocus(row, filter.focus, now) &&
      (words.length === 0 || matches(row, words, crews)),
  );
}

function inPhases(phase: Phase, group: PhaseGroup): boolean {
  return (PHASE_GROUPS[group] as readonly Phase[] | undefined)?.includes(phase) ?? true;
}

export function inFocus(row: Row, focus: Focus, now: Millis): boolean {
  switch (focus) {
    case "all": return true;
    case "attention": return row.attention.length > 0;
    case "unassigned": return row.phase === "new" || row.phase === "declined";
    case "overdue": return hasFace(row, "overdue", now);
    case "breached":
    case "undecidable": return row.phase !== "archived" && hasFace(row, focus, now);
  }
}

/** Every word has to appear somewhere, so that `五四路 陈` narrows instead of widening. */
export function matches(row: Row, words: readonly string[], crews: ReadonlyMap<string, Crew>): boolean {
  const crew = row.crew ? crews.get(row.crew) : undefined;
  const lead = crew?.members.find((person) => person.id === row.lead)?.name;
  const fields = [row.number, row.site.address, row.customer.name, row.customer.phone, row.customer.account, crew?.name, lead, ...leaves(row.about)];
  const text = fields.filter(Boolean).join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Every text and number in the order's facts, such as a meter's serial. */
function leaves(value: Value): string[] {
  if (typeof value === "string" || typeof value === "number") return [`${value}`];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [];
}

/** Groups by phase in the order of work; empty ones are left out. Rows do not move while they only count down. */
export function grouped(rows: Row[]): Group[] {
  const byPhase = new Map<Phase, Row[]>();
  for (const row of rows) byPhase.set(row.phase, [...(byPhase.get(row.phase) ?? []), row]);
  const known = PHASES.filter((phase) => byPhase.has(phase));
  const newer = [...byPhase.keys()].filter((phase) => !PHASES.includes(phase));
  return [...known, ...newer].map((phase) => ({ phase, rows: (byPhase.get(phase) ?? []).toSorted(byUrgency) }));
}

/** A clock first, an appointment as the next best; what has neither is not pressing. */
function dueAt(row: Row): Millis {
  return leadingClock(row)?.due_at ?? row.appointment ?? Number.MAX_SAFE_INTEGER;
}

function byUrgency(a: Row, b: Row): number {
  return (
    Number(b.attention.length > 0) - Number(a.attention.length > 0) ||
    Number(b.priority === "urgent") - Number(a.priority === "urgent") ||
    dueAt(a) - dueAt(b) ||
    a.number.localeCompare(b.number)
  );
}

/** How many items of each kind there are. */
export function countByKind(rows: Iterable<Row>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { kind } of rows) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** What needs a decision: work still going on before work that is closed, the oldest report first. */
export function undecidedFirst(rows: Iterable<Row>): Row[] {
  const closed = (row: Row) => Number(SETTLED.has(row.phase));
  return [...rows].filter((row) => row.attention.length > 0).sort((a, b) => closed(a) - closed(b) || a.reported_at - b.reported_at);
}
