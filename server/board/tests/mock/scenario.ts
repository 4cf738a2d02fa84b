/** A storm night in Fuzhou, the same at every run: what the tests look at and what the screenshots show. */
import type { Detail, HistoryEvent } from "../../src/api/detail";
import type { Crew, District, Millis, Phase, Phone } from "../../src/api/types";
import { SAFETY_STEPS } from "./kinds/shared";
import { DISTRICTS, FAULT_CATEGORIES, FAULT_TEXTS, GIVEN, ROADS, SURNAMES } from "./places";
import { arrivalOf, DAY, eventOf, MINUTE, randomness, uuid, type Random } from "./timeline";

export interface Scenario {
  districts: District[];
  crews: Crew[];
  phones: Phone[];
  items: Detail[];
}

/** The way of an item up to each state; every step is one event. */
const CHAIN = ["reported", "assigned", "accepted", "departed", "arrived", "work_started", "restored", "completed", "followed_up", "archived"];
const WAY: Record<string, readonly string[]> = {
  suspended: [...CHAIN.slice(0, 6), "suspended"], declined: ["reported", "assigned", "declined"], cancelled: ["reported", "assigned", "cancelled"],
  linked: ["reported", "linked"], not_done: [...CHAIN.slice(0, 5), "not_done"], disputed: [...CHAIN.slice(0, 6), "completed", "not_done"],
};

const NIGHT: readonly [state: string, count: number][] = [
  ["reported", 5], ["declined", 1], ["disputed", 1], ["assigned", 5], ["accepted", 4], ["departed", 6], ["arrived", 4], ["work_started", 6],
  ["suspended", 2], ["restored", 3], ["not_done", 1], ["completed", 5], ["followed_up", 2], ["cancelled", 1], ["linked", 1], ["archived", 2],
];
const PHASE_OF: Record<string, Phase> = { reported: "new", work_started: "working", restored: "working", completed: "done" };
const REPORT = { cause: "台风致树枝压线，B 相短路", remedy: "清理树障，更换熔断器三只，恢复送电" };

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
  const states = night.flatMap(([state, count]) => Array<string>(count).fill(state));
  const items = states.map((state, i) => repair(i, state, now, { random, districts, crews, name }));
  const phones = phonesOf(crews, now, random);
  return { districts, crews, phones: [...phones, ...revokedOf(phones, now)], items };
}

interface Cast {
  random: Random;
  districts: District[];
  crews: Crew[];
  name: () => string;
}

function repair(i: number, state: string, now: Millis, { random, districts, crews, name }: Cast): Detail {
  const d = random.below(districts.length);
  const crew = random.pick(crews.filter((one) => one.district === districts[d]!.id));
  const place = DISTRICTS[d]!;
  const [code, street] = random.pick(place.streets);
  const category = random.pick(FAULT_CATEGORIES);
  const way = WAY[state] ?? CHAIN.slice(0, CHAIN.indexOf(state) + 1);
  const limit = (place.area === "urban" ? 45 : 90) * MINUTE;
  const reported = now - (4 + way.length * 6 + random.below(26)) * MINUTE - random.below(60) * 1000;
  const history = way.map((kind, step) => {
    const at = reported + Math.round(((now - reported) * step) / way.length) + random.below(40) * 1000;
    return eventOf(i, step, kind, crew, { at, slack: random.below(4) * 90_000, now }, kind === "restored" || kind === "completed" ? { ...REPORT, restored_at: at } : undefined);
  });
  const held = !["reported", "declined", "linked", "cancelled"].includes(state);
  const working = way.includes("work_started");
  return {
    ...bare(i, now), kind: "repair_dispatch", state, phase: PHASE_OF[state] ?? (state as Phase),
    district: districts[d]!.id, crew: held ? crew.id : null, lead: held && way.includes("accepted") ? crew.members[0]!.id : null,
    priority: category === "fire_or_smoke" || category === "line_down" || random.below(4) === 0 ? "urgent" : "normal", area_class: place.area,
    customer: { name: name(), phone: `0591-8${`${random.below(10_000_000)}`.padStart(7, "0")}` },
    site: { address: `${street}${random.pick(ROADS)}`, street_code: code },
    about: { fault: { category, description: random.pick(FAULT_TEXTS[category]) } },
    reported_at: reported, updated_at: history.at(-1)!.received_at, clocks: [arrivalOf(history, reported, limit)],
    notes: working ? "已隔离故障段。箱变低压侧 B 相熔断，更换中。\n客户家中有呼吸机，优先复电。" : "",
    materials: working ? materials(i, crew) : [],
    reports: history.filter(({ kind }) => kind === "restored" || kind === "completed" || kind === "not_done").map(({ id, kind, by, body }) => ({ event: id, step: kind, by, body })),
    safety: safetyOf(way, history, crew), history,
  };
}

/** An item with nothing recorded on it. */
export function bare(i: number, now: Millis): Detail {
  return {
    id: uuid(i + 1, 4), number: `20261123-${`${i + 1}`.padStart(4, "0")}`, kind: "", revision: 100 + i, state: "", phase: "new", district: "", crew: null, lead: null,
    priority: "normal", area_class: "urban", customer: { name: "" }, site: { address: "" }, about: {}, reported_at: now, updated_at: now, appointment: null, late_events: 0,
    clocks: [], attachments: { total: 0, stored: 0 }, next: { office: [], crew: [] }, attention: [], notes: "", materials: [], reports: [], values: [],
    safety: { required: [], done: [], missing: [], forced: null }, files: [], signatures: [], reporters: [], history: [],
  };
}

function materials(i: number, crew: Crew): Detail["materials"] {
  return [
    { id: uuid(i, 6), name: "低压熔断器 NT00-160A", quantity: 3, unit: "只", by: crew.members[1]!.id, conflicting: [] },
    { id: uuid(i, 7), name: "BLV-35 导线", quantity: 12, unit: "m", by: crew.members[0]!.id, conflicting: [{ name: "BLV-35 导线", quantity: 15, unit: "m", by: crew.members[2]!.id }] },
  ];
}

const DETAILS: Record<string, string> = { work_ticket: "榕抢 2026-1123-07", briefing: "现场负责人交底", earthed: "1 号杆低压侧" };

/** Everything that repairs need; a crew that has started has done it all, one that has arrived the paper part. */
export function safetyOf(way: readonly string[], history: readonly HistoryEvent[], crew: Crew): Detail["safety"] {
  const required = SAFETY_STEPS.slice(0, 7).map(({ name }) => name);
  const done = way.includes("work_started") ? required : way.includes("arrived") ? required.slice(0, 3) : [];
  const arrived = history.find(({ kind }) => kind === "arrived")?.id ?? "";
  return {
    required, missing: required.filter((step) => !done.includes(step)), forced: null,
    done: done.map((step, n) => ({ step, event: `${arrived}#${n}`, by: crew.members[n % 2]!, body: { step, ...(DETAILS[step] && { detail: DETAILS[step] }) } })),
  };
}

function phonesOf(crews: Crew[], now: Millis, random: Random): Phone[] {
  const people = crews.flatMap((crew) => crew.members.map((person) => ({ person, crew: crew.id })));
  return people.map(({ person, crew }, i) => {
    const connected = random.below(3) !== 0;
    const pending = connected ? 0 : i % 3 === 0 ? 0 : 1 + random.below(4);
    const silence = connected ? random.below(20) * 1000 : (3 + random.below(90)) * MINUTE;
    return {
      installation: uuid(i + 1, 10), name: random.pick(["华为 Mate 60", "荣耀 X50", "小米 14", "Redmi Note 13"]), person, crew, connected, last_contact: now - silence,
      pending_edits: pending, oldest_pending_at: pending > 0 ? now - silence - random.below(12) * MINUTE : null,
      needs_attention: i === 7 ? 2 : 0, behind_entries: connected ? (i === 5 ? 14 : 0) : random.below(9), app_version: i % 9 === 0 ? "0.0.9" : "0.1.0",
      // One was there before anybody wrote it down.
      ...(i !== 3 && { enrolled_at: now - (20 + i * 5) * DAY }), revoked_at: null, revoked_reason: null,
    };
  });
}

/** Phones of people who have others now. The second one went under with what it held. */
function revokedOf(phones: readonly Phone[], now: Millis): Phone[] {
  const like = (i: number, name: string, revoked_at: Millis, revoked_reason: string): Phone => ({
    ...phones[i]!, installation: uuid(200 + i, 10), name, connected: false, last_contact: revoked_at - 90 * MINUTE, pending_edits: 0, oldest_pending_at: null, needs_attention: 0,
    app_version: "0.0.9", enrolled_at: revoked_at - 200 * DAY, revoked_at, revoked_reason,
  });
  const drowned = like(4, "Redmi Note 13", now - 75 * MINUTE, "巡线时落水，手机无法开机，已口头通知班长");
  return [like(11, "荣耀 X50", now - 9 * DAY, "屏幕碎裂，换机"), { ...drowned, pending_edits: 2, oldest_pending_at: now - 170 * MINUTE }];
}
