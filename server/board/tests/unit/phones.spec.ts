import { expect, test } from "@playwright/test";
import type { Crew, Phone } from "../../src/api/types";
import { crewLoads } from "../../src/crewLoad";
import { byTrouble, enrolledBy, groupsOf, inviteesOf, lastSix, matches, minutesOf, serverOf, tallyOf, troubleOf, withRevoked } from "../../src/phones";
import { pathOf } from "../../src/qr";
import { EMPTY_BOARD, phonesInUse, reduce } from "../../src/store";
import { DRAWN } from "../mock/qr";
import { stormNight } from "../mock/scenario";
import { DAY, MINUTE } from "../mock/timeline";

const NOW = Date.UTC(2026, 10, 22, 19, 12);
const night = stormNight(NOW);
const base: Phone = { ...night.phones[0]!, connected: true, last_contact: NOW, pending_edits: 0, oldest_pending_at: null, needs_attention: 0, behind_entries: 0 };
const order = (phones: Phone[]) => byTrouble(phones, NOW).map(({ installation }) => installation);

test("phones are sorted by trouble, revoked ones last", () => {
  const phones: Phone[] = [
    { ...base, installation: "revoked", needs_attention: 3, revoked_at: NOW - DAY }, { ...base, installation: "revoked later", revoked_at: NOW - MINUTE },
    { ...base, installation: "fine" }, { ...base, installation: "behind", behind_entries: 3 }, { ...base, installation: "offline", connected: false },
    { ...base, installation: "pending", connected: false, pending_edits: 1, oldest_pending_at: NOW - MINUTE },
    { ...base, installation: "stale", pending_edits: 1, oldest_pending_at: NOW - 31 * MINUTE }, { ...base, installation: "refused", needs_attention: 1 },
  ];
  expect(order(phones)).toEqual(["refused", "stale", "pending", "offline", "behind", "fine", "revoked later", "revoked"]);
  expect(troubleOf(phones[2]!, NOW)).toBe("fine");
});

test("what a server does not tell about a phone is nothing and not a revocation", () => {
  const { enrolled_at: _e, revoked_at: _r, revoked_reason: _w, ...old } = base;
  expect(troubleOf(old, NOW)).toBe("fine");
  expect(matches(old, "null undefined", null, "")).toBe(false);
});

test("a sign of life moves no phone that is in order, and the longest silence comes first", () => {
  const named = (name: string, last_contact: number, connected = true) => ({ ...base, installation: name, person: { id: name, name }, connected, last_contact });
  expect(order([named("b", NOW - 9), named("a", NOW - 1)])).toEqual(["a", "b"]);
  expect(order([named("b", NOW - 1), named("a", NOW - 9)])).toEqual(["a", "b"]);
  expect(order([named("a", NOW - 1, false), named("b", NOW - 9, false)])).toEqual(["b", "a"]);
});

test("every word has to match, in the person, the crew, the phone, the trouble or the reason", () => {
  const phone = { ...base, name: "小米 14", person: { id: "1", name: "林国强" }, revoked_reason: "落水" };
  const find = (text: string) => matches(phone, text, "鼓楼抢修一班", "已停用");
  expect(["林国强 小米", "鼓楼 停用", "落水", "", "  ", phone.installation.slice(-6)].map(find)).toEqual(Array(6).fill(true));
  expect(find("林国强 台江")).toBe(false);
});

test("revoked phones count for nobody: not here, not in a crew's load", () => {
  const revoked = { ...base, installation: "x", pending_edits: 5, needs_attention: 1, revoked_at: NOW };
  const tally = tallyOf([base, { ...base, installation: "y", connected: false, pending_edits: 2, oldest_pending_at: NOW - 31 * MINUTE }, revoked], NOW);
  expect(tally).toEqual({ total: 2, connected: 1, edits: 2, look: 1, revoked: 1 });
  const board = [base, revoked].reduce((all, data) => reduce(all, { type: "phone", data }), EMPTY_BOARD);
  expect(phonesInUse(board)).toEqual([base]);
  expect(crewLoads(board).get(base.crew!)).toEqual({ items: 0, online: 1, phones: 1 });
});

test("a revocation is right wherever it is told, and everything else is as the stream has it", () => {
  const one = (revoked_at: number | null, pending_edits = 0): Phone => ({ ...base, revoked_at, pending_edits });
  const merged = (live: Phone[], asked: Phone[]) => [...withRevoked(new Map(live.map((phone) => [phone.installation, phone])), asked).values()].map(({ revoked_at, pending_edits }) => [revoked_at, pending_edits]);
  expect(merged([], [one(NOW)])).toEqual([[NOW, 0]]);
  expect(merged([one(null)], [one(NOW)])).toEqual([[NOW, 0]]);
  expect(merged([one(NOW)], [one(null)])).toEqual([[NOW, 0]]);
  expect(merged([one(null, 3)], [one(null, 9)])).toEqual([[null, 3]]);
});

test("an administrator invites anybody, a dispatcher the crews of the own districts", () => {
  const member = (id: string) => ({ id, name: id });
  const crews: Crew[] = [{ id: "1", name: "一", district: "A", members: [member("a"), member("b")] }, { id: "2", name: "二", district: "B", members: [member("b"), member("c")] }];
  const as = (role: string, district: string | null) => inviteesOf(crews, { roles: [{ role, district }] }).map(({ id, crews: of }) => [id, of.length]);
  expect(as("admin", null)).toHaveLength(3);
  expect(as("admin", "B")).toHaveLength(3);
  expect(as("dispatcher", null)).toHaveLength(3);
  expect(as("dispatcher", "B")).toEqual([["b", 1], ["c", 1]]);
  expect(as("cashier", null)).toEqual([]);
  expect(inviteesOf(crews, { roles: [{ role: "admin", district: null }] }).find(({ id }) => id === "b")!.crews).toEqual(["一", "二"]);
});

test("minutes are whole and of one day at most", () => {
  expect(["15", " １５ ", "1", "1440", "1441", "0", "", "1.5", "-5", "1e1", "abc"].map(minutesOf)).toEqual([15, 15, 1, 1440, null, null, null, null, null, null, null]);
});

test("a code is told in groups, the server out of the link, a phone by its end", () => {
  expect(groupsOf(DRAWN[0]!)).toEqual(["7K4QM", "2XHTB"]);
  expect(serverOf(DRAWN[0]!)).toBe("https://linecrew.example");
  expect(serverOf({ link: "linecrew:enrol?code=7K4QM-2XHTB" })).toBeNull();
  expect(lastSix("0192000a-0000-7000-8000-0000000000c4")).toBe("0000c4");
});

test("the phone that used an invitation is the person's and was not there before", () => {
  const invitation = { person: { id: "p", name: "" } };
  const of = (installation: string, id: string) => ({ ...base, installation, person: { id, name: "" } });
  const before = new Set(["old"]);
  expect(enrolledBy(invitation, [of("old", "p"), of("new", "another")], before)).toBeNull();
  expect(enrolledBy(invitation, [of("old", "p"), of("new", "p")], before)?.installation).toBe("new");
});

test("a path draws every dark module and no light one", () => {
  for (const { qr } of DRAWN) {
    const drawn = qr.map((row) => Array<string>(row.length).fill("0"));
    for (const [, x, y, run, back] of pathOf(qr)!.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)) {
      expect(back).toBe(run);
      drawn[Number(y)]!.fill("1", Number(x), Number(x) + Number(run));
    }
    expect(drawn.map((row) => row.join(""))).toEqual(qr);
  }
});

test("rows that are no code are not drawn", () => {
  for (const rows of [[], ["1"].concat("1"), ["10", "1"], ["10", "1x"], ["10", "<b"]]) expect(pathOf(rows), rows.join()).toBeNull();
  expect(pathOf(["10", "01"])).toBe("M0 0h1v1h-1zM1 1h1v1h-1z");
});
