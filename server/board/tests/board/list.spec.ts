import { PHASES } from "../../src/api/types";
import { expect, test } from "../desk";
import { arrivedWithin, overdueBy } from "../mock/conflicts";

test("items are grouped by phase in the order of work, with everything a dispatcher asks for", async ({ desk, mock, page }) => {
  await desk.open();
  const shown = await page.locator("[data-group]").evaluateAll((groups) => groups.map((group) => (group as HTMLElement).dataset.group));
  expect(shown).toEqual(PHASES.filter((phase) => mock.world.scenario.items.some((item) => item.phase === phase)));
  for (const phase of ["new", "assigned", "departed"] as const) {
    const count = mock.world.scenario.items.filter((item) => item.phase === phase).length;
    await expect(desk.group(phase).locator("[data-row]")).toHaveCount(count);
  }
  const item = mock.world.inState("departed");
  const crew = mock.world.scenario.crews.find(({ id }) => id === item.crew)!;
  for (const text of [item.number, item.site.address, item.customer.name, crew.name, crew.members[0]!.name, "已出发", "故障抢修"]) {
    await expect(desk.row(item.id)).toContainText(text);
  }
});

test("closed work is folded until asked for", async ({ desk, page }) => {
  await desk.open();
  const group = desk.group("followed_up");
  await expect(group.locator("[data-row]")).toHaveCount(0);
  await group.getByRole("button").click();
  await expect(group.locator("[data-row]")).toHaveCount(2);
  await expect(page.locator("[data-group=followed_up] button")).toHaveAttribute("aria-expanded", "true");
});

test("the countdown follows the server's time and turns overdue, which is not a breach", async ({ desk, mock }) => {
  const item = mock.world.inState("assigned");
  overdueBy(item, -6000, mock.world.now());
  await desk.open();
  const face = desk.face(item.id);
  await expect(face).toHaveAttribute("data-face", "due_soon");
  const first = await face.innerText();
  await expect(face).not.toHaveText(first);
  await expect(face).toHaveAttribute("data-face", "overdue");
  await expect(face).toContainText("逾期");
  await desk.row(item.id).click();
  await expect(desk.panel).toContainText("这还不算超时");
});

test("a browser clock that is hours wrong changes nothing", async ({ desk, mock, page }) => {
  const item = mock.world.inState("assigned");
  overdueBy(item, -30 * 60_000, mock.world.now());
  await page.addInitScript(() => {
    const wrong = Date.now;
    Date.now = () => wrong() + 5 * 3_600_000;
  });
  await desk.open();
  await expect(desk.face(item.id)).toHaveAttribute("data-face", "running");
  await expect(desk.face(item.id)).toContainText(/(29:|30:00)/);
});

test("met, breached and undecidable are told apart, and undecidable shows both ends", async ({ desk, mock }) => {
  const [met, breached, undecidable] = [0, 1, 2].map((n) => mock.world.inState("work_started", n));
  arrivedWithin(met!, 30, 31);
  arrivedWithin(breached!, 50, 52);
  arrivedWithin(undecidable!, 43, 49);
  await desk.open();
  for (const [item, verdict, span, word] of [[met!, "met", "30–31", "达标"], [breached!, "breached", "50–52", "超时"], [undecidable!, "undecidable", "43–49", "无法判定"]] as const) {
    await expect(desk.face(item.id)).toHaveAttribute("data-face", verdict);
    await expect(desk.face(item.id)).toContainText(span);
    await expect(desk.face(item.id)).toContainText(word);
  }
  await desk.row(undecidable!.id).click();
  await expect(desk.panel).toContainText("证据区间跨越时限");
});

test("filters narrow by district, crew, words and need, and say that they do", async ({ desk, mock, page }) => {
  await desk.open();
  const { items, districts, crews } = mock.world.scenario;
  await page.getByLabel("供电所", { exact: true }).selectOption(districts[0]!.id);
  const here = items.filter((item) => item.district === districts[0]!.id);
  await expect(page.getByText(`${here.length} / ${items.length}`)).toBeVisible();
  await page.getByLabel("班组", { exact: true }).selectOption(crews[0]!.id);
  await expect(page.locator("[data-row]")).toHaveCount(items.filter((item) => item.crew === crews[0]!.id).length);
  await page.getByRole("button", { name: "清除筛选" }).click();
  await page.getByRole("button", { name: /待裁决/ }).click();
  await expect(page.locator("[data-row]")).toHaveCount(9);
  await page.getByRole("button", { name: /待裁决/ }).click();
  await page.getByRole("searchbox").fill(items[7]!.number);
  await expect(page.locator("[data-row]")).toHaveCount(1);
  await page.getByRole("searchbox").fill("没有这个地方");
  await expect(page.getByText("没有符合筛选条件的工单")).toBeVisible();
});
