import { expect, test } from "@playwright/test";
import type { Field } from "../../src/api/kinds";
import { catalogueOf, choiceLabel, eventLabel, placeOf, stateLabel, stepOf } from "../../src/catalogue";
import { emptyDraft, workOf } from "../../src/draft";
import { blank, bodyOf, faults, newRow, refusedPath, type Entries, type MapRow } from "../../src/entries";
import { summary, tell, textOf, type Names } from "../../src/told";
import { KINDS, kindOf } from "../mock/kinds";
import { may, must } from "../mock/kinds/words";

const names: Names = {
  label: ({ zh }) => zh, readable: (code) => code.replaceAll("_", " "), time: (at) => `t${at}`, flag: (yes) => (yes ? "是" : "否"),
  crew: (id) => (id === "c1" ? "一班" : null), document: (id) => (id === "d1" ? "20261123-0001" : null), form: (name, version) => (name === "new_connection" ? `新装 v${version}` : null),
  signed: () => "已签名", listed: (parts) => parts.join("、"),
};
const rotation = kindOf("meter_rotation")!;
const about = rotation.about;

test("a body is told in the words and the order of its fields, and what nobody describes is not hidden", () => {
  const fields: Field[] = [must("crew", "Crew", "班组", { type: "crew" }), may("at", "At", "时间", { type: "time" }), may("to", "To", "至", { type: "document" }), may("urgent", "Urgent", "紧急", { type: "flag" }), may("reason", "Reason", "原因")];
  const told = tell(fields, { added_later: "no_signal", billing: {}, reason: "", to: "d1", crew: "c1", at: 5, urgent: false, crew_name: "旧名", members: [] }, names);
  expect(told.map(({ label, text }) => [label, text])).toEqual([["班组", "一班"], ["时间", "t5"], ["至", "20261123-0001"], ["紧急", "否"], ["added later", "no signal"]]);
  expect(told[2]!.document).toBe("d1");
  expect(tell(fields, null, names)).toEqual([]);
});

test("groups and maps nest, an entry is called by its key", () => {
  const [meter] = tell(about, { meter: { serial: "S", multiplier: 1, registers: { 2: { last_index: 7, digits: 6 } } } }, names);
  expect(meter!.text).toBeNull();
  expect(meter!.parts.map(({ label }) => label)).toEqual(["表号", "倍率", "示数"]);
  expect(meter!.parts[2]!.parts[0]).toMatchObject({ label: "示数类型 2", parts: [{ label: "上次示数", text: "7" }, { label: "位数", text: "6" }] });
});

test("a row's line says the choices alone and labels the numbers", () => {
  expect(summary(kindOf("repair_dispatch")!.about, { fault: { category: "line_down", description: "横在路面" } }, names)).toBe("断线 · 横在路面");
  expect(summary(about, { meter: { serial: "S", multiplier: 2, registers: { 1: { last_index: 7, digits: 6 } } }, due_by: "2026-12-15" }, names)).toBe("表号 S · 倍率 2 · 轮换期限 2026-12-15");
  expect(summary(kindOf("site_survey")!.about, { form: { form: "new_connection", version: 1 } }, names)).toBe("新装 v1");
});

test("a value without a description is still told, an instant as a time", () => {
  expect(textOf(null, { earliest: 1_790_000_000_000, of: [1] }, names)).toBe("earliest t1790000000000、of [1]");
  expect(textOf(null, null, names)).toBe("—");
  expect(textOf(null, true, names)).toBe("是");
});

test("blank entries become an empty body, filled ones what the server takes", () => {
  const fields: Field[] = [
    ...about, may("note", "Note", "说明"), may("count", "Count", "数量", { type: "integer" }), may("seen", "Seen", "已看", { type: "flag" }), must("sure", "Sure", "确认", { type: "flag" }),
    may("ways", "Ways", "方式", { type: "choices", choices: [] }), may("form", "Form", "表", { type: "form" }), may("when", "When", "时间", { type: "time" }), may("sign", "Sign", "签名", { type: "strokes" }),
  ];
  const entries = blank(fields);
  expect(bodyOf(fields.filter(({ required }) => !required), entries)).toEqual({});
  Object.assign(entries, { note: " 有狗 ", count: "3", seen: true, ways: ["a"], form: "new_connection@1", when: "2026-11-23T03:00" });
  const meter = entries.meter as Entries;
  const rows = meter.registers as MapRow[];
  Object.assign(meter, { serial: "S", multiplier: "30" });
  Object.assign(rows[0]!.entries, { last_index: "8120.5", digits: "6" });
  expect(bodyOf(fields, entries)).toEqual({
    meter: { serial: "S", multiplier: 30, registers: { 1: { last_index: 8120.5, digits: 6 } } }, note: "有狗", count: 3, seen: true, sure: false, ways: ["a"],
    form: { form: "new_connection", version: 1 }, when: Date.UTC(2026, 10, 22, 19),
  });
});

test("what is missing or wrong is named by its path, an optional group only once it is begun", () => {
  const paths = (fields: Field[], entries: Entries) => faults(fields, entries).map(({ path, why }) => `${path} ${why}`);
  const entries = blank(about);
  expect(paths(about, entries)).toEqual(["meter.serial missing", "meter.multiplier missing", "meter.registers.1.last_index missing", "meter.registers.1.digits missing"]);
  const meter = entries.meter as Entries;
  const rows = meter.registers as MapRow[];
  Object.assign(meter, { serial: "S", multiplier: "1.5" });
  Object.assign(rows[0]!.entries, { last_index: "-1", digits: "99" });
  rows.push({ ...newRow([], rows), key: "1" });
  expect(paths(about, entries)).toEqual(["meter.multiplier no_number", "meter.registers key_twice", "meter.registers.1.last_index too_small", "meter.registers.1.digits too_large", "meter.registers.1.last_index missing", "meter.registers.1.digits missing"]);
  const optional = kindOf("meter_service")!.about.slice(1);
  expect(paths(optional, blank(optional))).toEqual([]);
  const long = [may("name", "Name", "名", { type: "text", max: 3 })];
  expect(paths(long, { name: "𠮷𠮷𠮷" })).toEqual([]);
  expect(paths(long, { name: "一二三四" })).toEqual(["name too_long"]);
});

test("keys of new rows count up where they are numbers", () => {
  const row = (key: string): MapRow => ({ id: 4, key, entries: {} });
  expect(newRow([], []).key).toBe("1");
  expect(newRow([], [row("9")])).toMatchObject({ id: 5, key: "10" });
  expect(newRow([], [row("峰")]).key).toBe("");
});

test("the field that a refusal begins with is found", () => {
  expect(refusedPath("about.meter.registers.1.digits must be a whole number")).toBe("meter.registers.1.digits");
  expect(refusedPath("reason is missing")).toBe("reason");
  expect(refusedPath(null)).toBeNull();
});

test("a value's path leads to its labels and its description", () => {
  const said = (path: string) => placeOf(rotation, path)?.labels.map((label) => (typeof label === "string" ? label : label.zh));
  expect(said("removed/1")).toEqual(["拆除表", "示数类型", "1"]);
  expect(placeOf(rotation, "removed/1")!.field!.name).toBe("index");
  expect(said("installed/registers/2/digits")).toEqual(["安装表", "示数", "示数类型", "2", "位数"]);
  expect(said("removed/serial")).toEqual(["拆除表", "表号"]);
  expect(placeOf(rotation, "supply/voltage")).toBeNull();
  expect(placeOf(undefined, "removed/1")).toBeNull();
});

test("an unknown kind is looked up among all, an unknown name answers null", () => {
  const catalogue = catalogueOf(KINDS);
  expect(stepOf(catalogue, null, "exchanged")!.label.zh).toBe("换表");
  expect(stepOf(catalogue, "notice", "exchanged")).toBeNull();
  expect(stateLabel(catalogue, "site_survey", "submitted")!.zh).toBe("已提交");
  expect(choiceLabel(catalogue, "repair_dispatch", "safety_recorded", "step", "earthed")!.zh).toBe("接地");
  expect(["drawn_up", "assigned", "served", "never"].map((event) => eventLabel(catalogue, "notice", event)?.zh)).toEqual(["已拟制", "已派工", "送达", undefined]);
});

test("new work holds what was entered and leaves out what was not", () => {
  const draft = { ...emptyDraft("d", "notice"), name: " 吴 ", address: "路", onRoad: true, about: { notice: { purpose: "arrears", amount_fen: "", outage_at: "" } } };
  expect(workOf(draft, kindOf("notice")!.about)).toEqual({
    kind: "notice", district: "d", customer: { name: "吴" }, site: { address: "路" }, area_class: "urban", priority: "normal", about: { purpose: "arrears" }, on_road: true,
  });
});
