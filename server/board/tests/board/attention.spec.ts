import { expect, test } from "../desk";

test("a conflict is explained, shows both sides, and is decided", async ({ desk, mock, page }) => {
  const item = mock.world.concerned("reassigned_while_working");
  await desk.open();
  await expect(desk.row(item.id)).toContainText("待裁决");
  const entry = page.locator(`[data-undecided="${item.id}"]`);
  await entry.getByRole("button", { name: new RegExp(item.number) }).click();
  const card = entry.getByRole("article");
  await expect(card).toContainText("改派时原班组已到场");
  await expect(card).toContainText("A 方");
  await expect(card).toContainText("原班组联系不上，就近改派");
  await expect(card.locator("dl.times")).toHaveCount(2);
  await expect(card.getByText("证据区间")).toHaveCount(2);
  await card.getByRole("textbox").fill("现场已开工");
  await card.locator("[data-choice=keep_worker]").click();
  await expect(entry).toHaveCount(0);
  await expect(desk.row(item.id)).not.toContainText("待裁决");
  expect(mock.sent("resolved")).toMatchObject([{ attention: expect.stringMatching(/^3:/), choice: "keep_worker", note: "现场已开工" }]);
});

test("the choice of a lead names the people, and a refused decision stays on the table", async ({ desk, mock }) => {
  const item = mock.world.concerned("accepted_twice");
  await desk.open(`#/item/${item.id}`);
  const card = desk.panel.getByRole("article");
  await expect(card.locator("[data-choice]")).toHaveCount(2);
  for (const event of item.history.filter(({ kind }) => kind === "accepted")) await expect(card.getByRole("button", { name: `由${event.by.name}负责` })).toBeVisible();
  mock.intercepts.push({ path: /resolved$/, how: "refused", problem: { status: 403, code: "not_permitted", detail: "not your district" } });
  await card.locator("[data-choice]").first().click();
  await expect(card.getByRole("alert")).toContainText("您没有此项权限");
  await expect(card.getByRole("alert")).toContainText("not your district");
});

test("two values are shown with author and time, and one of them is chosen (rule 7)", async ({ desk, mock }) => {
  const item = mock.world.concerned("values_differ");
  const [first, second] = item.history.filter(({ kind }) => kind === "value_recorded");
  await desk.open(`#/item/${item.id}`);
  const card = desk.panel.locator("[data-conflict=values_differ]");
  await expect(card).toContainText("拆除表 · 示数类型 1");
  for (const event of [first!, second!]) await expect(card).toContainText(event.by.name!);
  await expect(card.getByRole("button", { name: "以 A 为准：10984.31" })).toBeVisible();
  await card.getByRole("button", { name: "以 B 为准：10948.31" }).click();
  await expect(card).toHaveCount(0);
  expect(mock.sent("resolved")).toMatchObject([{ choice: second!.id }]);
  await expect(desk.panel.locator("[data-event=resolved]")).toContainText("10948.31");
});

test("a meter in two items leads to the other one (rule 10)", async ({ desk, mock }) => {
  const item = mock.world.concerned("meter_claimed_twice");
  const other = mock.world.scenario.items.find(({ id, attention }) => id !== item.id && attention[0]?.rule === 10)!;
  await desk.open(`#/item/${item.id}`);
  const card = desk.panel.locator("[data-conflict=meter_claimed_twice]");
  await expect(card).toContainText("3501-9920131");
  await expect(card.getByRole("button")).toHaveText(["本工单正确", "另一工单正确"]);
  await card.locator(`[data-other-item="${other.id}"]`).click();
  await expect(desk.panel).toContainText(other.site.address);
  await expect(desk.panel.locator(`[data-other-item="${item.id}"]`)).toHaveText(item.number);
});

test("a forced start is no conflict of two sides: it is acknowledged", async ({ desk, mock, page }) => {
  const item = mock.world.concerned("forced_start");
  await desk.open();
  const entry = page.locator(`[data-undecided="${item.id}"]`);
  await entry.getByRole("button", { name: new RegExp(item.number) }).click();
  const card = entry.getByRole("article");
  await expect(card).toContainText("例外");
  await expect(card).not.toContainText("A 方");
  await card.getByRole("button", { name: "已知悉" }).click();
  await expect(entry).toHaveCount(0);
  expect(mock.sent("resolved")).toMatchObject([{ choice: "seen" }]);
});

test("every kind of attention has a title, an explanation and choices in words", async ({ desk, mock, page }) => {
  await desk.open();
  for (const kind of ["accepted_twice", "reassigned_while_working", "cancelled_while_working", "completed_and_not_done", "values_differ", "meter_claimed_twice", "late_after_archive", "forced_start"]) {
    await page.evaluate((id) => (location.hash = `#/item/${id}`), mock.world.concerned(kind).id);
    const card = desk.panel.locator(`[data-conflict=${kind}]`);
    await expect(card.locator("[data-choice]").first()).toBeVisible();
    await expect(card.locator("dl.times").first()).toBeVisible();
    expect(await card.innerText()).not.toMatch(/[a-z]+_[a-z]+|没有丢失任何内容/);
  }
});

test("on a narrow screen a strip leads to the decisions", async ({ desk, page }) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  await desk.open();
  await expect(desk.panel).toHaveCount(0);
  await page.getByRole("link", { name: /等待裁决的工单：9/ }).click();
  await expect(desk.panel.getByRole("article")).toHaveCount(1);
});

test("a new conflict joins the inbox by itself", async ({ desk, mock, page }) => {
  await desk.open();
  const item = mock.world.inState("completed");
  mock.world.update(item.id, { attention: [{ id: "6:x", rule: 6, kind: "completed_twice", events: item.history.slice(-2).map(({ id }) => id), choices: ["keep_work"] }] });
  await expect(page.locator(`[data-undecided="${item.id}"]`)).toContainText("completed twice");
  await expect(page).toHaveTitle("(13) Linecrew");
});

test("refused edits stand in the inbox with what they said, and are asked for again when somebody looks", async ({ desk, mock, page }) => {
  await desk.open("#/inbox");
  const [foreign, late] = mock.world.refused;
  const first = page.locator("[data-refused=not_your_item]");
  for (const text of ["越权", "完工", "处理措施", "已更换，恢复送电", "工单不属于该班组"]) await expect(first).toContainText(text);
  await expect(first.getByRole("link", { name: foreign!.number! })).toBeVisible();
  const second = page.locator("[data-refused=state_not_permitted]");
  await expect(second).toContainText("客户拒绝确认");
  await expect(second).not.toContainText("越权");
  await expect(page.locator("[data-refused=unknown_document]")).toContainText("服务器没有此工单");
  mock.world.refused = [{ ...late!, device_seq: 99 }];
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(page.locator("[data-refused]")).toHaveCount(1);
  await expect(page.locator("[data-refused]")).toContainText("第 99 条操作");
});
