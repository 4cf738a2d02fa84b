import { expect, test } from "../desk";
import { AFTERNOON } from "../mock/server";

test.use({ at: AFTERNOON });

/** Acts that a person without the right must not be offered, anywhere. */
const ACTS = "main [data-action], main [data-confirm], main [data-choice], main textarea, main form";

test("an auditor sees everything and is offered nothing to do", async ({ desk, mock, page }) => {
  mock.roles = ["auditor"];
  await desk.open("#/", "asking");
  await expect(page.locator("[data-session]")).toHaveCount(5);
  await expect(page.getByText("您只能查看，不能操作。")).toBeVisible();
  await expect(page.getByRole("link", { name: "新建工单" })).toHaveCount(0);
  await expect(page.locator("header nav").first().getByRole("link")).toHaveText([/^走收/]);
  const { collection } = mock;
  for (const [tab, id] of [["sessions", collection.rounds[1]!.session], ["sessions", collection.rounds[2]!.session], ["breaks", null], ["books", collection.books[0]!.book], ["receivables", collection.receivables[11]!.receivable]] as const) {
    await page.goto(`${desk.url}/#/collection/${tab}${id === null ? "" : `/${id}`}`);
    if (id === null) await page.locator("[data-row]").first().click();
    await expect(desk.panel.locator("dl, [data-entry]").first()).toBeVisible();
    expect(await page.locator(ACTS).count(), tab).toBe(0);
  }
  expect(mock.requests.filter(({ method }) => method === "POST").map(({ path }) => path)).toEqual(["/login"]);
});

test("an auditor, who has no stream, is shown what changed within half a minute and sees no alarm", async ({ desk, mock, page }) => {
  await page.clock.install();
  mock.roles = ["auditor"];
  await desk.open("#/collection/books", "asking");
  const row = page.locator(`[data-book="${mock.collection.books[0]!.book}"]`);
  await expect(row).toContainText("在用");
  Object.assign(mock.collection.books[0]!, { state: "frozen" });
  await page.clock.runFor(31_000);
  await expect(row).toContainText("已冻结");
  await expect(page.getByRole("alert")).toHaveCount(0);
  // The next person at this desk has the stream, and nothing is asked for beside it.
  await page.getByRole("button", { name: "退出" }).click();
  mock.roles = ["cashier"];
  await desk.signIn();
  await expect(desk.link("live")).toBeVisible();
  await expect(row).toContainText("已冻结");
  const asked = () => mock.requests.filter(({ path }) => path === "/collection/books").length;
  const before = asked();
  await page.clock.runFor(31_000);
  mock.push({ type: "collection", data: { revision: 1 } });
  await page.clock.runFor(1000);
  await expect.poll(asked).toBe(before + 1);
});

test("a cashier has field collection under every address, and no keys of the work list", async ({ desk, mock, page }) => {
  mock.roles = ["cashier"];
  await desk.open("#/phones");
  await expect(page.locator("[data-session]")).toHaveCount(5);
  for (const key of ["n", "g", "b", "a", "!"]) await page.keyboard.press(key);
  await expect(page).toHaveURL(/#\/phones$/);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText("走收中的各页");
  await expect(page.getByRole("dialog")).not.toContainText("派工或改派");
  expect(mock.requests.some(({ path }) => path === "/kinds" || path === "/quarantine")).toBe(false);
});

test("g c, the digits, j, k, Enter and Esc go through it without the mouse", async ({ desk, mock, page }) => {
  await desk.open();
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await expect(page.locator("[data-session]").first()).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  const rows = page.locator("[data-row]");
  await expect(rows.nth(1)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(desk.panel).toContainText(mock.collection.rounds[1]!.collector.name);
  await page.keyboard.press("j");
  await expect(page).toHaveURL(new RegExp(mock.collection.rounds[2]!.session));
  await expect(desk.panel).toContainText(mock.collection.rounds[2]!.collector.name);
  await page.keyboard.press("Escape");
  await expect(desk.panel).toHaveCount(0);
  await expect(rows.nth(2)).toBeFocused();
  await page.keyboard.press("2");
  await expect(page.locator("[data-flag]")).toHaveCount(5);
  await page.keyboard.press("4");
  await page.keyboard.press("/");
  await page.keyboard.type(mock.collection.receivables[11]!.account);
  await expect(page.locator("[data-receivable]")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(rows.first()).toBeFocused();
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  await expect(page.locator("[data-group]").first()).toBeVisible();
});

test("what changes elsewhere is shown at once; what is open, typed and scrolled to stays", async ({ desk, mock, page }) => {
  await page.setViewportSize({ width: 1280, height: 420 });
  const round = mock.collection.rounds[2]!;
  await desk.open(`#/collection/sessions/${round.session}`);
  await page.locator("[data-action=settle]").click();
  await page.locator("[name=reason]").fill("正在写");
  const body = page.locator("aside .body");
  const before = await body.evaluate((element) => (element.scrollTop = 200) && element.scrollTop);
  const asked = () => mock.requests.filter(({ path }) => path === "/collection/sessions").length;
  const first = asked();
  // A round of twenty receipts comes in as twenty events.
  for (let n = 0; n < 20; n += 1) {
    round.entries.push({ ...round.entries[1]!, seq: 100 + n, ticket: `FZ-0000090${n % 10}`, hash: `${n}`.padStart(64, "a"), amount: 1000, method: "cash" });
    mock.push({ type: "collection", data: { revision: 2000 + n } });
    // Each arrives by itself, as it would from a phone.
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  await expect(desk.panel.locator("[data-entry='119']")).toBeAttached();
  await expect(page.locator(`[data-session="${round.session}"] td.fen`).first()).toContainText("27");
  await expect(page.locator("[name=reason]")).toHaveValue("正在写");
  expect(await body.evaluate((element) => element.scrollTop)).toBe(before);
  await expect(page).toHaveURL(new RegExp(round.session));
  expect(asked() - first).toBeLessThan(10);
});

test("what has to be decided about money is counted beside the work items too", async ({ desk, mock, page }) => {
  await desk.open();
  const entry = page.getByRole("link", { name: /^走收/ });
  await expect(entry).toContainText("5");
  mock.collection.flags.push({ ...mock.collection.flags[1]!, flag: "number_taken/9", kind: "number_taken" });
  mock.push({ type: "collection", data: { revision: 1 } });
  await expect(entry).toContainText("6");
});

test("after a dropped stream it says so, and asks again once it is back", async ({ desk, mock, page }) => {
  await desk.open("#/collection/books");
  const book = mock.collection.books[0]!;
  await expect(page.locator(`[data-book="${book.book}"]`)).toContainText("在用");
  mock.streamRefused = true;
  mock.dropStreams();
  await expect(page.getByRole("alert").filter({ hasText: "与服务器断开" })).toBeVisible();
  Object.assign(book, { state: "frozen" });
  mock.streamRefused = false;
  await expect(desk.link("live")).toBeVisible();
  await expect(page.locator(`[data-book="${book.book}"]`)).toContainText("已冻结");
});

test("what cannot be refreshed stays in sight and is called old", async ({ desk, mock, page }) => {
  await desk.open("#/collection/books");
  await expect(page.locator("[data-book]")).toHaveCount(mock.collection.books.length);
  mock.intercepts.push({ path: /^\/collection\/books$/, how: "refused", problem: { status: 503, code: "busy", detail: null, retry_after_ms: 3000 } });
  mock.push({ type: "collection", data: { revision: 1 } });
  await expect(page.getByText("未能刷新，所见内容可能已过时。")).toBeVisible();
  await expect(page.locator("[data-book]")).toHaveCount(mock.collection.books.length);
  await page.getByRole("button", { name: "重试" }).click();
  await expect(page.getByText("未能刷新，所见内容可能已过时。")).toHaveCount(0);
});

for (const width of [1280, 1024]) {
  test(`nothing scrolls sideways at ${width}, in both languages`, async ({ desk, mock, page }) => {
    await page.setViewportSize({ width, height: 800 });
    await desk.open("#/collection/sessions");
    for (const language of ["zh-CN", "en"]) {
      await page.getByLabel(/语言|Language/).selectOption(language);
      for (const place of ["sessions", `sessions/${mock.collection.rounds[0]!.session}`, "breaks", `breaks/${encodeURIComponent(`${mock.collection.flags[0]!.book}/${mock.collection.flags[0]!.flag}`)}`, "books", `books/${mock.collection.books[7]!.book}`, "receivables", `receivables/${mock.collection.receivables[11]!.receivable}`]) {
        await page.evaluate((to) => (location.hash = `#/collection/${to}`), place);
        await expect(page.locator("main tbody").first()).toBeVisible();
        if (place.includes("/")) await expect(desk.panel.locator("dl, [data-entry]").first()).toBeVisible();
        const wide = await page.evaluate(() => [document.documentElement, ...document.querySelectorAll("main *")].filter((one) => one.scrollWidth > one.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(one).overflowX)).map((one) => one.className));
        expect(wide, `${language} ${place}`).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), place).toBe(width);
      }
    }
  });
}

test.describe("in an English browser", () => {
  test.use({ locale: "en-GB" });
  test("it speaks English and shows money the same way", async ({ desk, page }) => {
    await desk.open("#/collection/sessions");
    await expect(page.locator("[data-sessions=overdue]")).toContainText("Overdue");
    await expect(page.locator("[data-sessions=overdue] [data-break]")).toHaveText("count\u221230.00missing");
    await page.keyboard.press("2");
    await expect(page.locator("[data-flag=after_freeze]")).toContainText("From a frozen book");
  });
});

test("a part that cannot be loaded says what helps", async ({ desk, page }) => {
  await page.route(/CollectionView.*\.js$/, (route) => route.abort());
  await desk.open("#/collection/sessions");
  await expect(page.getByRole("alert")).toContainText("此部分未能载入");
  await page.unroute(/CollectionView.*\.js$/);
  await page.getByRole("button", { name: "重新载入" }).click();
  await expect(page.locator("[data-session]")).toHaveCount(5);
});
