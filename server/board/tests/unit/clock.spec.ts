import { expect, test } from "@playwright/test";
import { countdown, fromLocal, leadingClock, outsideEvidence, readClock, shortTime, spanOf, toLocal } from "../../src/clock";
import type { Clock, Interval, Phase } from "../../src/api/types";

const MINUTE = 60_000;
const DUE = Date.UTC(2026, 10, 22, 19, 0, 0);

const clock = (change: Partial<Clock> = {}): Clock => ({ name: "arrival", limit_ms: 45 * MINUTE, due_at: DUE, verdict: "awaiting", stopped: null, ...change });

function face(change: Partial<Clock>, now: number, phase: Phase = "assigned") {
  return readClock(clock(change), phase, now);
}

test("an awaited arrival runs, asks for a look, and turns overdue, never breached", () => {
  expect(face({}, DUE - 20 * MINUTE)).toMatchObject({ face: "running", counting_ms: 20 * MINUTE });
  expect(face({}, DUE - 10 * MINUTE).face).toBe("due_soon");
  expect(face({}, DUE).face).toBe("due_soon");
  expect(face({}, DUE + 1)).toMatchObject({ face: "overdue", counting_ms: 1 });
});

test("nothing is overdue once nobody is on the way", () => {
  for (const phase of ["cancelled", "linked", "archived", "not_done"] as const) {
    expect(face({}, DUE + MINUTE, phase).face).toBe("stopped");
  }
});

test("a verdict is the server's, and the time taken counts from the start of the limit", () => {
  const stopped: Interval = { earliest: DUE - 2 * MINUTE, latest: DUE + 4 * MINUTE };
  const reading = face({ verdict: "undecidable", stopped }, DUE + 99 * MINUTE);
  expect(reading.face).toBe("undecidable");
  expect(spanOf(reading.took)).toBe("43–49");
});

test("an unproven end is said, not guessed", () => {
  expect(spanOf({ earliest: 41 * MINUTE, latest: null })).toBe("≥41");
  expect(spanOf({ earliest: null, latest: 44 * MINUTE + 1 })).toBe("≤45");
  expect(spanOf({ earliest: null, latest: null })).toBeNull();
  expect(spanOf({ earliest: 31 * MINUTE, latest: 31 * MINUTE })).toBe("31");
});

test("time left is rounded up and time over is rounded down", () => {
  expect(countdown(1, "up")).toBe("00:01");
  expect(countdown(999, "down")).toBe("00:00");
  expect(countdown(3_661_000, "up")).toBe("1:01:01");
});

test("times are Fuzhou's, with the date when it is another day", () => {
  expect(shortTime(DUE, DUE)).toBe("03:00:00");
  expect(shortTime(DUE - 4 * 60 * MINUTE, DUE)).toBe("11-22 23:00:00");
});

test("a claim outside the evidence is noticed at either end only where there is one", () => {
  const evidence = { earliest: 10_000, latest: 20_000 };
  expect([8_999, 10_000, 20_000, 21_001].map((claimed) => outsideEvidence(claimed, evidence))).toEqual([true, false, false, true]);
  expect([9_000, 21_000].map((claimed) => outsideEvidence(claimed, evidence)), "what reads the same accuses nobody").toEqual([false, false]);
  expect(outsideEvidence(0, { earliest: null, latest: null })).toBe(false);
});

test("a reply is still due when the work on site is done, until the item is closed", () => {
  expect(face({ name: "reply", limit_ms: null }, DUE + 1, "done").face).toBe("overdue");
  expect(face({ name: "reply", limit_ms: null }, DUE + 1, "cancelled").face).toBe("stopped");
});

test("the list shows the first clock that runs, else the first", () => {
  const [arrival, reply] = [clock({ verdict: "met" }), clock({ name: "reply" })];
  expect(leadingClock({ clocks: [arrival, reply], phase: "done" })).toBe(reply);
  expect(leadingClock({ clocks: [arrival, reply], phase: "archived" })).toBe(arrival);
  expect(leadingClock({ clocks: [], phase: "new" })).toBeNull();
});

test("a form's time is Fuzhou's, whatever the browser's zone is", () => {
  expect(fromLocal("2026-11-23T03:00")).toBe(DUE);
  expect(toLocal(DUE)).toBe("2026-11-23T03:00");
  expect(fromLocal("")).toBeNull();
});
