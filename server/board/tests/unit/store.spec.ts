import { expect, test } from "@playwright/test";
import { EMPTY_BOARD, reduce, withItem } from "../../src/store";
import { stormNight } from "../mock/scenario";
import type { Row, Snapshot } from "../../src/api/types";

const night = stormNight(0);
const [first, second] = night.items as Row[] as [Row, Row];

function snapshot(items: Row[], revision = 1): Snapshot {
  return { server_time: 0, revision, items, phones: night.phones, crews: night.crews, districts: night.districts };
}

const known = reduce(EMPTY_BOARD, { type: "snapshot", data: snapshot([first]) });

test("an empty board is not a known board", () => {
  expect(EMPTY_BOARD.known).toBe(false);
  expect(reduce(EMPTY_BOARD, { type: "snapshot", data: snapshot([]) }).known).toBe(true);
});

test("a newer row replaces, an equal or older one changes nothing at all", () => {
  const newer = { ...first, revision: first.revision + 1, state: "assigned" as const };
  const board = withItem(known, newer);
  expect(board.items.get(first.id)).toBe(newer);
  expect(withItem(board, first)).toBe(board);
  expect(withItem(board, { ...newer, state: "reported" })).toBe(board);
});

test("an unknown row is added and the others keep their identity", () => {
  const board = reduce(known, { type: "item", data: second });
  expect([...board.items.keys()]).toEqual([first.id, second.id]);
  expect(board.items.get(first.id)).toBe(known.items.get(first.id));
  expect(known.items.size).toBe(1);
});

test("a snapshot is the whole truth, also when its revisions are lower after a restore", () => {
  const restored = { ...first, revision: 1 };
  const board = reduce(withItem(known, second), { type: "snapshot", data: snapshot([restored]) });
  expect([...board.items.values()]).toEqual([restored]);
});

test("a snapshot keeps the identity of rows that did not change", () => {
  const board = reduce(known, { type: "snapshot", data: snapshot([structuredClone(first)]) });
  expect(board.items.get(first.id)).toBe(first);
});

test("a phone is replaced by its installation", () => {
  const phone = { ...night.phones[0]!, pending_edits: 99 };
  const board = reduce(known, { type: "phone", data: phone });
  expect(board.phones.get(phone.installation)?.pending_edits).toBe(99);
  expect(board.phones.size).toBe(night.phones.length);
});
