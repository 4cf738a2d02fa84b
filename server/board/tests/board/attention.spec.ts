import { expect, test } from "../desk";

test("a conflict is explained, shows both sides, and is decided", async ({ desk, mock, page }) => {
  const item = mock.world.scenario.items.find(({ attention }) => attention[0]?.rule === 3)!;
  await desk.open();
  await expect(desk.row(item.id)).toContainText("待裁决");
  const entry = page.locator(`[data-undecided="${item.id}"]`);
  await entry.getByRole("button", { name: new RegExp(item.number) }).click();
  const card = entry.getByRole("article");
  await expect(card).toContainText("改派时原班组已到场");
  await expect(card).toContainText("A 方");
  await expect(card).toContainText("原班组联系不上，就近改派");
  await expect(card.locator("dl")).toHaveCount(2);
  await expect(card.getByText("证据区间")).toHaveCount(2);
  await card.getByRole("textbox").fill("现场已开工");
  await card.locator("[data-choice=keep_worker]").click();
  await expect(entry).toHaveCount(0);
  await expect(desk.row(item.id)).not.toContainText("待裁决");
  const sent = mock.requests.find(({ path }) => path.endsWith("/resolve"))!;
  expect(JSON.parse(sent.body)).toMatchObject({ choice: "keep_worker", note: "现场已开工" });
});

test("the choice of a lead names the people, and a refused decision stays on the table", async ({ desk, mock }) => {
  const item = mock.world.scenario.items.find(({ attention }) => attention[0]?.rule === 1)!;
  await desk.open(`#/item/${item.id}`);
  const card = desk.panel.getByRole("article");
  await expect(card.locator("[data-choice]")).toHaveCount(2);
  for (const event of item.history.filter(({ kind }) => kind === "accepted")) await expect(card.getByRole("button", { name: `由${event.by.name}负责` })).toBeVisible();
  mock.intercepts.push({ path: /resolve$/, how: "refused", problem: { status: 403, code: "not_permitted", detail: "not your district" } });
  await card.locator("[data-choice]").first().click();
  await expect(card.getByRole("alert")).toContainText("您没有此项权限");
  await expect(card.getByRole("alert")).toContainText("not your district");
});

test("on a narrow screen a strip leads to the decisions", async ({ desk, page }) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  await desk.open();
  await expect(desk.panel).toHaveCount(0);
  await page.getByRole("link", { name: /等待裁决的工单：4/ }).click();
  await expect(desk.panel.getByRole("article")).toHaveCount(1);
});

test("a new conflict joins the inbox by itself", async ({ desk, mock, page }) => {
  await desk.open();
  const item = mock.world.inState("completed");
  mock.world.update(item.id, { attention: [{ id: "6:x", rule: 6, kind: "completed_twice", events: item.history.slice(-2).map(({ id }) => id), choices: ["keep_work"] }] });
  await expect(page.locator(`[data-undecided="${item.id}"]`)).toContainText("重复完工");
  await expect(page).toHaveTitle("(5) Linecrew");
});
