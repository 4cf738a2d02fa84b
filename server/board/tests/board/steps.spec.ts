import { expect, test } from "../desk";

test("a rotation is booked with a time of the utility's zone", async ({ desk, mock, page }) => {
  const item = mock.world.ofKind("meter_rotation", "planned");
  await desk.open(`#/item/${item.id}`);
  await page.locator("[data-action=booked]").click();
  const form = page.getByRole("form", { name: "预约" });
  await form.getByRole("button", { name: "预约" }).click();
  await expect(form.getByRole("alert")).toHaveText("请填写：预约时间");
  await form.locator("[name=appointment]").fill("2026-11-25T09:30");
  await form.getByRole("button", { name: "预约" }).click();
  await expect(desk.face(item.id)).toContainText("11-25 09:30");
  await expect(desk.row(item.id)).toContainText("已预约");
  expect(mock.sent("booked")).toEqual([{ appointment: Date.UTC(2026, 10, 25, 1, 30) }]);
});

test("a survey is returned with what is wrong, or approved", async ({ desk, mock, page }) => {
  const item = mock.world.ofKind("site_survey", "submitted");
  await desk.open(`#/item/${item.id}`);
  await expect(page.locator("[data-action]")).toHaveText(["批准", "退回"]);
  await page.locator("[data-action=returned]").click();
  await page.getByLabel("存在问题").fill("缺少接入点照片");
  await page.getByRole("form").getByRole("button", { name: "退回" }).click();
  await expect(desk.panel.locator("[data-event=returned]")).toContainText(/存在问题\s*缺少接入点照片/);
  await expect(desk.row(item.id)).toContainText("已退回");
});

test("a duplicate is linked to an item that was searched for, here and on the server", async ({ desk, mock, page }) => {
  const item = mock.world.inState("reported");
  const other = mock.world.inState("departed");
  const archived = { ...mock.world.snapshot().items[0]!, id: "0192aaaa-0000-7000-8000-00000000aaaa", number: "20261101-0042", phase: "working" as const };
  mock.archive = [archived];
  await desk.open(`#/item/${item.id}`);
  await page.locator("[data-action=linked]").click();
  const form = page.getByRole("form", { name: "并单" });
  await form.getByRole("searchbox").fill("20261101");
  await expect(form.getByText("板上没有找到")).toBeVisible();
  await form.getByRole("button", { name: "在服务器上搜索全部记录" }).click();
  await expect(form.getByRole("radio")).toHaveCount(1);
  await form.getByRole("searchbox").fill(other.number);
  await expect(form.getByRole("radio")).toHaveCount(1);
  await form.getByRole("radio").check();
  await form.getByRole("button", { name: "并单" }).click();
  await expect(desk.panel).toContainText("已并单");
  await expect(desk.panel.locator("[data-event=linked]").getByRole("link", { name: other.number })).toBeVisible();
  expect(mock.sent("linked")).toEqual([{ to: other.id }]);
});

test("a field that the server refuses is marked, and its words stand beside the form", async ({ desk, mock, page }) => {
  await desk.open(`#/item/${mock.world.inState("departed").id}`);
  await page.locator("[data-action=cancelled]").click();
  await page.getByLabel("原因").fill("误报");
  mock.intercepts.push({ path: /cancelled$/, how: "refused", problem: { status: 400, code: "invalid_field", detail: "reason has 2 characters; 4 are needed" } });
  await page.getByRole("form").getByRole("button", { name: "取消工单" }).click();
  await expect(page.getByRole("form").getByRole("alert")).toContainText("reason has 2 characters");
  await expect(page.getByLabel("原因")).toHaveAttribute("aria-invalid", "true");
});
