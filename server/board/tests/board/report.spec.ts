import type { Page } from "@playwright/test";
import { expect, test } from "../desk";

async function fillIn(page: Page, address: string): Promise<void> {
  await page.locator("[name=address]").fill(address);
  await page.getByLabel("断线").check();
  await page.locator("[name=name]").fill("陈秀英");
  await page.locator("[name=district]").selectOption({ index: 1 });
  await page.getByLabel("紧急", { exact: true }).check();
}

test("a report whose answer was lost is sent again without a second one", async ({ desk, mock, page }) => {
  await desk.open("#/new");
  const before = mock.world.scenario.items.length;
  await fillIn(page, "五四路 999 号");
  mock.intercepts.push({ path: /^\/work$/, how: "lost" });
  await page.getByRole("button", { name: "提交工单" }).click();
  await expect(page.getByRole("alert")).toContainText("请求是否送达尚不确定");
  expect(mock.world.created).toHaveLength(1);
  await page.getByRole("button", { name: "重新提交" }).click();
  await expect(desk.panel).toContainText("五四路 999 号");
  await expect(page).toHaveURL(new RegExp(mock.world.created[0]!.row.id));
  expect(mock.world.created).toHaveLength(1);
  expect(mock.world.scenario.items).toHaveLength(before + 1);
});

test("the key survives a closed form and a reload, and the next report has another", async ({ desk, mock, page }) => {
  await desk.open("#/new");
  const key = () => page.locator("[data-key]").getAttribute("data-key");
  await fillIn(page, "湖东路 1 号");
  const first = await key();
  await page.keyboard.press("Escape");
  await page.reload();
  await page.evaluate(() => (location.hash = "#/new"));
  await expect(page.locator("[name=address]")).toHaveValue("湖东路 1 号");
  expect(await key()).toBe(first);
  await page.getByRole("button", { name: "提交工单" }).click();
  await expect(page).toHaveURL(/#\/item\//);
  expect(mock.world.created.map((one) => one.key)).toEqual([first]);
  await page.evaluate(() => (location.hash = "#/new"));
  await expect(page.locator("[name=address]")).toHaveValue("");
  expect(await key()).not.toBe(first);
});

test("content changed after a lost answer is not sent as a second report unasked", async ({ desk, mock, page }) => {
  await desk.open("#/new");
  await fillIn(page, "六一路 3 号");
  mock.intercepts.push({ path: /^\/work$/, how: "lost" });
  await page.getByRole("button", { name: "提交工单" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.locator("[name=address]").fill("六一路 5 号");
  await page.getByRole("button", { name: "重新提交" }).click();
  await expect(page.getByText("之前一次内容不同的提交已到达服务器")).toBeVisible();
  expect(mock.world.created).toHaveLength(1);
  await page.getByRole("button", { name: "另建一单" }).click();
  await expect(desk.panel).toContainText("六一路 5 号");
  expect(mock.world.created).toHaveLength(2);
});

test("what is missing is named before anything is sent", async ({ desk, mock, page }) => {
  await desk.open("#/new");
  await page.getByRole("button", { name: "提交工单" }).click();
  await expect(page.getByRole("alert")).toContainText("地址、客户姓名、供电所、故障类别");
  expect(mock.requests.filter(({ method, path }) => method === "POST" && path === "/work")).toHaveLength(0);
});

test("signing out leaves no customer behind", async ({ desk, page }) => {
  await desk.open("#/new");
  await fillIn(page, "工业路 7 号");
  await page.getByRole("button", { name: "退出" }).click();
  await expect(page.locator("[name=password]")).toBeVisible();
  await desk.signIn();
  await expect(desk.link("live")).toBeVisible();
  await expect(page.locator("[name=address]")).toHaveValue("");
});
