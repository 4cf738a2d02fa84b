import { expect, test } from "../desk";

test("Chinese and English are switched at once and remembered", async ({ desk, page }) => {
  await desk.open();
  await expect(page.getByRole("link", { name: "新建工单" })).toBeVisible();
  await page.getByLabel("语言").selectOption("en");
  await expect(page.getByRole("link", { name: "New work" })).toBeVisible();
  await expect(desk.group("departed")).toContainText("On the way");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.reload();
  await expect(page.getByRole("link", { name: "New work" })).toBeVisible();
});

test.describe("in an English browser", () => {
  test.use({ locale: "en-GB" });
  test("the board starts in English", async ({ desk, page }) => {
    await page.goto(desk.url);
    await desk.signIn("wrong");
    await expect(page.getByRole("alert")).toContainText("Username or password is wrong");
  });
});

test("the theme follows the system until it is chosen, and the choice is there before the first paint", async ({ desk, page }) => {
  await desk.open();
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  await page.emulateMedia({ colorScheme: "light" });
  expect(await ground()).not.toBe(dark);
  await page.getByLabel("主题").selectOption("dark");
  expect(await ground()).toBe(dark);
  await page.reload({ waitUntil: "commit" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("a dispatcher finds, opens, assigns and leaves an item without the mouse", async ({ desk, mock, page }) => {
  await desk.open();
  const item = mock.world.inState("reported");
  const crew = mock.world.scenario.crews.find(({ district }) => district === item.district)!;
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type(item.number);
  await expect(page.locator("[data-row]")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(desk.row(item.id)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(desk.panel).toContainText(item.site.address);
  await page.keyboard.press("a");
  await expect(page.getByRole("radio").first()).toBeFocused();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await expect(desk.group("assigned").locator(`[data-row="${item.id}"]`)).toContainText(crew.name);
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/#\/$/);
  await expect(desk.row(item.id)).toBeFocused();
});

test("j and k move along the list and an open item follows", async ({ desk, page }) => {
  await desk.open();
  const rows = page.locator("[data-row]");
  const id = (n: number) => rows.nth(n).getAttribute("data-row");
  await page.keyboard.press("j");
  await expect(rows.nth(0)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await expect(rows.nth(1)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp((await id(1))!));
  await page.keyboard.press("j");
  await expect(page).toHaveURL(new RegExp((await id(2))!));
});

test("sequences, the new form, the attention filter and the help are one key away", async ({ desk, page }) => {
  await desk.open();
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await expect(page.getByRole("heading", { name: "手机" })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  await page.keyboard.press("!");
  await expect(page.locator("[data-row]")).toHaveCount(9);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText("派工或改派");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("n");
  await expect(page.locator("[name=address]")).toBeFocused();
  await page.keyboard.type("jk?a");
  await expect(page.locator("[name=address]")).toHaveValue("jk?a");
});

test("three hundred items stay workable", async ({ page }) => {
  const { MockServer } = await import("../mock/server");
  const { DeskPage } = await import("../desk");
  const mock = new MockServer(6);
  const desk = new DeskPage(page, await mock.listen());
  await desk.open();
  await expect(page.getByRole("heading", { name: /待派/ })).toContainText("36");
  const item = mock.world.inState("departed", 30);
  await page.getByRole("searchbox").fill(item.number);
  await expect(page.locator("[data-row]")).toHaveCount(1);
  await mock.close();
});
