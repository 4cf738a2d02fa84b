/** A storm night in Fuzhou, the same at every run: what the tests look at and what the screenshots show. */
import type { Arrival, Crew, Detail, District, FaultCategory, HistoryEvent, Interval, ItemState, Millis, Phone, Verdict } from "../../src/api/types";
import { DISTRICTS, FAULT_TEXTS, GIVEN, ROADS, SURNAMES } from "./places";

export const MINUTE = 60_000;

export interface Scenario {
  districts: District[];
  crews: Crew[];
  phones: Phone[];
  items: Detail[];
}

/** Park and Miller's generator: the same night each time, without a dependency. */
export function randomness(seed: number): { below: (n: number) => number; pick: <T>(of: readonly T[]) => T } {
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

/** The way of an item up to each state; every step is one event. */
const CHAIN = ["reported", "assigned", "accepted", "departed", "arrived", "work_started", "restored", "completed", "followed_up", "archived"] as const;
const WAY: Partial<Record<ItemState, readonly string[]>> = {
  suspended: [...CHAIN.slice(0, 6), "suspended"], declined: ["reported", "assigned", "declined"], cancelled: ["reported", "assigned", "cancelled"],
  linked: ["reported", "linked"], not_done: [...CHAIN.slice(0, 5), "not_done"], disputed: [...CHAIN.slice(0, 6), "completed", "not_done"],
};
const BY_DISPATCHER = new Set(["reported", "assigned", "cancelled", "linked", "followed_up", "archived"]);

const NIGHT: readonly [ItemState, number][] = [
  ["reported", 5], ["declined", 1], ["disputed", 1], ["assigned", 5], ["accepted", 4], ["departed", 6], ["arrived", 4], ["work_started", 6],
  ["suspended", 2], ["restored", 3], ["not_done", 1], ["completed", 5], ["followed_up", 2], ["cancelled", 1], ["linked", 1], ["archived", 2],
];

export const DISPATCHER = { id: uuid(1, 9), name: "许静怡" };

export function stormNight(now: Millis, repeat = 1): Scenario {
  const random = randomness(20_261_123);
  const districts = DISTRICTS.map(({ name }, i) => ({ id: uuid(i + 1, 1), name }));
  const name = () => random.pick(SURNAMES) + random.pick(GIVEN);
  const crews = districts.flatMap((district, d) =>
    ["一班", "二班"].map((suffix, c) => ({
      id: uuid(d * 2 + c + 1, 2), name: `${district.name.slice(0, 2)}抢修${suffix}`, district: district.id,
      members: [1, 2, 3].map((m) => ({ id: uuid(d * 100 + c * 10 + m, 3), name: name() })),
    })),
  );
  const night = Array.from({ length: repeat }, () => NIGHT).flat();
  const states = night.flatMap(([state, count]) => Array<ItemState>(count).fill(state));
  const items = states.map((state, i) => item(i, state, now, { random, districts, crews, name }));
  return { districts, crews, phones: phonesOf(crews, now, random), items };
}

interface Cast {
  random: ReturnType<typeof randomness>;
  districts: District[];
  crews: Crew[];
  name: () => string;
}

function item(i: number, state: ItemState, now: Millis, { random, districts, crews, name }: Cast): Detail {
  const d = random.below(districts.length);
  const crew = random.pick(crews.filter((one) => one.district === districts[d]!.id));
  const place = DISTRICTS[d]!;
  const [code, street] = random.pick(place.streets);
  const category = random.pick(["no_power", "no_power", "no_power", "low_voltage", "line_down", "meter_fault", "fire_or_smoke", "other"] as FaultCategory[]);
  const way = WAY[state] ?? CHAIN.slice(0, CHAIN.indexOf(state as (typeof CHAIN)[number]) + 1);
  const limit = (place.area === "urban" ? 45 : 90) * MINUTE;
  const reported = now - (4 + way.length * 6 + random.below(26)) * MINUTE - random.below(60) * 1000;
  const history = way.map((kind, step) => event(i, step, kind, reported, way.length, now, crew, random));
  const held = !["reported", "declined", "linked", "cancelled"].includes(state);
  return {
    id: uuid(i + 1, 4), number: `20261123-${`${i + 1}`.padStart(4, "0")}`, kind: "repair_dispatch", revision: 100 + i, state,
    district: districts[d]!.id, crew: held ? crew.id : null, lead: held && way.includes("accepted") ? crew.members[0]!.id : null,
    priority: category === "fire_or_smoke" || category === "line_down" || random.below(4) === 0 ? "urgent" : "normal", area_class: place.area,
    customer: { name: name(), phone: `0591-8${`${random.below(10_000_000)}`.padStart(7, "0")}` },
    site: { address: `${street}${random.pick(ROADS)}`, street_code: code },
    fault: { category, description: random.pick(FAULT_TEXTS[category]) },
    reported_at: reported, updated_at: history.at(-1)!.received_at, late_events: 0,
    arrival: arrivalOf(history, reported, limit), attention: [],
    notes: way.includes("work_started") ? "已隔离故障段。箱变低压侧 B 相熔断，更换中。\n客户家中有呼吸机，优先复电。" : "",
    materials: way.includes("work_started") ? [{ id: uuid(i, 6), name: "低压熔断器 NT00-160A", quantity: 3, unit: "只", by: crew.members[1]!.id, conflicting: [] },
      { id: uuid(i, 7), name: "BLV-35 导线", quantity: 12, unit: "m", by: crew.members[0]!.id, conflicting: [{ name: "BLV-35 导线", quantity: 15, unit: "m", by: crew.members[2]!.id }] }] : [],
    report: way.includes("restored") ? { cause: "台风致树枝压线，B 相短路", remedy: "清理树障，更换熔断器三只，恢复送电" } : null,
    history,
  };
}

function event(i: number, step: number, kind: string, reported: Millis, steps: number, now: Millis, crew: Crew, random: Cast["random"]): HistoryEvent {
  const office = BY_DISPATCHER.has(kind);
  const at = reported + Math.round(((now - reported) * step) / steps) + random.below(40) * 1000;
  const slack = office ? 0 : random.below(4) * 90_000;
  return {
    id: uuid(i * 20 + step, 5), kind, by: office ? DISPATCHER : crew.members[step % 2]!, device: office ? null : uuid(i, 8), device_seq: office ? null : 10 + step,
    claimed_at: at, evidence: office ? { earliest: at, latest: at } : { earliest: at - 20_000, latest: at + slack },
    received_at: Math.min(now, at + slack + 2000), superseded: false, late: false,
    body: bodyOf(kind, crew),
  };
}

const REASONS: Record<string, string> = { declined: "车辆被积水困住", suspended: "等待吊车", not_done: "客户不在，无法进入", cancelled: "客户来电：已自行恢复" };

function bodyOf(kind: string, crew: Crew): HistoryEvent["body"] {
  if (kind === "assigned") return { crew: crew.id, crew_name: crew.name, members: crew.members };
  if (kind === "followed_up") return { result: "客户满意" };
  return REASONS[kind] ? { reason: REASONS[kind] } : null;
}

export function arrivalOf(history: HistoryEvent[], start: Millis, limit: Millis): Arrival {
  const due_at = start + limit;
  const arrived = history.find(({ kind }) => kind === "arrived")?.evidence ?? null;
  return { limit_ms: limit, due_at, verdict: arrived ? verdictOf(arrived, due_at) : "awaiting", arrived };
}

export function verdictOf({ earliest, latest }: Interval, due: Millis): Verdict {
  if (latest !== null && latest <= due) return "met";
  return earliest !== null && earliest > due ? "breached" : "undecidable";
}

function phonesOf(crews: Crew[], now: Millis, random: Cast["random"]): Phone[] {
  const people = crews.flatMap((crew) => crew.members.map((person) => ({ person, crew: crew.id })));
  return people.map(({ person, crew }, i) => {
    const connected = random.below(3) !== 0;
    const pending = connected ? 0 : i % 3 === 0 ? 0 : 1 + random.below(4);
    const silence = connected ? random.below(20) * 1000 : (3 + random.below(90)) * MINUTE;
    return {
      installation: uuid(i + 1, 10), name: random.pick(["华为 Mate 60", "荣耀 X50", "小米 14", "Redmi Note 13"]), person, crew, connected, last_contact: now - silence,
      pending_edits: pending, oldest_pending_at: pending > 0 ? now - silence - random.below(12) * MINUTE : null,
      needs_attention: i === 7 ? 2 : 0, behind_entries: connected ? (i === 5 ? 14 : 0) : random.below(9), app_version: i % 9 === 0 ? "0.0.9" : "0.1.0",
    };
  });
}
