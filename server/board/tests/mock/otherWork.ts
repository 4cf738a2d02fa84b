/** The work beside repairs that lies on the same desk: at least one item of each kind, each in the states that a dispatcher acts on. */
import type { Detail, HistoryEvent } from "../../src/api/detail";
import type { Body, Crew, Millis, Phase } from "../../src/api/types";
import { bare, safetyOf, type Scenario } from "./scenario";
import { DAY, eventOf, MINUTE, uuid } from "./timeline";

const WAY = ["assigned", "accepted", "departed", "arrived"];
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 120"><path d="M20 80 C60 10 90 110 130 60 S200 30 280 70" fill="none" stroke="#10233a" stroke-width="4"/></svg>';

interface Order {
  kind: string;
  state: string;
  phase: Phase;
  district: number;
  customer: Detail["customer"];
  address: string;
  about: Body;
  /** Kinds of events in order; a body where the kind brings one. */
  way: (string | [string, Body])[];
  more?: Partial<Detail>;
}

export function withOtherWork(night: Scenario, now: Millis): Scenario {
  const first = night.items.length;
  for (const [n, order] of ordersAt(now, (number) => uuid(first + number, 4)).entries()) night.items.push(item(first + n, order, night, now));
  return night;
}

function item(i: number, order: Order, night: Scenario, now: Millis): Detail {
  const { way, more, district, address, ...rest } = order;
  const place = night.districts[district]!;
  const crew = night.crews.find((one) => one.district === place.id)!;
  const opened = now - (3 + way.length) * 40 * MINUTE;
  const history = way.map((one, step) => {
    const [kind, body] = typeof one === "string" ? [one, undefined] : one;
    const at = opened + step * 35 * MINUTE;
    return eventOf(i, step, kind, crew, { at, slack: 60_000, now }, body);
  });
  const held = history.some(({ kind }) => kind === "assigned") && rest.phase !== "archived";
  return {
    ...bare(i, now), ...rest, district: place.id, site: { address }, crew: held ? crew.id : null, lead: held && way.includes("accepted") ? crew.members[0]!.id : null,
    reported_at: opened, updated_at: history.at(-1)!.received_at, history, ...recorded(i, order, history, crew), ...more,
  };
}

/** What follows from the events: endings, answers, the safety gate. */
function recorded(i: number, { kind, state }: Order, history: HistoryEvent[], crew: Crew): Partial<Detail> {
  const endings = history.filter((event) => ["exchanged", "completed", "submitted", "served", "not_served"].includes(event.kind));
  const reports = endings.map(({ id, kind: step, by, body }) => ({ event: id, step, by, body }));
  const gated = kind === "disconnection" || kind === "meter_service";
  const safety = safetyOf(history.map((event) => event.kind), history, crew);
  return {
    reports, ...(gated && { safety }), ...(state === "exchanged" && rotationExtras(i, history, crew)),
    ...(kind === "site_survey" && state === "submitted" && { values: answers(history.at(-1)!) }),
  };
}

function answers({ id, by }: HistoryEvent): Detail["values"] {
  const answer = (path: string, value: unknown) => ({ path, value, event: id, by, billing: false, conflicting: [] });
  return [answer("supply/voltage", "10 kV"), answer("supply/source", "鼓山变 913 五里亭线"), answer("supply/distance_m", 320), answer("metering/point", "高压侧")];
}

function rotationExtras(i: number, history: HistoryEvent[], crew: Crew): Partial<Detail> {
  const { id } = history.at(-1)!;
  const photo = (n: number, caption: string, stored: boolean) => ({
    hash: `${i}${n}`.padEnd(64, "9c4e17ab"), kind: "photo", mime: "image/jpeg", bytes: 1_834_221 + n * 7_919, taken_at: history.at(-1)!.claimed_at, caption, stored, event: `${id}-${n}`,
  });
  return {
    files: [photo(1, "拆除表示数", true), photo(2, "安装表示数", false)], attachments: { total: 2, stored: 1 },
    signatures: [{ event: id, role: "customer", name: "郑秀英", svg: SVG }],
    values: [
      { path: "removed/1", value: 10_984.31, event: id, by: crew.members[0]!, billing: true, conflicting: [] },
      { path: "installed/1", value: 0.02, event: id, by: crew.members[0]!, billing: true, conflicting: [] },
    ],
  };
}

const exchange = (removed: string, installed: string): [string, Body] => ["exchanged", {
  removed: { serial: removed, registers: { 1: { index: 10_984.31 }, 2: { index: 3_120.07 } } },
  installed: { serial: installed, multiplier: 1, registers: { 1: { index: 0.02, digits: 6 }, 2: { index: 0, digits: 6 } } }, seals: "榕 004512、榕 004513",
}];
const meter = (serial: string) => ({ serial, multiplier: 1, registers: { 1: { last_index: 10_901.4, digits: 6 }, 2: { last_index: 3_098.6, digits: 6 } } });
const rotation = { kind: "meter_rotation", district: 0 };

/** `id(n)` is the id of the nth of them, from 1. */
function ordersAt(now: Millis, id: (n: number) => string): Order[] {
  const workdays = (name: string, due_at: Millis) => [{ name, limit_ms: null, due_at, verdict: "awaiting" as const, stopped: null }];
  return [
    { ...rotation, state: "planned", phase: "new", customer: { name: "林美玲", account: "3501020098311" }, address: "温泉街道树汤路 86 号温泉花园 2 座 503", about: { meter: meter("3501-7714202"), due_by: "2026-12-15" }, way: ["planned"] },
    { ...rotation, state: "booked", phase: "new", customer: { name: "黄建华", phone: "0591-87551208", account: "3501020098327" }, address: "鼓东街道中山路 23 号", about: { meter: meter("3501-7714216"), due_by: "2026-12-15" }, way: ["planned", ["booked", { appointment: now + 6.3 * 60 * MINUTE }]], more: { appointment: now + 6.3 * 60 * MINUTE } },
    { ...rotation, state: "exchanged", phase: "working", customer: { name: "郑秀英", account: "3501020098335" }, address: "南街街道塔巷 12 号", about: { meter: meter("3501-7714230") }, way: ["planned", "booked", ...WAY, exchange("3501-7714230", "3501-9920114")] },
    { ...rotation, state: "exchanged", phase: "working", customer: { name: "何志明", account: "3501020098341" }, address: "水部街道古田路 88 号华福大厦 1106", about: { meter: meter("3501-7714251") }, way: ["planned", "booked", ...WAY, exchange("3501-7714251", "3501-9920131")] },
    { ...rotation, state: "completed", phase: "done", customer: { name: "谢丽娟", account: "3501020098358" }, address: "五凤街道铜盘路 50 号", about: { meter: meter("3501-7714268") }, way: ["planned", "booked", ...WAY, exchange("3501-7714268", "3501-9920131"), ["confirmed", { by_name: "谢丽娟" }], "completed"] },
    { kind: "site_survey", state: "requested", phase: "new", district: 2, customer: { name: "福州榕建物流有限公司", phone: "0591-83450016" }, address: "金山街道浦上工业园 B 区 41 栋", about: { form: { form: "new_connection", version: 1 }, capacity_kva: 630, purpose: "冷链仓储" }, way: ["requested"], more: { clocks: workdays("reply", now + 9 * DAY) } },
    { kind: "site_survey", state: "submitted", phase: "done", district: 3, customer: { name: "晋安区鹤林小学" }, address: "鼓山镇鹤林路 18 号", about: { form: { form: "capacity_change", version: 2 }, capacity_kva: 400 }, way: ["requested", ...WAY, "submitted"], more: { clocks: workdays("reply", now + 1.4 * DAY) } },
    { kind: "notice", state: "drawn_up", phase: "new", district: 1, customer: { name: "吴晓东", account: "3501030112094" }, address: "瀛洲街道上下杭路 131 号", about: { purpose: "arrears", amount_fen: 186_420 }, way: ["drawn_up"] },
    { kind: "notice", state: "served", phase: "done", district: 1, customer: { name: "潘海峰", account: "3501030112107" }, address: "茶亭街道群众路 15 号", about: { purpose: "arrears", amount_fen: 402_977 }, way: ["drawn_up", ...WAY, ["served", { how: "handed_over", recipient: "潘海峰（本人）" }]] },
    { kind: "disconnection", state: "ordered", phase: "new", district: 1, customer: { name: "潘海峰", account: "3501030112107" }, address: "茶亭街道群众路 15 号", about: { reason: "arrears", notice: id(9) }, way: ["ordered", ["notice_confirmed", { notice: id(9), number: "20261123-0058", served: { earliest: now - 9 * DAY, latest: now - 9 * DAY } }]] },
    { kind: "disconnection", state: "work_started", phase: "working", district: 1, customer: { name: "高金水", account: "3501030112115" }, address: "苍霞街道三通路 7 号", about: { reason: "theft", notice: id(9) }, way: ["ordered", ...WAY, ["forced_start", { reason: "台风逼近，须在涨水前断电，监护人未到" }], "work_started"] },
    { kind: "meter_service", state: "assigned", phase: "assigned", district: 2, customer: { name: "杨雪梅", account: "3501040076620" }, address: "对湖街道对湖路 31 号", about: { service: "energising", meter: { serial: "3501-9920177" } }, way: ["ordered", "assigned"], more: { clocks: workdays("energise", now + 2.2 * DAY) } },
    { kind: "meter_service", state: "ordered", phase: "new", district: 3, customer: { name: "张振宇", account: "3501110054481" }, address: "王庄街道福马路 201 号", about: { service: "meter_test", meter: { serial: "3501-6610905" } }, way: ["ordered"] },
  ];
}
