import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { rightsOf } from "../../src/actions";
import type { Book, CashSession, Flag } from "../../src/api/collection";
import { addsUp, byFlag, bySessionGroup, identityOf, inHand, needsReason, openOf, partsOf, ticketText, totalsOf } from "../../src/collection";
import { MAX_FEN, parseYuan, total, yuan } from "../../src/fen";
import { found } from "../../src/find";
import { en } from "../../src/i18n/en";
import { readKey } from "../../src/keyboard";
import { Collection } from "../mock/collection";
import { stormNight } from "../mock/scenario";

const NOW = Date.UTC(2026, 10, 23, 9, 40);
const collection = new Collection(() => NOW, stormNight(NOW).phones.slice(0, 5));
const sessions = collection.rounds.map((round) => collection.record(round));

test("fen are shown as yuan with two decimals and groups of three", () => {
  expect([0, 5, 99, 100, 123_450, 12_345_678_900, -3000, -1].map(yuan)).toEqual(["0.00", "0.05", "0.99", "1.00", "1,234.50", "123,456,789.00", "\u221230.00", "\u22120.01"]);
});

test("what is typed becomes fen, digit by digit and never by a fraction", () => {
  const typed: [string, number][] = [
    ["86.40", 8640], ["86.4", 8640], ["86", 8600], ["0.07", 7], ["1,234.50", 123_450], ["1234567.89", 123_456_789], [" ¥ 86.40 ", 8640], ["￥８６．４０", 8640], ["86。40", 8640], ["1，234.50元", 123_450], ["0", 0],
    // As a fraction times a hundred these are 1998.9999…, 110.00000000000001 and 402.99999…
    ["19.99", 1999], ["1.10", 110], ["4.03", 403],
  ];
  for (const [text, fen] of typed) expect(parseYuan(text), text).toBe(fen);
});

test("what is no amount is refused and not guessed at", () => {
  for (const text of ["", " ", "86,40", "1,23", "12,3456.00", "1.234", "86.", ".5", "-5", "+5", "1e3", "0x10", "abc", "86.4.0", "一百", "8 6", "1,234,56"]) expect(parseYuan(text), text).toBeNull();
  expect(parseYuan("100000000.00")).toBe(MAX_FEN);
  expect(parseYuan("100000000.01")).toBeNull();
  expect(parseYuan("999999999999.99")).toBeNull();
});

test("every amount that is shown is read back as the same", () => {
  for (let fen = 0; fen <= MAX_FEN; fen = fen * 3 + 7) expect(parseYuan(yuan(fen))).toBe(fen);
});

test("the identity adds up line by line in every state of a session, and a wrong fen shows", () => {
  for (const session of sessions) {
    const identity = identityOf(session);
    expect(addsUp(session, identity), session.collector.name).toBe(true);
    expect(identity.accounted.length > 0).toBe(session.state !== "open");
    expect(identity.brought.reduce((all, { fen }) => all + fen, 0)).toBe(total(session.net));
    for (const { by, fen } of identity.accounted) if (by) expect(total(by)).toBe(fen);
    expect(addsUp({ ...session, refunded: session.refunded + 1 }, identityOf({ ...session, refunded: session.refunded + 1 }))).toBe(false);
    if (session.count_break === null) continue;
    const wrong = { ...session, count_break: session.count_break + 1 };
    expect(addsUp(wrong, identityOf(wrong))).toBe(false);
  }
  const settled = sessions.find(({ state }) => state === "settled")!;
  expect(identityOf(settled).accounted.map(({ name }) => name)).toEqual(["confirmed", "float_difference", "count_break", "deposit_break"]);
});

test("an open session tells what should be in the bag", () => {
  const open = sessions.find(({ state }) => state === "open")!;
  expect(total(inHand(open))).toBe(open.float + total(open.net));
  const half = { ...open, deposits: [{ slip: "1", bank: "b", declared: { cash: 500, cheque: 0, terminal: 0 }, confirmed: null }] } satisfies CashSession;
  expect(total(inHand(half))).toBe(open.float + total(open.net) - 500);
});

test("late sessions come first, settled ones last, and a difference needs a reason", () => {
  expect(bySessionGroup(sessions).map(({ group, sessions: some }) => [group, some.length])).toEqual([["overdue", 1], ["closed", 2], ["open", 1], ["settled", 1]]);
  const amounts = (cash: number, cheque = 0) => ({ to_deposit: { cash, cheque, terminal: 0 } });
  expect([amounts(0), amounts(-5, 5), amounts(-5), amounts(5), { to_deposit: null }].map(needsReason)).toEqual([false, false, true, true, false]);
});

test("the parts of a book are all its tickets, and a gap in the account is a part of its own", () => {
  for (const book of collection.books) expect(partsOf(book).map(({ count }) => count).reduce((all, count) => all + count, 0)).toBe(book.drawn);
  for (const book of collection.books) expect(partsOf(book).some(({ part }) => part === "unexplained")).toBe(false);
  const lost: Book = { ...collection.books[0]!, left: collection.books[0]!.left - 2 };
  expect(partsOf(lost).at(-1)).toEqual({ part: "unexplained", count: 2 });
  expect(ticketText("FZ", 12)).toBe("FZ-00000012");
});

test("open flags come first and the oldest of them on top", () => {
  const flag = (name: string, raised_at: number, at: number | null): Flag => ({ ...collection.flags[0]!, flag: name, raised_at, resolved: at === null ? null : { choice: "count", note: "", by_name: null, at } });
  expect(byFlag([flag("a", 1, 9), flag("b", 5, null), flag("c", 3, null), flag("d", 2, 10)]).map(({ flag: name }) => name)).toEqual(["c", "b", "d", "a"]);
});

test("what billing took back is owed by nobody", () => {
  const due = { ...collection.receivables[0]!, amount: 1000, paid: 400, prepaid: 0, written_off: 300, state: "open" as const };
  expect(openOf(due)).toBe(600);
  expect(openOf({ ...due, state: "withdrawn" })).toBe(0);
  expect(totalsOf([due, { ...due, state: "withdrawn" }, { ...due, paid: 1000, prepaid: 50, state: "paid" }])).toEqual({ amount: 2000, open: 600, paid: 1800, written_off: 900, prepaid: 50 });
  expect([found("陈 0012", ["陈美玲", "FZ-00000012", null]), found("林", ["陈美玲", null]), found("  ", ["x"])]).toEqual([true, false, true]);
});

test("a cashier has money and no work, an auditor only the sight of it", () => {
  const as = (...roles: string[]) => rightsOf({ roles: roles.map((role) => ({ role, district: null })) });
  expect(as("dispatcher")).toEqual({ work: true, collection: true, money: true });
  expect(as("cashier")).toEqual({ work: false, collection: true, money: true });
  expect(as("auditor")).toEqual({ work: false, collection: true, money: false });
  expect(as("collector", "repair_crew")).toEqual({ work: false, collection: false, money: false });
  expect(as("admin")).toEqual({ work: true, collection: true, money: true });
  expect(readKey({ key: "c", modified: false, typing: false, composing: false }, true).command).toBe("go_collection");
});

test("every flag, every choice and every act of the protocol has words", () => {
  const source = (name: string) => readFileSync(join(import.meta.dirname, `../../../../client-core/protocol/src/model/collection/${name}.rs`), "utf8");
  const office = source("office");
  const kinds = [...office.matchAll(/Self::\w+ => "([a-z_]+)"/g)].map(([, name]) => name!);
  expect(kinds).toHaveLength(11);
  const offered = office.split("pub fn choices")[1]!.split("\n    }\n")[0]!;
  const choices = [...offered.matchAll(/"([a-z_]+)"/g)].map(([, name]) => name!);
  expect(choices.length).toBeGreaterThan(6);
  const named = source("entry").split("impl Act")[1]!.split("\n    }\n")[0]!;
  const acts = [...named.matchAll(/Self::\w+(?: \{ \.\. \}|\(_\)) => "([a-z_]+)"/g)].map(([, name]) => name!);
  expect(acts).toContain("session_closed");
  const keys = [...kinds.flatMap((kind) => [`flag_kind.${kind}`, `flag_help.${kind}`]), ...choices.map((choice) => `flag_choice.${choice}`), "flag_choice.count", ...acts.map((act) => `act.${act}`)];
  for (const key of keys) expect(en, key).toHaveProperty([key]);
});
