/** What the timeline and the conflict cards say about one event. Pure. */
import type { HistoryEvent, Interval, Millis } from "./api/types";
import { shortTime } from "./clock";
import type { Board } from "./store";

/** Body fields worth reading, in the order in which they are told; ids and evidence are shown elsewhere or nowhere. */
const TOLD = ["choice", "crew", "from", "to", "cause", "remedy", "reason", "result", "note"] as const;
export type BodyKey = (typeof TOLD)[number];

export interface Told {
  key: BodyKey;
  value: string;
}

export function told(body: HistoryEvent["body"], board: Board): Told[] {
  return TOLD.flatMap((key) => {
    const value = body?.[key];
    if (typeof value !== "string" && typeof value !== "number") return [];
    const text = named(`${value}`, board);
    return text === "" ? [] : [{ key, value: text }];
  });
}

/** The office records giving an item to another crew as one more assignment; with a reason it is told as what it is. */
export function eventCode({ kind, body }: Pick<HistoryEvent, "kind" | "body">): string {
  return kind === "assigned" && typeof body?.reason === "string" ? "reassigned" : kind;
}

/** Replaces an id by the name that people know it by. */
function named(value: string, board: Board): string {
  return board.crews.get(value)?.name ?? board.items.get(value)?.number ?? value;
}

/** `03:12:04–03:14:40`, `≥03:12:04`, `≤03:14:40`, a single time when both ends agree; null when nothing is proven. */
export function intervalText({ earliest, latest }: Interval, now: Millis): string | null {
  if (earliest === null) return latest === null ? null : `≤${shortTime(latest, now)}`;
  if (latest === null) return `≥${shortTime(earliest, now)}`;
  const [from, to] = [shortTime(earliest, now), shortTime(latest, now)];
  return from === to ? from : `${from}–${to}`;
}
