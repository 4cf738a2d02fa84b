import { expect, test } from "../desk";

test("an item is assigned to a crew of its district and reassigned with a reason", async ({ desk, mock, page }) => {
  const item = mock.world.inState("reported");
  const [first, second] = mock.world.scenario.crews.filter(({ district }) => district === item.district);
  await desk.open(`#/item/${item.id}`);
  await page.locator("[data-action=assigned]").click();
  const form = page.getByRole("form", { name: "派工" });
  await expect(form.getByLabel("原因")).toHaveCount(0);
  await form.getByRole("button", { name: "派工" }).click();
  await expect(form.getByRole("alert")).toHaveText("请填写：班组");
  await form.getByLabel(first!.name).check();
  await form.getByRole("button", { name: "派工" }).click();
  await expect(desk.group("assigned").locator(`[data-row="${item.id}"]`)).toContainText(first!.name);

  await page.locator("[data-action=assigned]").click();
  const again = page.getByRole("form", { name: "改派" });
  await expect(again.getByLabel(first!.name)).toHaveCount(0);
  await again.getByLabel(second!.name).check();
  await again.getByRole("button", { name: "改派" }).click();
  await expect(again.getByRole("alert")).toHaveText("请填写：原因");
  await again.getByLabel("原因").fill("车辆故障");
  await again.getByRole("button", { name: "改派" }).click();
  await expect(desk.row(item.id)).toContainText(second!.name);
  await expect(desk.panel.locator("[data-event=assigned]").last()).toContainText("改派");
  await expect(desk.panel.locator("[data-event=assigned]").last()).toContainText("车辆故障");
  expect(mock.sent("assigned")).toEqual([{ crew: first!.id }, { crew: second!.id, reason: "车辆故障" }]);
});

test("a cancelled item is closed: nothing more is offered", async ({ desk, mock, page }) => {
  const item = mock.world.inState("reported");
  await desk.open(`#/item/${item.id}`);
  await page.locator("[data-action=cancelled]").click();
  await page.getByLabel("原因").fill("客户来电取消");
  await page.getByRole("form").getByRole("button", { name: "取消工单" }).click();
  await expect(desk.panel).toContainText("已取消");
  await expect(page.locator("[data-action]")).toHaveCount(0);
});

test("a completed item is followed up with a result, then archived", async ({ desk, mock, page }) => {
  const item = mock.world.inState("completed");
  await desk.open(`#/item/${item.id}`);
  await page.locator("[data-action=followed_up]").click();
  await expect(page.getByRole("group", { name: "回访对象" })).toHaveCount(0);
  await page.getByLabel("回访结果").fill("已恢复，客户满意");
  await page.getByRole("form").getByRole("button", { name: "登记回访" }).click();
  await expect(desk.panel.locator("[data-event=followed_up]")).toContainText("已恢复，客户满意");
  await expect(page.locator("[data-action]")).toHaveText(["归档"]);
  await page.locator("[data-action=archived]").click();
  await page.getByRole("form").getByRole("button", { name: "归档" }).click();
  await expect(desk.panel).toContainText("已归档");
  await expect(page.locator("[data-action]")).toHaveCount(0);
});

test("when the item has moved on, the refusal says where to and the words are kept", async ({ desk, mock, page }) => {
  const item = mock.world.inState("departed");
  await desk.open(`#/item/${item.id}`);
  await page.locator("[data-action=cancelled]").click();
  await page.getByLabel("原因").fill("误报");
  mock.intercepts.push({ path: /cancelled$/, how: "refused", problem: { status: 409, code: "state_conflict", detail: "completed does not permit cancel", state: "completed" } });
  await page.getByRole("form").getByRole("button", { name: "取消工单" }).click();
  await expect(page.getByRole("alert")).toContainText("已完工");
  await expect(page.getByRole("alert")).toContainText("completed does not permit cancel");
  await expect(page.getByLabel("原因")).toHaveValue("误报");
});

test("the history shows the phone's claim, the evidence and the server's time beside each other", async ({ desk, mock, page }) => {
  const item = mock.world.concerned("reassigned_while_working");
  await desk.open(`#/item/${item.id}`);
  const arrived = desk.panel.locator("[data-event=arrived]");
  const cells = await arrived.locator("td").allInnerTexts();
  expect(cells).toHaveLength(3);
  const event = item.history.find(({ kind }) => kind === "arrived")!;
  const clock = (at: number) => new Date(at + 8 * 3_600_000).toISOString().slice(11, 19);
  expect(cells[0]).toContain(clock(event.claimed_at));
  expect(cells[1]).toContain(`${clock(event.evidence.earliest!)}–${clock(event.evidence.latest!)}`);
  expect(cells[2]).toContain(clock(event.received_at));
  await expect(arrived).toContainText("手机时钟超出可证明的区间");
  await expect(desk.panel.locator("[data-event=assigned]").last()).toContainText("已被取代");
  await page.evaluate((id) => (location.hash = `#/item/${id}`), mock.world.scenario.items.find(({ late_events }) => late_events > 0)!.id);
  await expect(desk.panel.locator("[data-event=noted]")).toContainText("迟到");
  await expect(desk.panel.locator("[data-event=noted]")).toContainText("≤");
});

test("notes, materials and the report are there, with what another phone entered", async ({ desk, mock }) => {
  await desk.open(`#/item/${mock.world.inState("restored").id}`);
  await expect(desk.panel).toContainText("优先复电");
  await expect(desk.panel).toContainText("另有录入：15 m");
  await expect(desk.panel.locator("[data-report=restored]")).toContainText("恢复送电");
  await expect(desk.panel.locator("[data-report=restored]")).toContainText("处理措施");
});

test("every ending that somebody recorded stands in the panel (rule 6)", async ({ desk, mock }) => {
  await desk.open(`#/item/${mock.world.concerned("completed_and_not_done").id}`);
  await expect(desk.panel.locator("[data-report]")).toHaveCount(2);
  await expect(desk.panel.locator("[data-report=not_done]")).toContainText("客户不在，无法进入");
});

test("an edit that was refused stays visible beside the item, with its reason in words", async ({ desk, mock }) => {
  const item = mock.world.inState("arrived");
  const person = mock.world.scenario.crews[0]!.members[0]!;
  item.quarantined = [{ installation: item.id, device_seq: 17, person: person.id, received_at: item.reported_at, reason: "not_your_item", detail: "the item belongs to another crew", event_kind: "noted", body: { text: "7号杆电缆带电，勿近" } }];
  await desk.open(`#/item/${item.id}`);
  await expect(desk.panel).toContainText(`${person.name}，第 17 条操作`);
  await expect(desk.panel).toContainText("工单不属于该班组");
  await expect(desk.panel).toContainText("the item belongs to another crew");
  await expect(desk.panel.locator("[data-refused]")).toContainText("已备注");
  await expect(desk.panel.locator("[data-refused]")).toContainText("内容 7号杆电缆带电，勿近");
});

test("the panel says in one line why the item is on a phone", async ({ desk, mock, page }) => {
  const item = mock.world.inState("departed");
  const crew = mock.world.scenario.crews.find(({ id }) => id === item.crew)!;
  const event = item.history.find(({ kind }) => kind === "assigned")!;
  event.body = { ...event.body, reason: "原班组车辆被淹" };
  await desk.open(`#/item/${item.id}`);
  const time = new Date(event.received_at + 8 * 3_600_000).toISOString().slice(11, 19);
  await expect(page.locator("[data-holder]")).toHaveText(`在${crew.name}的手机上，自 ${time} 起 · 改派：许静怡（原班组车辆被淹）`);
  await page.evaluate((id) => (location.hash = `#/item/${id}`), mock.world.inState("reported").id);
  await expect(page.locator("[data-holder]")).toContainText("没有班组持有");
});

test("an item that the board does not hold is fetched, an unknown one is said to be unknown", async ({ desk, page }) => {
  await desk.open("#/item/0192ffff-0000-7000-8000-000000000000");
  await expect(desk.panel.getByRole("alert")).toContainText("内容不存在");
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/#\/$/);
});

test("an open form does not follow to the next item", async ({ desk, mock, page }) => {
  const [first, second] = [mock.world.inState("reported", 0), mock.world.inState("reported", 1)];
  await desk.open(`#/item/${first.id}`);
  await page.locator("[data-action=cancelled]").click();
  await expect(page.getByRole("form", { name: "取消工单" })).toBeVisible();
  await desk.row(second.id).click();
  await expect(desk.panel).toContainText(second.number);
  await expect(page.getByRole("form")).toHaveCount(0);
});
