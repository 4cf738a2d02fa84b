/** Which items a dispatcher sees, in which order. Pure. */
import { STATES, type Crew, type ItemState, type Millis, type Row } from "./api/types";
import { readClock, SETTLED } from "./clock";

export type Focus = "all" | "attention" | "unassigned" | "overdue" | "breached" | "undecidable";
export const FOCUSES: readonly Exclude<Focus, "all">[] = ["attention", "unassigned", "overdue", "breached", "undecidable"];

export interface Filter {
  district: string;
  crew: string;
  text: string;
  focus: Focus;
}

export const NO_FILTER: Filter = { district: "", crew: "", text: "", focus: "all" };

export interface Group {
  state: ItemState;
  rows: Row[];
}

export function isFiltered(filter: Filter): boolean {
  return filter.district !== "" || filter.crew !== "" || filter.text.trim() !== "" || filter.focus !== "all";
}

export function visible(rows: Iterable<Row>, filter: Filter, crews: ReadonlyMap<string, Crew>, now: Millis): Row[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return [...rows].filter(
    (row) =>
      (filter.district === "" || row.district === filter.district) &&
      (filter.crew === "" || row.crew === filter.crew) &&
      inFocus(row, filter.focus, now) &&
      (words.length === 0 || matches(row, words, crews)),
  );
}

export function inFocus(row: Row, focus: Focus, now: Millis): boolean {
  switch (focus) {
    case "all": return true;
    case "attention": return row.attention.length > 0;
    case "unassigned": return row.state === "reported" || row.state === "declined";
    case "overdue": return readClock(row, now).face === "overdue";
    case "breached": return row.arrival.verdict === "breached" && row.state !== "archived";
    case "undecidable": return row.arrival.verdict === "undecidable" && row.state !== "archived";
  }
}

/** Every word has to appear somewhere, so that `五四路 陈` narrows instead of widening. */
function matches(row: Row, words: string[], crews: ReadonlyMap<string, Crew>): boolean {
  const crew = row.crew ? crews.get(row.crew) : undefined;
  const lead = crew?.members.find((person) => person.id === row.lead)?.name ?? "";
  const fields = [row.number, row.site.address, row.customer.name, row.customer.phone, row.fault.description, crew?.name, lead];
  const text = fields.filter(Boolean).join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Groups by state in the order of work; empty states are left out. Rows do not move while they only count down. */
export function grouped(rows: Row[]): Group[] {
  const byState = new Map<ItemState, Row[]>();
  for (const row of rows) byState.set(row.state, [...(byState.get(row.state) ?? []), row]);
  const known = STATES.filter((state) => byState.has(state));
  const newer = [...byState.keys()].filter((state) => !STATES.includes(state));
  return [...known, ...newer].map((state) => ({ state, rows: (byState.get(state) ?? []).toSorted(byUrgency) }));
}

function byUrgency(a: Row, b: Row): number {
  return (
    Number(b.attention.length > 0) - Number(a.attention.length > 0) ||
    Number(b.priority === "urgent") - Number(a.priority === "urgent") ||
    a.arrival.due_at - b.arrival.due_at ||
    a.number.localeCompare(b.number)
  );
}

/** What needs a decision: work still going on before work that is closed, the oldest report first. */
export function undecidedFirst(rows: Iterable<Row>): Row[] {
  const closed = (row: Row) => Number(SETTLED.has(row.state));
  return [...rows].filter((row) => row.attention.length > 0).sort((a, b) => closed(a) - closed(b) || a.reported_at - b.reported_at);
}
