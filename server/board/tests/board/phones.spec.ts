import { expect, test } from "../desk";

const cell = (name: string) => `[data-cell=${name}]`;

test("phones show contact, queue, debt and trouble, the worst first and the revoked last", async ({ desk, mock, page }) => {
  const { phones } = mock.world.scenario;
  await desk.open("#/phones");
  const rows = page.locator("[data-phone]");
  await expect(rows).toHaveCount(phones.length);
  await expect(rows.first()).toHaveAttribute("data-trouble", "refused");
  await expect(rows.last()).toHaveAttribute("data-trouble", "revoked");
  const waiting = phones.find(({ connected, pending_edits }) => !connected && pending_edits > 0)!;
  const row = page.locator(`[data-phone="${waiting.installation}"]`);
  await expect(row).toContainText(waiting.person.name);
  await expect(row).toContainText(mock.world.scenario.crews.find(({ id }) => id === waiting.crew)!.name);
  await expect(row).toContainText(waiting.name);
  await expect(row.locator(cell("contact"))).toHaveText(/(分钟|小时)前\s*0\d:\d\d:\d\d/);
  await expect(row.locator(cell("queue"))).toHaveText(`${waiting.pending_edits}`);
  await expect(row.locator(cell("oldest"))).toHaveText(/(分钟|小时)前\s*0\d:\d\d:\d\d/);
  await expect(row.locator(cell("behind"))).toHaveText(`${waiting.behind_entries}`);
  await expect(row.locator(cell("enrolled"))).toHaveText(/2026-\d\d-\d\d/);
  // Nobody wrote down since when.
  const old = phones.find(({ enrolled_at }) => enrolled_at === undefined)!;
  await expect(page.locator(`[data-phone="${old.installation}"]`).locator(cell("enrolled"))).toHaveText("—");
});

test("a revoked phone says when and why, and counts for nothing", async ({ desk, mock, page }) => {
  const { phones } = mock.world.scenario;
  const revoked = phones.find(({ pending_edits, revoked_at }) => revoked_at != null && pending_edits > 0)!;
  const used = phones.filter(({ revoked_at }) => revoked_at == null);
  await desk.open("#/phones");
  const row = page.locator(`[data-phone="${revoked.installation}"]`);
  await expect(row).toContainText("已停用");
  await expect(row.locator(cell("revoked"))).toHaveText(/01:57:\d\d · 巡线时落水/);
  const connected = used.filter(({ connected: is }) => is).length;
  const edits = used.reduce((sum, { pending_edits }) => sum + pending_edits, 0);
  await expect(page.getByText(`在线 ${connected}/${used.length}，未上传 ${edits} 条`)).toBeVisible();
  await row.getByRole("link").click();
  await expect(desk.panel.locator("[data-revoked]")).toContainText("巡线时落水，手机无法开机");
  await expect(desk.panel.locator("[data-action=revoke]")).toHaveCount(0);
});

test("a phone that comes back is seen at once, and one that needs a look is said aloud", async ({ desk, mock, page }) => {
  await desk.open("#/phones");
  const phone = mock.world.scenario.phones.find(({ connected, pending_edits }) => !connected && pending_edits > 0)!;
  const row = page.locator(`[data-phone="${phone.installation}"]`);
  await expect(row).not.toContainText("在线");
  mock.push({ type: "phone", data: { ...phone, connected: true, last_contact: mock.world.now(), pending_edits: 0, oldest_pending_at: null, behind_entries: 0 } });
  await expect(row).toContainText("在线");
  await expect(row).toHaveAttribute("data-trouble", "fine");
  const told = page.getByRole("status").filter({ hasText: "需要关注" });
  const count = async () => Number(/\d+/.exec((await told.textContent()) ?? "")![0]);
  const before = await count();
  mock.push({ type: "phone", data: { ...phone, connected: true, needs_attention: 1 } });
  await expect(told).toHaveText(`需要关注：${before + 1}`);
});

test("phones are found, opened and left without the mouse", async ({ desk, mock, page }) => {
  const phone = mock.world.scenario.phones[7]!;
  const crew = mock.world.scenario.crews.find(({ id }) => id === phone.crew)!;
  await desk.open("#/phones");
  await expect(page.locator("[data-phone]").first()).toBeVisible();
  await page.keyboard.press("/");
  await expect(page).toHaveURL(/#\/phones$/);
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type(`${phone.person.name} ${crew.name}`);
  await expect(page.locator("[data-phone]")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(desk.row(phone.installation)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`#/phones/${phone.installation}$`));
  await expect(desk.panel).toContainText("服务器未接受其部分记录");
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/#\/phones$/);
  await expect(desk.row(phone.installation)).toBeFocused();
  await page.keyboard.press("/");
  await page.keyboard.press("Escape");
  await expect(page.locator("[data-phone]")).toHaveCount(mock.world.scenario.phones.length);
  await page.getByRole("searchbox").fill("已停用");
  await expect(page.locator("[data-phone]")).toHaveCount(2);
  await page.getByRole("searchbox").fill("不存在");
  await expect(page.getByText("没有符合搜索条件的手机")).toBeVisible();
});

test("j and k move along the phones and an open one follows", async ({ desk, page }) => {
  await desk.open("#/phones");
  const id = (n: number) => page.locator("[data-row]").nth(n).getAttribute("data-row");
  await expect(page.locator("[data-row]").first()).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp((await id(0))!));
  await page.keyboard.press("j");
  await expect(page).toHaveURL(new RegExp((await id(1))!));
  await expect(desk.row((await id(1))!)).toBeFocused();
});

test("whoever stands on a phone stays on it when news move it", async ({ desk, mock, page }) => {
  await desk.open("#/phones");
  const phone = mock.world.scenario.phones.find(({ connected, behind_entries, revoked_at }) => connected && behind_entries === 0 && revoked_at === null)!;
  await desk.row(phone.installation).focus();
  mock.push({ type: "phone", data: { ...phone, needs_attention: 9, last_contact: null, connected: false } });
  await expect(page.locator(`[data-phone="${phone.installation}"]`)).toHaveAttribute("data-trouble", "refused");
  await expect(page.locator("[data-phone]").first()).toHaveAttribute("data-phone", phone.installation);
  await expect(desk.row(phone.installation)).toBeFocused();
});

test("an address of one phone opens it, and says so when there is none", async ({ desk, mock, page }) => {
  const phone = mock.world.scenario.phones[2]!;
  await desk.open(`#/phones/${phone.installation}`);
  await expect(desk.panel).toContainText(phone.installation.slice(-6));
  await page.evaluate(() => (location.hash = "#/phones/0192000a-0000-7000-8000-00000000ffff"));
  await expect(desk.panel).toContainText("此手机已不在列表中");
});

test("what was revoked stays in the list when the stream begins anew, and is asked for again when it could not be", async ({ desk, mock, page }) => {
  mock.intercepts.push({ path: /phones$/, how: "refused", problem: { status: 503, code: "busy", detail: null, retry_after_ms: 3000 } });
  await desk.open("#/phones");
  const revoked = page.locator("[data-trouble=revoked]");
  await expect(page.getByText("未能载入已停用的手机")).toBeVisible();
  await expect(revoked).toHaveCount(0);
  await page.getByRole("button", { name: "重试" }).click();
  await expect(revoked).toHaveCount(2);
  await expect(page.getByText("未能载入已停用的手机")).toHaveCount(0);
  const phone = mock.world.scenario.phones[2]!;
  mock.phones.tell({ ...phone, connected: false, revoked_at: mock.world.now(), revoked_reason: "遗失" });
  await expect(revoked).toHaveCount(3);
  mock.dropStreams();
  await expect(desk.link("reconnecting")).toBeVisible();
  await expect(desk.link("live")).toBeVisible();
  await expect.poll(() => mock.requests.filter(({ path }) => path === "/phones").length).toBeGreaterThanOrEqual(3);
  await expect(revoked).toHaveCount(3);
});

test.describe("in a low window", () => {
  test.use({ viewport: { width: 1024, height: 400 } });
  test("an opened phone and a settled person are scrolled to", async ({ desk, mock, page }) => {
    const phone = mock.world.scenario.phones.at(-1)!;
    await desk.open(`#/phones/${phone.installation}`);
    await expect(desk.row(phone.installation)).toBeInViewport();
    // The last in the order of crews.
    const crew = mock.world.scenario.crews.find(({ name }) => name === "台江抢修一班")!;
    await page.evaluate((to) => (location.hash = to), `#/phones/${mock.world.scenario.phones.find((one) => one.crew === crew.id)!.installation}`);
    await expect(desk.panel).toContainText(crew.name);
    await desk.panel.locator("[data-action=invite]").click();
    await expect(page.getByRole("dialog").getByRole("radio", { checked: true })).toBeInViewport();
  });
});
