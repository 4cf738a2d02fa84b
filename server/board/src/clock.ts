/** Arrival clocks and times as people read them. Pure: `now` is the server's time and always an argument. */
import type { Arrival, Interval, ItemState, Millis, Row } from "./api/types";

/** There is one time zone in China, and item numbers and phones use it; a browser set to another one must not shift the night. */
export const TIME_ZONE = "Asia/Shanghai";

/** The last quarter of an urban limit is 11 min: below this the clock asks for a look. */
export const DUE_SOON_MS = 10 * 60_000;

export type ClockFace = "running" | "due_soon" | "overdue" | "met" | "breached" | "undecidable" | "stopped";

export interface ClockReading {
  face: ClockFace;
  /** Running: time left. Overdue: time since it was due. Otherwise null. */
  counting_ms: Millis | null;
  /** How long the arrival took, as far as it can be proven. */
  took: Interval | null;
  limit_ms: Millis;
}

/** In these states nobody is on the way any more, so a missing arrival counts nothing down. */
export const SETTLED: ReadonlySet<ItemState> = new Set(["completed", "not_done", "followed_up", "cancelled", "linked", "archived"]);

export function readClock(row: Pick<Row, "arrival" | "state">, now: Millis): ClockReading {
  const { arrival, state } = row;
  if (arrival.verdict === "awaiting") {
    const left = arrival.due_at - now;
    return { face: awaitingFace(left, state), counting_ms: Math.abs(left), took: null, limit_ms: arrival.limit_ms };
  }
  return { face: arrival.verdict, counting_ms: null, took: sinceStart(arrival), limit_ms: arrival.limit_ms };
}

function awaitingFace(left: Millis, state: ItemState): ClockFace {
  if (SETTLED.has(state)) return "stopped";
  if (left < 0) return "overdue";
  return left <= DUE_SOON_MS ? "due_soon" : "running";
}

/** The clock of linked reports starts at the earliest of them, so the start is taken from the limit, not from `reported_at`. */
function sinceStart(arrival: Arrival): Interval | null {
  if (!arrival.arrived) return null;
  const start = arrival.due_at - arrival.limit_ms;
  const since = (at: Millis | null) => (at === null ? null : Math.max(0, at - start));
  return { earliest: since(arrival.arrived.earliest), latest: since(arrival.arrived.latest) };
}

/** `9:05`, `1:09:05`: time left is rounded up and time over is rounded down, so `0:00` is never shown while time remains. */
export function countdown(ms: Millis, round: "up" | "down"): string {
  const seconds = Math.max(0, round === "up" ? Math.ceil(ms / 1000) : Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = `${pad(m)}:${pad(s)}`;
  return h > 0 ? `${h}:${tail}` : tail;
}

/** Whole minutes: `43`, `43–49`, `≥43`, `≤49`; null when there is no bound at all. The early end is rounded down and the late one up. */
export function minutesSpan(took: Interval | null): string | null {
  const early = took?.earliest == null ? null : Math.floor(took.earliest / 60_000);
  const late = took?.latest == null ? null : Math.ceil(took.latest / 60_000);
  if (early === null) return late === null ? null : `≤${late}`;
  if (late === null) return `≥${early}`;
  return took?.earliest === took?.latest || early === late ? `${early}` : `${early}–${late}`;
}

const timeFormat = new Intl.DateTimeFormat("en-GB", { timeZone: TIME_ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("en-CA", { timeZone: TIME_ZONE, year: "numeric", month: "2-digit", day: "2-digit" });

export const timeOfDay = (at: Millis): string => timeFormat.format(at);
export const day = (at: Millis): string => dayFormat.format(at);

/** The time alone when it is today by the server's clock, otherwise with month and day: a night shift has two dates. */
export function shortTime(at: Millis, now: Millis): string {
  return day(at) === day(now) ? timeOfDay(at) : `${day(at).slice(5)} ${timeOfDay(at)}`;
}

export type Age = { unit: "now" | "seconds" | "minutes" | "hours" | "days"; count: number };

export function age(at: Millis, now: Millis): Age {
  const seconds = Math.max(0, Math.floor((now - at) / 1000));
  if (seconds < 5) return { unit: "now", count: 0 };
  if (seconds < 60) return { unit: "seconds", count: seconds };
  // "1 h ago" would hide whether it is 61 or 119 minutes, and the limits are 45 to 120.
  if (seconds < 7200) return { unit: "minutes", count: Math.floor(seconds / 60) };
  if (seconds < 172_800) return { unit: "hours", count: Math.floor(seconds / 3600) };
  return { unit: "days", count: Math.floor(seconds / 86_400) };
}

/** True when the phone's clock claims an instant that the evidence rules out. */
export function outsideEvidence(claimed: Millis, evidence: Interval): boolean {
  return (evidence.earliest !== null && claimed < evidence.earliest) || (evidence.latest !== null && claimed > evidence.latest);
}

function pad(n: number): string {
  return `${n}`.padStart(2, "0");
}
