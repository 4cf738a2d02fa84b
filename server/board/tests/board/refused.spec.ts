import { expect, test } from "../desk";

test("what was refused because of its sender is admitted with a reason, and leaves the list", async ({ desk, mock, page }) => {
  await desk.open("#/inbox");
  const batch = mock.world.refused[0]!.batch;
  const box = page.locator(`[data-batch="${batch}"]`);
  await expect(box).toHaveAttribute("data-family", "access");
  await expect(box).toContainText("无权操作");
  await expect(box).toContainText("已更换，恢复送电");
  await box.locator("[data-decide=admit]").click();
  const form = box.getByRole("form", { name: "按原样采纳" });
  await expect(form).toContainText("除发送人的权限外");
  await expect(form.locator("[name=reason]")).toBeFocused();
  await page.keyboard.press("Control+Enter");
  await expect(form.getByRole("alert")).toHaveText("请说明理由。");
  expect(mock.ordered(/decisions$/)).toEqual([]);
  await page.keyboard.type(" 电话核实 ");
  await page.keyboard.press("Control+Enter");
  await expect(box).toHaveCount(0);
  await expect(page.locator("[data-batch]")).toHaveCount(2);
  expect(mock.requests.filter(({ path }) => path === "/quarantine/decisions").map(({ body }) => JSON.parse(body))).toEqual([{ batch, decision: "admit", reason: "电话核实" }]);
});

test("what is wrong itself can only be dismissed, and the keyboard comes back to where it was", async ({ desk, mock, page }) => {
  await desk.open("#/inbox");
  const box = page.locator(`[data-batch="${mock.world.refused[1]!.batch}"]`);
  await expect(box).toHaveAttribute("data-family", "wrong");
  await expect(box.locator("[data-decide]")).toHaveCount(1);
  await box.locator("[data-decide=dismiss]").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await expect(box.getByRole("form")).toHaveCount(0);
  await expect(box.locator("[data-decide=dismiss]")).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.type("与现场不符");
  await page.keyboard.press("Control+Enter");
  await expect(box).toHaveCount(0);
});

test("a decision that somebody else has made otherwise, or about a batch that has grown, is told in words", async ({ desk, mock, page }) => {
  await desk.open("#/inbox");
  const box = page.locator("[data-family=access]");
  await box.locator("[data-decide=dismiss]").click();
  await box.locator("[name=reason]").fill("重复");
  mock.intercepts.push({ path: /decisions$/, how: "refused", problem: { status: 409, code: "state_conflict", detail: "王芳 has decided otherwise: admit" } });
  await page.keyboard.press("Control+Enter");
  await expect(box.getByRole("alert")).toContainText("王芳 has decided otherwise: admit");
  await expect(box.locator("[name=reason]")).toHaveValue("重复");
  // Another edit has come: the list is asked for again, and what stood there is gone.
  mock.world.refused = mock.world.refused.map((edit, place) => (place === 0 ? { ...edit, batch: edit.document } : edit));
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(`[data-batch="${mock.world.refused[0]!.document}"]`)).toBeVisible();
  await expect(page.getByRole("form")).toHaveCount(0);
});

test("an answer that got lost leaves no doubt", async ({ desk, mock, page }) => {
  await desk.open("#/inbox");
  const box = page.locator("[data-family=access]");
  await box.locator("[data-decide=admit]").click();
  await box.locator("[name=reason]").fill("电话核实");
  mock.intercepts.push({ path: /decisions$/, how: "lost" });
  await page.keyboard.press("Control+Enter");
  await expect(box).toHaveCount(0);
});

test("an item says who decided about its refused edits, and in English too", async ({ desk, mock, page }) => {
  const item = mock.world.inState("completed");
  const edit = { installation: item.id, device_seq: 17, document: item.id, refused: { reason: "revoked", detail: "x" } };
  item.decisions = [{ id: 3, batch: item.id, choice: "admit", reason: "电话核实", by: item.id, by_name: "王芳", at: item.reported_at, edits: [{ ...edit, fate: "accepted" }, { ...edit, device_seq: 18, fate: "refused" }] }];
  await desk.open(`#/item/${item.id}`);
  const told = page.locator("[data-decision=admit]");
  for (const text of ["已采纳", "王芳", "电话核实", "1 条已记入 · 1 条仍被拒绝"]) await expect(told).toContainText(text);
  await page.getByLabel(/语言|Language/).selectOption("en");
  for (const text of ["admitted", "1 part of the item · 1 still refused"]) await expect(told).toContainText(text);
});

test("an edit that is refused raises the counts without a reload, and stands above the items", async ({ desk, mock, page }) => {
  await desk.open();
  await expect(page).toHaveTitle("(12) Linecrew");
  const heading = desk.panel.getByRole("heading", { level: 2 });
  await expect(heading).toContainText("12");
  const sample = mock.world.refused[0]!;
  mock.refused.add({ ...sample, device_seq: 77, event_kind: "noted", body: { text: "7号杆电缆带电，勿近" } });
  await expect(heading).toContainText("13");
  await expect(page).toHaveTitle("(13) Linecrew");
  const edit = page.locator("[data-refused]", { hasText: "第 77 条操作" });
  await expect(edit).toContainText("7号杆电缆带电，勿近");
  const above = (await edit.boundingBox())!.y < (await page.locator("[data-undecided]").first().boundingBox())!.y;
  expect(above).toBe(true);
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await expect(page.getByRole("navigation").getByTitle("等待裁决：13")).toHaveText("13");
});

test("where nothing else waits, a strip on a narrow screen leads to refused edits", async ({ desk, mock, page }) => {
  for (const item of mock.world.scenario.items) item.attention = [];
  mock.world.refused = [];
  await page.setViewportSize({ width: 1024, height: 768 });
  await desk.open();
  await expect(page).toHaveTitle("Linecrew");
  await expect(page.locator(".strip")).toHaveCount(0);
  mock.refused.add({ installation: mock.world.scenario.items[0]!.id, device_seq: 4, person: mock.world.scenario.items[0]!.id, received_at: mock.world.now(), reason: "revoked", detail: "x", document: mock.world.scenario.items[0]!.id, number: null, event_kind: "noted", body: { text: "电缆带电" }, security: false, batch: mock.world.scenario.items[0]!.id });
  // By the stream: after forty seconds without a word the board would ask anew by itself.
  await page.getByRole("link", { name: /被拒绝的操作：1/ }).click({ timeout: 20_000 });
  await expect(desk.panel.locator("[data-refused]")).toContainText("电缆带电");
  await expect(desk.panel).not.toContainText("没有需要裁决的事项");
});
