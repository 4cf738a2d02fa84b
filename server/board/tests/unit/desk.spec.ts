import { expect, test } from "@playwright/test";
import { allowedActions } from "../../src/actions";
import type { Phone, Row } from "../../src/api/types";
import { eventCode, told } from "../../src/history";
import { readKey } from "../../src/keyboard";
import { byTrouble, troubleOf } from "../../src/phones";
import { EMPTY_BOARD } from "../../src/store";
import { grouped, NO_FILTER, undecidedFirst, visible } from "../../src/worklist";
import { withConflicts } from "../mock/conflicts";
import { MINUTE, stormNight } from "../mock/scenario";

const NOW = Date.UTC(2026, 10, 22, 19, 12);
const night = withConflicts(stormNight(NOW), NOW);
const crews = new Map(night.crews.map((crew) => [crew.id, crew]));
const press = { key: "", modified: false, typing: false, composing: false };

test("groups follow the work, and inside a group the pressing rows come first", () => {
  const groups = grouped(night.items);
  expect(groups.map(({ state }) => state).slice(0, 4)).toEqual(["reported", "declined", "disputed", "assigned"]);
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

test("the panel offers what the state permits and nothing else", () => {
  const of = (state: Row["state"], crew: string | null) => allowedActions({ state, crew });
  expect(of("reported", null)).toEqual(["assign", "link", "cancel"]);
  expect(of("departed", "c")).toEqual(["reassign", "link", "cancel"]);
  expect(of("declined", null)).toEqual(["assign", "link", "cancel"]);
  expect(of("not_done", "c")).toEqual(["reassign", "follow_up", "link", "cancel"]);
  expect(of("completed", "c")).toEqual(["follow_up"]);
  expect(of("followed_up", "c")).toEqual(["archive"]);
  for (const state of ["archived", "cancelled", "linked"] as const) expect(of(state, null)).toEqual([]);
});

test("phones are sorted by trouble", () => {
  const base: Phone = { ...night.phones[0]!, connected: true, last_contact: NOW, pending_edits: 0, oldest_pending_at: null, needs_attention: 0, behind_entries: 0 };
  const phones: Phone[] = [
    { ...base, installation: "fine" }, { ...base, installation: "behind", behind_entries: 3 }, { ...base, installation: "offline", connected: false },
    { ...base, installation: "pending", connected: false, pending_edits: 1, oldest_pending_at: NOW - MINUTE },
    { ...base, installation: "stale", pending_edits: 1, oldest_pending_at: NOW - 31 * MINUTE }, { ...base, installation: "refused", needs_attention: 1 },
  ];
  expect(byTrouble(phones, NOW).map(({ installation }) => installation)).toEqual(["refused", "stale", "pending", "offline", "behind", "fine"]);
  expect(troubleOf(phones[0]!, NOW)).toBe("fine");
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
});

test("an event's body is told in words and ids become names", () => {
  const board = { ...EMPTY_BOARD, crews };
  const crew = night.crews[0]!;
  expect(told({ crew: crew.id, reason: "雨大", hidden: 1 }, board)).toEqual([{ key: "crew", value: crew.name }, { key: "reason", value: "雨大" }]);
  expect(told(null, board)).toEqual([]);
  expect(eventCode({ kind: "assigned", body: { reason: "雨大" } })).toBe("reassigned");
  expect(eventCode({ kind: "assigned", body: {} })).toBe("assigned");
});
