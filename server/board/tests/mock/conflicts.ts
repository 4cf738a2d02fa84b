/** Puts the conflicts of the catalogue, and the arrival verdicts that are hard to come by, into a night. */
import type { Detail, HistoryEvent } from "../../src/api/detail";
import type { Millis } from "../../src/api/types";
import type { Scenario } from "./scenario";
import { DISPATCHER, MINUTE, uuid, verdictOf } from "./timeline";

export function withConflicts(night: Scenario, now: Millis): Scenario {
  const nth = (state: string, n = 0) => night.items.filter((item) => item.kind === "repair_dispatch" && item.state === state)[n]!;
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
  cancelledWhileWorking(nth("restored", 2), now);
  reportedTwice(nth("completed", 3), nth("linked"), now);
  return night;
}

/** Moves the report so that the arrival took between `from` and `to` minutes; null leaves that end unproven. */
export function arrivedWithin(item: Detail, from: number | null, to: number | null): void {
  const event = item.history.find(({ kind }) => kind === "arrived")!;
  const [clock] = item.clocks as [Detail["clocks"][number]];
  const start = clock.due_at - clock.limit_ms!;
  clock.limit_ms = 45 * MINUTE;
  clock.due_at = start + 45 * MINUTE;
  event.evidence = { earliest: from === null ? null : start + from * MINUTE, latest: to === null ? null : start + to * MINUTE };
  clock.stopped = event.evidence;
  clock.verdict = verdictOf(event.evidence, clock.due_at);
}

export function overdueBy(item: Detail, ms: number, now: Millis): void {
  item.clocks[0]!.due_at = now - ms;
}

export function concern(item: Detail, rule: number, kind: string, events: HistoryEvent[], choices: string[]): void {
  item.attention.push({ id: `${rule}:${events.map(({ id }) => id).join(":")}`, rule, kind, events: events.map(({ id }) => id), choices });
}

export function extra(item: Detail, n: number, kind: string, from: HistoryEvent, change: Partial<HistoryEvent>): HistoryEvent {
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
  completed.body = { cause: "表前开关烧损", remedy: "更换表前开关，已送电" };
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
    evidence: { earliest: null, latest: archived.received_at + MINUTE }, received_at: now - MINUTE, late: true, body: null,
  });
  item.late_events = 1;
  concern(item, 11, "late_after_archive", [archived, late], ["reopen", "keep_archived"]);
}

function cancelledWhileWorking(item: Detail, now: Millis): void {
  const restored = item.history.at(-1)!;
  const at = restored.claimed_at - 2 * MINUTE;
  const cancelled = extra(item, 1, "cancelled", restored, {
    by: DISPATCHER, device: null, device_seq: null, claimed_at: at, evidence: { earliest: at, latest: at }, received_at: Math.min(now, at), superseded: true,
    body: { reason: "客户来电：已自行恢复" },
  });
  concern(item, 4, "cancelled_while_working", [cancelled, restored], ["keep_work", "keep_cancellation"]);
}

/** Rule 15: one fault, three reports; one of the others was asked already. */
function reportedTwice(item: Detail, linked: Detail, now: Millis): void {
  item.reporters = [
    { document: linked.id, number: linked.number, reported_at: linked.reported_at, customer: linked.customer.name, asked: false },
    { document: uuid(900, 4), number: "20261122-0088", reported_at: item.reported_at - 9 * MINUTE, customer: "翁桂香", asked: true },
  ];
  const joined = item.history[0]!;
  extra(item, 1, "report_joined", joined, { received_at: Math.min(now, linked.reported_at), body: { from: linked.id, number: linked.number, reported_at: linked.reported_at, customer: linked.customer.name } });
}
