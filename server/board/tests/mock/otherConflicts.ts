/** The conflicts that only other kinds than repairs bring, and what phones sent that was refused. */
import type { Detail, RefusedEdit } from "../../src/api/detail";
import type { Millis } from "../../src/api/types";
import { concern, extra } from "./conflicts";
import type { Scenario } from "./scenario";
import { DISPATCHER, MINUTE, uuid } from "./timeline";

export function withOtherConflicts(night: Scenario): Scenario {
  const [third, fourth] = night.items.filter(({ kind, state }) => kind === "meter_rotation" && state === "exchanged") as [Detail, Detail];
  const completed = night.items.find(({ kind, state }) => kind === "meter_rotation" && state === "completed")!;
  valuesDiffer(third, night);
  meterClaimed(fourth, completed);
  meterClaimed(completed, fourth);
  forcedStart(night.items.find(({ kind, state }) => kind === "disconnection" && state === "work_started")!);
  return night;
}

function valuesDiffer(item: Detail, night: Scenario): void {
  const last = item.history.at(-1)!;
  const crew = night.crews.find(({ id }) => id === item.crew)!;
  const [a, b] = [1, 2].map((n) => extra(item, n, "value_recorded", last, {
    by: crew.members[n - 1]!, device_seq: 40 + n, claimed_at: last.claimed_at + n * 3 * MINUTE, evidence: { earliest: last.claimed_at + n * 3 * MINUTE, latest: last.claimed_at + (n * 3 + 2) * MINUTE }, received_at: last.claimed_at + (n * 3 + 2) * MINUTE,
    body: { path: "removed/1", value: n === 1 ? 10_984.31 : 10_948.31 },
  })) as [Detail["history"][number], Detail["history"][number]];
  const line = item.values[0]!;
  Object.assign(line, { event: a.id, by: a.by, conflicting: [{ value: 10_948.31, event: b.id, by: b.by }] });
  concern(item, 7, "values_differ", [a, b], [a.id, b.id]);
}

function meterClaimed(item: Detail, other: Detail): void {
  const exchanged = item.history.find(({ kind }) => kind === "exchanged")!;
  const claimed = extra(item, 3, "meter_claimed", exchanged, { by: DISPATCHER, device: null, device_seq: null, body: { serial: "3501-9920131", side: "installed", other: other.id, number: other.number } });
  concern(item, 10, "meter_claimed_twice", [claimed], ["this_is_right", "other_is_right"]);
}

function forcedStart(item: Detail): void {
  const forced = item.history.find(({ kind }) => kind === "forced_start")!;
  const { required, done } = item.safety;
  item.safety = { required, done: done.slice(0, 3), missing: required.slice(3), forced: forced.id };
  concern(item, 0, "forced_start", [forced], ["seen"]);
}

export function refusedEdits(night: Scenario, now: Millis): RefusedEdit[] {
  const arrived = night.items.find(({ state }) => state === "arrived")!;
  const rotation = night.items.find(({ kind, state }) => kind === "meter_rotation" && state === "exchanged")!;
  const [crew, other] = night.crews as [Scenario["crews"][number], Scenario["crews"][number]];
  return [
    { installation: uuid(2, 10), device_seq: 18, person: crew.members[1]!.id, received_at: now - 6 * MINUTE, reason: "not_your_item", detail: "the item belongs to another crew", document: arrived.id, number: arrived.number, event_kind: "completed", body: { cause: "熔断器烧断", remedy: "已更换，恢复送电" }, security: true, batch: uuid(1, 11) },
    { installation: uuid(3, 10), device_seq: 7, person: other.members[0]!.id, received_at: now - 21 * MINUTE, reason: "state_not_permitted", detail: "not while the item is exchanged", document: rotation.id, number: rotation.number, event_kind: "confirmation_refused", body: { reason: "客户认为旧表示数偏大" }, security: false, batch: uuid(2, 11) },
    { installation: uuid(9, 10), device_seq: 3, person: uuid(77, 3), received_at: now - 50 * MINUTE, reason: "unknown_document", detail: "no such document", document: uuid(999, 4), number: null, event_kind: null, body: null, security: false, batch: uuid(3, 11) },
  ];
}
