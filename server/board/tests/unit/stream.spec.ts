import { expect, test } from "@playwright/test";
import { at, sampled } from "../../src/serverTime";
import { EventStreamParser } from "../../src/sse";
import { retryDelay } from "../../src/stream";

const bytes = (text: string) => new TextEncoder().encode(text);

test("messages survive being cut at any byte, Chinese characters and CRLF included", () => {
  const whole = bytes(": hello\r\nevent: item\r\ndata: {\"address\":\r\ndata: \"五四路\"}\r\n\r\nevent: tick\ndata: {}\n\n");
  for (let cut = 0; cut <= whole.length; cut += 1) {
    const parser = new EventStreamParser();
    const messages = [...parser.push(whole.slice(0, cut)), ...parser.push(whole.slice(cut))];
    expect(messages, `cut at ${cut}`).toEqual([{ event: "item", data: "{\"address\":\n\"五四路\"}" }, { event: "tick", data: "{}" }]);
  }
});

test("an event without data is dropped and does not name the next one", () => {
  expect(new EventStreamParser().push(bytes("event: item\n\ndata: x\n\n"))).toEqual([{ event: "message", data: "x" }]);
});

test("back-off grows, has a limit and jitter, and honours the server's wish", () => {
  const spread = (attempt: number) => [retryDelay(attempt, null, () => 0), retryDelay(attempt, null, () => 1)];
  expect(spread(0)).toEqual([100, 500]);
  expect(spread(3)).toEqual([800, 4000]);
  expect(spread(50)).toEqual([4000, 20_000]);
  expect(retryDelay(0, 5000, () => 0)).toBe(5100);
});

test("a delayed time sample does not turn the clock back, an old one does not hold it for ever", () => {
  const good = sampled(null, 1_000_000, 0);
  const late = sampled(good, 1_010_000, 15_000);
  expect(at(late, 15_000)).toBe(1_015_000);
  const better = sampled(good, 1_015_200, 15_000);
  expect(at(better, 15_000)).toBe(1_015_200);
  const drifted = sampled(good, 1_059_000, 60_000);
  expect(at(drifted, 60_000)).toBe(1_059_000);
});
