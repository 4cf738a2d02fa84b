/** Puts the conflicts of the catalogue, and the arrival verdicts that are hard to come by, into a night. */
import type { Attention, Detail, HistoryEvent, ItemState, Millis } from "../../src/api/types";
import { DISPATCHER, MINUTE, uuid, verdictOf, type Scenario } from "./scenario";

export function withConflicts(night: Scenario, now: Millis): Scenario {
  const nth = (state: ItemState, n = 0) => night.items.filter((item) => item.state === state)[n]!;
  arrivedWithin(nth("work_started", 0), 43, 49);
  arrivedWithin(nth("work_started", 1), 58, 59);
  arrivedWithin(nth("arrived", 1), 41, null);
  arrivedWithin(nth("completed", 0), 52, 57);
  overdueBy(nth("departed", 0), 4 * MINUTE, now);
  overdueBy(nth("assigned", 1), 75_000, now);
  overdueBy(nth("departed", 1), -6 * MINUTE, now);
  reassignedWhileWorking(nth("arrived", 0), night, now);
  disputed(nth("disputed"));
  acceptedTwice(nth("accepted", 0), night, now);
  lateAfterArchive(nth("archived", 0), night, now);
  return night;
}

/** Moves the report so that the arrival took between `from` and `to` minutes; null leaves that end unproven. */
export function arrivedWithin(item: Detail, from: number | null, to: number | null): void {
  const event = item.history.find(({ kind }) => kind === "arrived")!;
  const start = item.arrival.due_at - item.arrival.limit_ms;
  item.arrival.limit_ms = 45 * MINUTE;
  item.arrival.due_at = start + 45 * MINUTE;
  event.evidence = { earliest: from === null ? null : start + from * MINUTE, latest: to === null ? null : start + to * MINUTE };
  item.arrival.arrived = event.evidence;
  item.arrival.verdict = verdictOf(event.evidence, item.arrival.due_at);
}

export function overdueBy(item: Detail, ms: number, now: Millis): void {
  item.arrival.due_at = now - ms;
}

function concern(item: Detail, rule: number, kind: string, events: HistoryEvent[], choices: string[]): void {
  const attention: Attention = { id: `${rule}:${events.map(({ id }) => id).join(":")}`, rule, kind, events: events.map(({ id }) => id), choices };
  item.attention.push(attention);
}

function extra(item: Detail, n: number, kind: string, from: HistoryEvent, change: Partial<HistoryEvent>): HistoryEvent {
  const event = { ...from, id: uuid(Number.parseInt(item.id.slice(-12), 16) * 20 + 15 + n, 5), kind, body: {}, ...change };
  item.history.push(event);
  return event;
}

function reassignedWhileWorking(item: Detail, night: Scenario, now: Millis): void {
  const arrived = item.history.at(-1)!;
  // This phone's clock runs fast: what it claims lies outside what can be proven.
  arrived.claimed_at += 11 * MINUTE;
  const other = night.crews.find((crew) => crew.district === item.district && crew.id !== item.crew)!;
  const at = arrived.evidence.earliest! + MINUTE;
  const reassigned = extra(item, 1, "assigned", arrived, {
    by: DISPATCHER, device: null, device_seq: null, claimed_at: at, evidence: { earliest: at, latest: at }, received_at: Math.min(now, at), superseded: true,
    body: { crew: other.id, crew_name: other.name, members: other.members, reason: "原班组联系不上，就近改派" },
  });
  concern(item, 3, "reassigned_while_working", [reassigned, arrived], ["keep_worker", "keep_assignment"]);
}

function disputed(item: Detail): void {
  const [completed, notDone] = item.history.slice(-2) as [HistoryEvent, HistoryEvent];
  completed.body = { remedy: "更换表前开关，已送电" };
  concern(item, 5, "completed_and_not_done", [completed, notDone], ["completed", "not_done"]);
}

function acceptedTwice(item: Detail, night: Scenario, now: Millis): void {
  const accepted = item.history.at(-1)!;
  const crew = night.crews.find(({ id }) => id === item.crew)!;
  const mate = crew.members.find(({ id }) => id !== accepted.by.id)!;
  const second = extra(item, 2, "accepted", accepted, { by: mate, claimed_at: accepted.claimed_at + 9000, received_at: Math.min(now, accepted.received_at + 41_000) });
  item.lead = null;
  concern(item, 1, "accepted_twice", [accepted, second], [accepted.by.id, mate.id]);
}

function lateAfterArchive(item: Detail, night: Scenario, now: Millis): void {
  const archived = item.history.at(-1)!;
  const person = night.crews.find(({ id }) => id === item.crew)!.members[2]!;
  const late = extra(item, 3, "noted", archived, {
    by: person, device: uuid(1, 8), device_seq: 31, claimed_at: archived.claimed_at - 30 * MINUTE,
    evidence: { earliest: null, latest: archived.received_at + MINUTE }, received_at: now - MINUTE, late: true, body: { note: "表箱门锁已损坏，需另派" },
  });
  item.late_events = 1;
  concern(item, 11, "late_after_archive", [archived, late], ["reopen", "keep_archived"]);
}
