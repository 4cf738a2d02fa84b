/** Events and what follows from their evidence: the same night at every run. */
import type { HistoryEvent } from "../../src/api/detail";
import type { Body, Clock, Crew, Interval, Millis, Verdict } from "../../src/api/types";

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

export interface Random {
  below: (n: number) => number;
  pick: <T>(of: readonly T[]) => T;
}

/** Park and Miller's generator: the same night each time, without a dependency. */
export function randomness(seed: number): Random {
  let state = seed;
  const below = (n: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % n;
  };
  return { below, pick: (of) => of[below(of.length)]! };
}

export function uuid(n: number, kind: number): string {
  return `0192${kind.toString(16).padStart(4, "0")}-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

export const DISPATCHER = { id: uuid(1, 9), name: "许静怡" };

const BY_DISPATCHER: ReadonlySet<string> = new Set([
  "reported", "planned", "requested", "drawn_up", "ordered", "booked", "assigned", "cancelled", "linked", "followed_up", "archived", "approved", "returned",
  "report_joined", "notice_confirmed", "meter_claimed", "attachment_stored",
]);

const REASONS: Record<string, string> = { declined: "车辆被积水困住", suspended: "等待吊车", not_done: "客户不在，无法进入", cancelled: "客户来电：已自行恢复" };

function bodyOf(kind: string, crew: Crew): Body | null {
  if (kind === "assigned") return { crew: crew.id, crew_name: crew.name, members: crew.members };
  if (kind === "followed_up") return { result: "客户满意" };
  return REASONS[kind] ? { reason: REASONS[kind] } : null;
}

export interface Moment {
  at: Millis;
  /** How long after the event the phone could send it. */
  slack: Millis;
  now: Millis;
}

/** One event; `i` and `step` make its id. */
export function eventOf(i: number, step: number, kind: string, crew: Crew, { at, slack, now }: Moment, body?: Body): HistoryEvent {
  const office = BY_DISPATCHER.has(kind);
  const held = office ? 0 : slack;
  return {
    id: uuid(i * 20 + step, 5), kind, by: office ? DISPATCHER : crew.members[step % 2]!, device: office ? null : uuid(i, 8), device_seq: office ? null : 10 + step,
    claimed_at: at, evidence: office ? { earliest: at, latest: at } : { earliest: at - 20_000, latest: at + held },
    received_at: Math.min(now, at + held + 2000), superseded: false, late: false, body: body ?? bodyOf(kind, crew),
  };
}

export function arrivalOf(history: HistoryEvent[], start: Millis, limit: Millis): Clock {
  const due_at = start + limit;
  const stopped = history.find(({ kind }) => kind === "arrived")?.evidence ?? null;
  return { name: "arrival", limit_ms: limit, due_at, verdict: stopped ? verdictOf(stopped, due_at) : "awaiting", stopped };
}

export function verdictOf({ earliest, latest }: Interval, due: Millis): Verdict {
  if (latest !== null && latest <= due) return "met";
  return earliest !== null && earliest > due ? "breached" : "undecidable";
}
