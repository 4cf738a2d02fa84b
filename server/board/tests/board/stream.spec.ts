import { expect, test } from "../desk";
import { rowOf } from "../mock/world";

test("a pushed item appears, moves and flashes without a reload", async ({ desk, mock, page }) => {
  await desk.open();
  const { row } = mock.world.create(
    { kind: "repair_dispatch", district: mock.world.scenario.districts[0]!.id, customer: { name: "欧阳晓" }, site: { address: "东街口百货门前" }, area_class: "urban", about: { fault: { category: "line_down" } }, priority: "urgent" }, "k1",
  );
  await expect(desk.group("new").locator(`[data-row="${row.id}"]`)).toContainText("东街口百货门前");
  mock.world.update(row.id, { state: "assigned", phase: "assigned", crew: mock.world.scenario.crews[0]!.id });
  const moved = desk.group("assigned").locator(`[data-row="${row.id}"]`);
  await expect(moved).toContainText(mock.world.scenario.crews[0]!.name);
  expect(await moved.evaluate((element) => element.getAnimations().length)).toBe(1);
  await expect(page.locator(`[data-row="${row.id}"]`)).toHaveCount(1);
});

test("nothing flashes for a person who asked for less motion", async ({ desk, mock, page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await desk.open();
  const item = mock.world.inState("reported");
  const row = mock.world.update(item.id, { priority: "urgent" });
  await expect(desk.row(item.id)).toHaveAttribute("data-revision", `${row.revision}`);
  expect(await desk.row(item.id).evaluate((element) => element.getAnimations().length)).toBe(0);
});

test("a row with an older or equal revision is ignored", async ({ desk, mock }) => {
  await desk.open();
  const item = mock.world.inState("assigned");
  const stale = structuredClone(rowOf(item));
  mock.world.update(item.id, { state: "departed", phase: "departed" });
  await expect(desk.group("departed").locator(`[data-row="${item.id}"]`)).toBeVisible();
  mock.pushRow(stale);
  // A later message on the same stream proves that the stale one was read and not just slow.
  const marker = mock.world.update(mock.world.inState("reported").id, { customer: { name: "标记客户" } });
  await expect(desk.row(marker.id)).toContainText("标记客户");
  await expect(desk.group("departed").locator(`[data-row="${item.id}"]`)).toBeVisible();
  await expect(desk.group("assigned").locator(`[data-row="${item.id}"]`)).toHaveCount(0);
});

test("after a dropped stream the board says since when, reconnects, and holds what changed meanwhile", async ({ desk, mock, page }) => {
  await desk.open();
  const item = mock.world.inState("reported");
  mock.streamRefused = true;
  mock.dropStreams();
  await expect(desk.link("reconnecting")).toContainText(/03:1\d:\d\d 起重连中/);
  await expect(page.getByRole("alert").filter({ hasText: "与服务器断开" })).toBeVisible();
  mock.world.update(item.id, { site: { address: "断线期间改过的地址" } });
  await expect(desk.row(item.id)).not.toContainText("断线期间");
  mock.streamRefused = false;
  await expect(desk.link("live")).toBeVisible();
  await expect(desk.row(item.id)).toContainText("断线期间改过的地址");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("forty seconds of silence count as a dead connection", async ({ desk, mock, page }) => {
  await page.clock.install();
  await desk.open();
  expect(mock.streams).toBe(1);
  const attempts = () => mock.requests.filter(({ path }) => path === "/board/stream").length;
  await page.clock.runFor(30_000);
  mock.push({ type: "tick", data: { server_time: mock.world.now() } });
  // A row pushed behind the tick shows that the tick has been read before time goes on.
  const marker = mock.world.update(mock.world.inState("reported").id, { customer: { name: "标记客户" } });
  await expect(desk.row(marker.id)).toContainText("标记客户");
  await page.clock.runFor(30_000);
  expect(attempts()).toBe(1);
  await page.clock.runFor(30_000);
  await expect.poll(attempts).toBe(2);
  await expect(desk.link("live")).toBeVisible();
});

test("an event of a kind that this version does not know is skipped", async ({ desk, mock }) => {
  await desk.open();
  mock.push({ type: "weather", data: {} } as never);
  const row = mock.world.update(mock.world.inState("reported").id, { customer: { name: "后来的客户" } });
  await expect(desk.row(row.id)).toContainText("后来的客户");
  await expect(desk.link("live")).toBeVisible();
});

test("a stream that never says anything is given up too", async ({ desk, mock, page }) => {
  await page.clock.install();
  mock.streamMute = true;
  await page.goto(desk.url);
  await desk.signIn();
  await expect.poll(() => mock.streams).toBe(1);
  await expect(desk.link("connecting")).toBeVisible();
  mock.streamMute = false;
  await page.clock.runFor(45_000);
  await expect(desk.link("live")).toBeVisible();
});
