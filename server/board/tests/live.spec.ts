/**
 * The key flow against a real server. LINECREW_URL names it (the board is served there), LINECREW_USER and LINECREW_PASSWORD are a
 * dispatcher's. It creates one repair, assigns it, and leaves it there: never point it at a server that people work with.
 */
import { expect, test } from "@playwright/test";
import type { Row } from "../src/api/types";

const { LINECREW_URL: url, LINECREW_USER: user = "", LINECREW_PASSWORD: password = "" } = process.env;

test.skip(!url, "LINECREW_URL is not set: there is no real server to test against");

test("a dispatcher signs in, opens an item, enters a repair, assigns it and sees it arrive by stream", async ({ page, browser }) => {
  await page.goto(url!);
  await page.locator("[name=username]").fill(user);
  await page.locator("[name=password]").fill(password);
  await page.locator("[name=password]").press("Enter");
  await expect(page.locator("[data-link=live]")).toBeVisible();

  // The descriptions of kinds are there: the filter offers the repair by its name.
  await expect(page.locator("option[value=repair_dispatch]")).not.toHaveText(/repair_dispatch|repair dispatch/);
  await expect(page.locator("[data-row]").first()).toBeVisible();
  await page.locator("[data-row]").first().click();
  await expect(page.getByRole("complementary").locator("[data-event]").first()).toBeVisible();

  // A second desk sees the change only through the stream: it never asks.
  const other = await (await browser.newContext({ storageState: await page.context().storageState() })).newPage();
  await other.goto(url!);
  await expect(other.locator("[data-link=live]")).toBeVisible();

  const address = `东街口 ${crypto.randomUUID().slice(0, 8)} 号`;
  await page.keyboard.press("n");
  await page.locator("[name=kind][value=repair_dispatch]").check();
  await page.locator("[name=address]").fill(address);
  await page.locator("[name='about.fault.category'][value=no_power]").check();
  await page.locator("[name=name]").fill("陈秀英");
  const district = page.locator("[name=district]");
  await district.selectOption({ index: 1 });
  const created = page.waitForResponse((answer) => answer.url().endsWith("/v1/work") && answer.request().method() === "POST");
  await page.locator("form button[data-key]").click();
  const row = (await (await created).json()) as Row;
  await expect(page).toHaveURL(new RegExp(`#/item/${row.id}`));
  await expect(other.locator(`[data-group=new] [data-row="${row.id}"]`)).toContainText(address);

  await page.locator("[data-action=assigned]").click();
  await page.getByRole("radio").first().check();
  await page.locator("form button.primary").click();
  await expect(other.locator(`[data-group=assigned] [data-row="${row.id}"]`)).toContainText(address);
  await expect(page.getByRole("complementary").locator("[data-event=assigned]")).toBeVisible();
});
