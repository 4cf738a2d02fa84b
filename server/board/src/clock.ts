/** Clocks and times as people read them. Pure: `now` is the server's time and always an argument. */
import type { Clock, Interval, Millis, Phase, Row } from "./api/types";

/** There is one time zone in China, and item numbers and phones use it; a browser set to another one must not shift the night. */
export const TIME_ZONE = "Asia/Shanghai";

/** The last quarter of an urban limit is 11 min: below this the clock asks for a look. */
export const DUE_SOON_MS = 10 * 60_000;

export type ClockFace = "running" | "due_soon" | "overdue" | "met" | "breached" | "undecidable" | "stopped";

export interface ClockReading {
  face: ClockFace;
  /** Running: time left. Overdue: time since it was due. Otherwise null. */
  counting_ms: Millis | null;
  /** How long it took, as far as it can be proven; null also where workdays are counted, whose start is not told. */
  took: Interval | null;
  limit_ms: Millis | null;
}

/** The office has nothing more to do here: a clock that still runs has been given up with the item. */
export const CLOSED: ReadonlySet<Phase> = new Set(["cancelled", "linked", "archived"]);
/** In these phases nobody is on the way any more, so a missing arrival counts nothing down. */
export const SETTLED: ReadonlySet<Phase> = new Set([...CLOSED, "done", "not_done", "followed_up"]);

export function readClock(clock: Clock, phase: Phase, now: Millis): ClockReading {
  if (clock.verdict === "awaiting") {
    const left = clock.due_at - now;
    return { face: awaitingFace(clock, left, phase), counting_ms: Math.abs(left), took: null, limit_ms: clock.limit_ms };
  }
  return { face: clock.verdict, counting_ms: null, took: sinceStart(clock), limit_ms: clock.limit_ms };
}

function awaitingFace(clock: Clock, left: Millis, phase: Phase): ClockFace {
  // A reply or the power may still be due after the work on site is done; an arrival is not.
  if ((clock.name === "arrival" ? SETTLED : CLOSED).has(phase)) return "stopped";
  if (left < 0) return "overdue";
  return left <= DUE_SOON_MS ? "due_soon" : "running";
}

/** The clock of linked reports starts at the earliest of them, so the start is taken from the limit, not from `reported_at`. */
function sinceStart(clock: Clock): Interval | null {
  if (!clock.stopped || clock.limit_ms === null) return null;
  const start = clock.due_at - clock.limit_ms;
  const since = (at: Millis | null) => (at === null ? null : Math.max(0, at - start));
  return { earliest: since(clock.stopped.earliest), latest: since(clock.stopped.latest) };
}

/** The clock that a list shows: the first that still runs, else the first. */
export function leadingClock(row: Pick<Row, "clocks" | "phase">): Clock | null {
  const runs = (clock: Clock) => clock.verdict === "awaiting" && readClock(clock, row.phase, 0).face !== "stopped";
  return row.clocks.find(runs) ?? row.clocks[0] ?? null;
}

export function hasFace(row: Pick<Row, "clocks" | "phase">, face: ClockFace, now: Millis): boolean {
  return row.clocks.some((clock) => readClock(clock, row.phase, now).face === face);
}

const HOUR = 3_600_000;
/** From here on days are counted: nobody reads 143:12:09. */
export const LONG_MS = 48 * HOUR;

export function daysAndHours(ms: Millis): { days: number; hours: number } {
  return { days: Math.floor(ms / (24 * HOUR)), hours: Math.floor(ms / HOUR) % 24 };
}

/** `9:05`, `1:09:05`: time left is rounded up and time over is rounded down, so `0:00` is never shown while time remains. */
export function countdown(ms: Millis, round: "up" | "down"): string {
  const seconds = Math.max(0, round === "up" ? Math.ceil(ms / 1000) : Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = `${pad(m)}:${pad(s)}`;
  return h > 0 ? `${h}:${tail}` : tail;
}

/** Whole minutes or days: `43`, `43–49`, `≥43`, `≤49`; null when there is no bound at all. The early end is rounded down and the late one up. */
export function spanOf(took: Interval | null, unit: Millis = 60_000): string | null {
  const early = took?.earliest == null ? null : Math.floor(took.earliest / unit);
  const late = took?.latest == null ? null : Math.ceil(took.latest / unit);
  if (early === null) return late === null ? null : `≤${late}`;
  if (late === null) return `≥${early}`;
  return took?.earliest === took?.latest || early === late ? `${early}` : `${early}–${late}`;
}

/** Short limits are told in minutes, long ones in days. */
export function unitOf(limit: Millis | null): { unit: "minutes" | "days"; ms: Millis } {
  return limit !== null && limit < LONG_MS ? { unit: "minutes", ms: 60_000 } : { unit: "days", ms: 24 * HOUR };
}

const timeFormat = new Intl.DateTimeFormat("en-GB", { timeZone: TIME_ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("en-CA", { timeZone: TIME_ZONE, year: "numeric", month: "2-digit", day: "2-digit" });

export const timeOfDay = (at: Millis): string => timeFormat.format(at);
export const day = (at: Millis): string => dayFormat.format(at);

/** The time alone when it is today by the server's clock, otherwise with month and day: a night shift has two dates. */
export function shortTime(at: Millis, now: Millis): string {
  return day(at) === day(now) ? timeOfDay(at) : `${day(at).slice(5)} ${timeOfDay(at)}`;
}

/** China's clocks have stood at UTC+8 without summer time since 1992, which makes a form's local time exact. */
const ZONE_OFFSET_MS = 8 * HOUR;

/** `2026-11-23T14:30`, as a form's time field takes and gives it. */
export const toLocal = (at: Millis): string => new Date(at + ZONE_OFFSET_MS).toISOString().slice(0, 16);

/** Null for what is not a time yet. */
export function fromLocal(text: string): Millis | null {
  const at = Date.parse(`${text}Z`);
  return Number.isNaN(at) ? null : at - ZONE_OFFSET_MS;
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

/** A phone and its server that agree still differ by milliseconds: what reads the same to the second accuses nobody. */
const HONEST_MS = 1000;

/** True when the phone's clock claims an instant that the evidence rules out. */
export function outsideEvidence(claimed: Millis, evidence: Interval): boolean {
  return (evidence.earliest !== null && claimed < evidence.earliest - HONEST_MS) || (evidence.latest !== null && claimed > evidence.latest + HONEST_MS);
}

function pad(n: number): string {
  return `${n}`.padStart(2, "0");
}
