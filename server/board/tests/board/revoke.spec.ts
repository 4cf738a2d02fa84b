import { expect, test } from "../desk";

test("a phone is revoked with a reason, by somebody who knows which and what it means", async ({ desk, mock, page }) => {
  const phone = mock.world.scenario.phones[2]!;
  const last = phone.installation.slice(-6);
  await desk.open(`#/phones/${phone.installation}`);
  await desk.panel.locator("[data-action=revoke]").click();
  const form = desk.panel.getByRole("form");
  for (const words of ["不能再读取或写入", "会保留，等待裁决", "须另行冻结票据", "不可撤销"]) await expect(form).toContainText(words);
  await expect(form.getByRole("link", { name: "票据" })).toHaveAttribute("href", "#/collection/books");
  await expect(form.locator("label", { has: page.locator("[name=sure]") })).toHaveText(new RegExp(`${phone.person.name}的手机，编号末六位\\s*${last}`));
  await expect(form.locator("[name=reason]")).toBeFocused();
  const revoke = form.getByRole("button", { name: "停用" });
  await revoke.click();
  await expect(form.getByRole("alert")).toHaveText("请说明原因。");
  await form.locator("[name=reason]").fill("  ");
  await revoke.click();
  await expect(form.getByRole("alert")).toHaveText("请说明原因。");
  await form.locator("[name=reason]").fill(" 手机落水 ");
  await revoke.click();
  await expect(form.getByRole("alert")).toHaveText("请确认所指的手机。");
  expect(mock.ordered(/revoke$/)).toEqual([]);
  await form.locator("[name=sure]").check();
  await revoke.click();
  await expect(desk.panel.locator("[data-revoked]")).toContainText("手机落水");
  await expect(desk.panel.locator("[data-revoked]")).toBeFocused();
  expect(mock.requests.filter(({ path }) => path.endsWith("/revoke")).map(({ path, body }) => [path, JSON.parse(body)])).toEqual([[`/phones/${phone.installation}/revoke`, { reason: "手机落水" }]]);
  await expect(desk.panel.getByRole("form")).toHaveCount(0);
  await expect(desk.panel.locator("[data-action=revoke]")).toHaveCount(0);
  await expect(page.locator(`[data-phone="${phone.installation}"]`)).toHaveAttribute("data-trouble", "revoked");
  // What comes next: the new phone.
  await desk.panel.locator("[data-action=invite]").click();
  await expect(page.getByRole("dialog").getByRole("radio", { checked: true })).toHaveValue(phone.person.id);
});

test("the answer shows a revocation even while the stream is away", async ({ desk, mock, page }) => {
  const phone = mock.world.scenario.phones[2]!;
  await desk.open(`#/phones/${phone.installation}`);
  await desk.panel.locator("[data-action=revoke]").click();
  mock.streamRefused = true;
  mock.dropStreams();
  await expect(desk.link("reconnecting")).toBeVisible();
  await page.locator("[name=reason]").fill("遗失");
  await page.locator("[name=sure]").check();
  await page.keyboard.press("Enter");
  await expect(desk.panel.locator("[data-revoked]")).toContainText("遗失");
});

test("a revocation whose answer got lost is told by the stream, and a refusal in words", async ({ desk, mock, page }) => {
  const phone = mock.world.scenario.phones[2]!;
  await desk.open(`#/phones/${phone.installation}`);
  await desk.panel.locator("[data-action=revoke]").click();
  await page.locator("[name=reason]").fill("遗失");
  await page.locator("[name=sure]").check();
  mock.intercepts.push({ path: /revoke/, how: "refused", problem: { status: 403, code: "not_permitted", detail: "the phone's crew is in none of your districts" } });
  await page.keyboard.press("Enter");
  await expect(desk.panel.getByRole("alert")).toContainText("您没有此项权限");
  await expect(page.locator("[name=reason]")).toHaveValue("遗失");
  mock.intercepts.push({ path: /revoke/, how: "lost" });
  await page.keyboard.press("Enter");
  await expect(desk.panel.locator("[data-revoked]")).toContainText("遗失");
});

test("Esc leaves the revocation and keeps the phone open", async ({ desk, mock, page }) => {
  const phone = mock.world.scenario.phones[2]!;
  await desk.open(`#/phones/${phone.installation}`);
  await desk.panel.locator("[data-action=revoke]").click();
  await page.keyboard.press("Escape");
  await expect(desk.panel.getByRole("form")).toHaveCount(0);
  await expect(desk.panel.locator("[data-action=revoke]")).toBeFocused();
  await expect(desk.panel).toContainText(phone.installation.slice(-6));
});
