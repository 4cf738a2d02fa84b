import { expect, test } from "@playwright/test";
import { fieldsFor, isReassignment, officeSteps } from "../../src/actions";
import { holdingOf, isReassigned, otherItem, recordsOf } from "../../src/history";
import { readKey } from "../../src/keyboard";
import { grouped, NO_FILTER, undecidedFirst, visible } from "../../src/worklist";
import { withConflicts } from "../mock/conflicts";
import { kindOf } from "../mock/kinds";
import { withOtherConflicts } from "../mock/otherConflicts";
import { withOtherWork } from "../mock/otherWork";
import { stormNight } from "../mock/scenario";

const NOW = Date.UTC(2026, 10, 22, 19, 12);
const night = withOtherConflicts(withOtherWork(withConflicts(stormNight(NOW), NOW), NOW));
const concerned = (kind: string) => night.items.find(({ attention }) => attention[0]?.kind === kind)!;
const crews = new Map(night.crews.map((crew) => [crew.id, crew]));
const press = { key: "", modified: false, typing: false, composing: false };

test("groups follow the work, and inside a group the pressing rows come first", () => {
  const groups = grouped(night.items);
  expect(groups.map(({ phase }) => phase).slice(0, 4)).toEqual(["new", "declined", "disputed", "assigned"]);
  expect(groups.flatMap(({ rows }) => rows)).toHaveLength(night.items.length);
  for (const { rows } of groups) {
    const urgent = rows.filter((row) => row.attention.length === 0).map((row) => row.priority === "urgent");
    expect(urgent.lastIndexOf(true)).toBeLessThan(urgent.includes(false) ? urgent.indexOf(false) : Infinity);
  }
});

test("every word of a search has to match, in the address, the customer, the crew or the lead", () => {
  const row = night.items.find((item) => item.lead !== null)!;
  const crew = crews.get(row.crew!)!;
  const find = (text: string) => visible(night.items, { ...NO_FILTER, text }, crews, NOW);
  expect(find(`${row.customer.name} ${crew.name} ${crew.members[0]!.name}`)).toContain(row);
  expect(find(row.number)).toEqual([row]);
  expect(find(`${row.number} 不存在`)).toEqual([]);
});

test("decisions about work still going on come before those about closed work", () => {
  expect(undecidedFirst(night.items).at(-1)!.state).toBe("archived");
});

test("the panel offers the server's steps, decisions apart, and what takes work away last", () => {
  const of = (...office: string[]) => officeSteps({ next: { office, crew: ["accepted"] } });
  expect(of("cancelled", "assigned", "resolved", "linked", "booked")).toEqual(["assigned", "booked", "linked", "cancelled"]);
  expect(of("resolved")).toEqual([]);
});

test("giving an item out has no reason, taking it from a crew needs one", () => {
  const fields = kindOf("repair_dispatch")!.steps.find(({ name }) => name === "assigned")!.fields;
  expect(fieldsFor("assigned", fields, { crew: null, phase: "new" }).map(({ name }) => name)).toEqual(["crew"]);
  expect(fieldsFor("assigned", fields, { crew: "c", phase: "assigned" }).map(({ name, required }) => [name, required])).toEqual([["crew", true], ["reason", true]]);
  expect(fieldsFor("booked", fields, { crew: "c", phase: "assigned" })).toEqual(fields);
  expect([isReassignment("assigned", { crew: "c" }), isReassignment("assigned", { crew: null }), isReassignment("booked", { crew: "c" })]).toEqual([true, false, false]);
});

test("kind and phases narrow, and a meter's number is found", () => {
  const find = (part: object) => visible(night.items, { ...NO_FILTER, ...part }, crews, NOW);
  expect(new Set(find({ kind: "notice" }).map(({ kind }) => kind))).toEqual(new Set(["notice"]));
  expect(new Set(find({ phases: "to_close" }).map(({ phase }) => phase))).toEqual(new Set(["done", "not_done", "followed_up"]));
  expect(find({ text: "7714202" }).map(({ kind }) => kind)).toEqual(["meter_rotation"]);
});

test("keys are commands only when nobody is typing, composing or using the browser's own", () => {
  expect(readKey({ ...press, key: "j" }, false).command).toBe("next");
  expect(readKey({ ...press, key: "j", typing: true }, false).command).toBeNull();
  expect(readKey({ ...press, key: "a", modified: true }, false).command).toBeNull();
  expect(readKey({ ...press, key: "Escape", typing: true }, false).command).toBe("close");
  expect(readKey({ ...press, key: "Escape", composing: true }, false).command).toBeNull();
  expect(readKey({ ...press, key: "g" }, false)).toEqual({ command: null, pending: true });
  expect(readKey({ ...press, key: "p" }, true).command).toBe("go_phones");
  expect(readKey({ ...press, key: "p" }, false).command).toBeNull();
  expect(readKey({ ...press, key: "3" }, false).command).toBe("kind");
  expect(readKey({ ...press, key: "3", typing: true }, false).command).toBeNull();
  expect(readKey({ ...press, key: "i" }, false).command).toBe("invite");
});

test("an assignment with a reason is a reassignment", () => {
  expect(isReassigned({ kind: "assigned", body: { reason: "雨大" } })).toBe(true);
  expect(isReassigned({ kind: "assigned", body: {} })).toBe(false);
  expect(isReassigned({ kind: "suspended", body: { reason: "雨大" } })).toBe(false);
});

test("the holder is who the last assignment that counts gave it to", () => {
  const item = night.items.find(({ phase, attention }) => phase === "departed" && attention.length === 0)!;
  const given = item.history.find(({ kind }) => kind === "assigned")!;
  const again = { ...given, id: "again" };
  expect(holdingOf(item, [given, again])).toEqual({ crew: item.crew, since: again });
  expect(holdingOf(item, [given, { ...again, superseded: true }])?.since).toBe(given);
  expect(holdingOf(item, [{ ...given, body: { crew: "another" } }])).toEqual({ crew: item.crew, since: null });
  expect(holdingOf({ ...item, crew: null }, [given])).toBeNull();
  expect(holdingOf({ ...item, phase: "archived" }, [given])).toBeNull();
});

test("a side of rule 7 is found among the values, shown or beside it, and of rule 10 in the event", () => {
  const values = concerned("values_differ");
  expect(values.attention[0]!.choices.map((event) => recordsOf(values, event).map(({ value }) => value))).toEqual([[10_984.31], [10_948.31]]);
  expect(recordsOf({ ...values, values: [] }, values.attention[0]!.choices[1]!)).toMatchObject([{ path: "removed/1", value: 10_948.31 }]);
  expect(recordsOf(values, "nobody's")).toEqual([]);
  const meter = concerned("meter_claimed_twice");
  const other = otherItem(meter.attention[0]!, meter.history)!;
  expect(night.items.find(({ id }) => id === other.id)!.number).toBe(other.number);
  expect(otherItem(values.attention[0]!, values.history)).toBeNull();
});
