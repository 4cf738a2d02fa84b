/** What an item's history says: evidence in words, who holds the item, and the sides of a conflict. Pure. */
import type { Detail, HistoryEvent, RecordedValue } from "./api/detail";
import type { Attention, Interval, Millis, Row } from "./api/types";
import { CLOSED, shortTime } from "./clock";
import { isBody } from "./told";

/** The office records giving an item to another crew as one more assignment; with a reason it is told as what it is. */
export function isReassigned({ kind, body }: Pick<HistoryEvent, "kind" | "body">): boolean {
  return kind === "assigned" && typeof body?.reason === "string";
}

/** `03:12:04–03:14:40`, `≥03:12:04`, `≤03:14:40`, a single time when both ends agree; null when nothing is proven. */
export function intervalText({ earliest, latest }: Interval, now: Millis): string | null {
  if (earliest === null) return latest === null ? null : `≤${shortTime(latest, now)}`;
  if (latest === null) return `≥${shortTime(earliest, now)}`;
  const [from, to] = [shortTime(earliest, now), shortTime(latest, now)];
  return from === to ? from : `${from}–${to}`;
}

export interface Holding {
  crew: string;
  /** What gave it to the crew; null when the history does not say. */
  since: HistoryEvent | null;
}

/** Which crew's phones have the item and through which event; null when it is on no phone. */
export function holdingOf(row: Pick<Row, "crew" | "phase">, history: readonly HistoryEvent[]): Holding | null {
  const { crew } = row;
  if (crew === null || CLOSED.has(row.phase)) return null;
  const gave = history.filter((event) => (event.kind === "assigned" || event.kind === "handed_over") && event.body?.crew === crew);
  return { crew, since: gave.findLast((event) => !event.superseded) ?? gave.at(-1) ?? null };
}

export interface Recorded extends RecordedValue {
  path: string;
}

/**
 * The disputed values that an event recorded, shown or beside the shown one. Two exchanges may differ in several registers; without any
 * dispute left (it was decided) it is what the event itself says.
 */
export function recordsOf(detail: Pick<Detail, "values" | "history">, event: string): Recorded[] {
  const disputed = detail.values.flatMap(({ path, conflicting, ...shown }) =>
    conflicting.length === 0 ? [] : [shown, ...conflicting].filter((one) => one.event === event).map(({ value, by }) => ({ path, value, event, by })),
  );
  if (disputed.length > 0) return disputed;
  const recorded = detail.history.find(({ id }) => id === event);
  const path = recorded?.body?.path;
  return recorded && typeof path === "string" ? [{ path, value: recorded.body?.value, event, by: recorded.by }] : [];
}

/** Rule 10 reaches over two items: the server's event about it names the other one. */
export function otherItem(attention: Attention, history: readonly HistoryEvent[]): { id: string; number: string | null } | null {
  for (const { id, body } of history) {
    const other = body?.other;
    if (attention.events.includes(id) && isBody(body) && typeof other === "string") {
      return { id: other, number: typeof body.number === "string" ? body.number : null };
    }
  }
  return null;
}
