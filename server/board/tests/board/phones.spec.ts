import { expect, test } from "../desk";

test("phones show contact, queue, debt and trouble, the worst first", async ({ desk, mock, page }) => {
  await desk.open("#/phones");
  const rows = page.locator("[data-phone]");
  await expect(rows).toHaveCount(mock.world.scenario.phones.length);
  await expect(rows.first()).toHaveAttribute("data-trouble", "refused");
  await expect(rows.last()).toHaveAttribute("data-trouble", "fine");
  const waiting = mock.world.scenario.phones.find(({ connected, pending_edits }) => !connected && pending_edits > 0)!;
  const row = page.locator(`[data-phone="${waiting.installation}"]`);
  await expect(row).toContainText(waiting.person.name);
  await expect(row).toContainText(/(分钟|小时)前\s*0\d:\d\d:\d\d/);
  await expect(row.locator("td").nth(5)).toHaveText(`${waiting.pending_edits}`);
  await expect(row.locator("td").nth(7)).toHaveText(`${waiting.behind_entries}`);
});

test("a phone that comes back is seen at once", async ({ desk, mock, page }) => {
  await desk.open("#/phones");
  const phone = mock.world.scenario.phones.find(({ connected, pending_edits }) => !connected && pending_edits > 0)!;
  const row = page.locator(`[data-phone="${phone.installation}"]`);
  await expect(row).not.toContainText("在线");
  mock.push({ type: "phone", data: { ...phone, connected: true, last_contact: mock.world.now(), pending_edits: 0, oldest_pending_at: null, behind_entries: 0 } });
  await expect(row).toContainText("在线");
  await expect(row).toHaveAttribute("data-trouble", "fine");
});
