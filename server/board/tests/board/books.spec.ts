import { openOf, partsOf, totalsOf } from "../../src/collection";
import { yuan } from "../../src/fen";
import { expect, test } from "../desk";
import { AFTERNOON } from "../mock/server";

test.use({ at: AFTERNOON });

test("a book's tickets are drawn as a bar and told in numbers, all of them", async ({ desk, mock, page }) => {
  await desk.open("#/collection/books");
  await expect(page.locator("[data-book]")).toHaveCount(mock.collection.books.length);
  for (const book of mock.collection.books) {
    const row = page.locator(`[data-book="${book.book}"]`);
    const parts = partsOf(book).filter(({ count }) => count > 0);
    const widths = await row.locator("rect").evaluateAll((all) => all.map((rect) => Number(rect.getAttribute("width"))));
    expect(widths).toEqual(parts.map(({ count }) => count));
    expect(widths.reduce((all, width) => all + width, 0)).toBe(book.drawn);
    for (const { part, count } of parts) await expect(row.locator(`[data-part=${part}]`)).toContainText(`${count}`);
  }
  const low = mock.collection.books.find(({ low: is, state }) => is && state === "leased")!;
  await expect(page.locator(`[data-book="${low.book}"]`)).toContainText("将用完");
  await expect(page.locator("[data-book]").filter({ hasText: "将用完" })).toHaveCount(1);
});

test("a book is leased to a collector's phone", async ({ desk, mock, page }) => {
  await desk.open("#/collection/books");
  const like = mock.collection.books[2]!;
  await page.locator("[data-action=lease]").click();
  await expect(page.locator("[name=device] option")).toHaveCount(1 + mock.world.scenario.phones.filter(({ revoked_at }) => revoked_at == null).length);
  // Who has had a book is asked for most.
  await expect(page.locator("[name=device] optgroup").first().locator("option")).toHaveCount(mock.collection.rounds.length);
  await page.getByRole("form").getByRole("button", { name: "发放票据" }).click();
  await expect(page.getByRole("alert")).toContainText("请选择收费员的手机");
  await page.locator("[name=device]").selectOption(like.device);
  await page.locator("[name=count]").fill("２５");
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-book]").filter({ hasText: "FZ-00000451" })).toContainText("尚未领取");
  expect(mock.ordered(/books$/)).toEqual([{ collector: like.collector.id, device: like.device, count: 25 }]);
  await expect(page.getByRole("form")).toHaveCount(0);
});

test("a book is frozen with a reason and only by somebody who is sure", async ({ desk, mock, page }) => {
  const book = mock.collection.books[0]!;
  const left = book.left;
  await desk.open(`#/collection/books/${book.book}`);
  await page.locator("[data-action=freeze]").click();
  await expect(desk.panel).toContainText(`剩余 ${left} 张票据将作废`);
  const freeze = desk.panel.getByRole("form").getByRole("button", { name: "冻结" });
  await freeze.click();
  await expect(desk.panel.getByRole("alert")).toContainText("请说明原因");
  await page.locator("[name=reason]").fill("手机被盗");
  await freeze.click();
  await expect(desk.panel.getByRole("alert")).toContainText("请确认您已确定");
  expect(mock.ordered(/freeze$/)).toEqual([]);
  await page.locator("[name=sure]").check();
  await freeze.click();
  await expect(desk.panel).toContainText("手机被盗");
  await expect(desk.panel.locator("[data-part=frozen]")).toContainText(`${left}`);
  expect(mock.ordered(/freeze$/)).toEqual([{ reason: "手机被盗" }]);
  await expect(desk.panel.locator("[data-action=freeze]")).toHaveCount(0);
});

test("wrong counts at a handover are answered with what the server expects, the right ones close the book", async ({ desk, mock, page }) => {
  const book = mock.collection.books.find(({ state }) => state === "used_up")!;
  await desk.open(`#/collection/books/${book.book}`);
  await page.locator("[data-action=hand_over]").click();
  // Nothing is suggested: a count that repeats the screen is none.
  await expect(page.locator("[name=voided]")).toHaveValue("");
  await page.locator("[name=voided]").fill("2");
  await page.keyboard.press("Enter");
  await expect(desk.panel.getByRole("alert")).toContainText("不是有效的张数");
  await page.locator("[name=unused]").fill("0");
  await page.keyboard.press("Enter");
  await expect(desk.panel.getByRole("alert")).toContainText("3 voided and 0 unused tickets are expected, not 2 and 0");
  await expect(page.locator("[name=voided]")).toHaveValue("2");
  await page.locator("[name=voided]").fill("3");
  await page.keyboard.press("Enter");
  await expect(desk.panel).toContainText("已交接");
  expect(mock.ordered(/hand-over$/)).toEqual([{ voided: 2, unused: 0 }, { voided: 3, unused: 0 }]);
});

test("receivables show what is open, paid, written off and paid ahead, by collector, with totals", async ({ desk, mock, page }) => {
  const { receivables, rounds } = mock.collection;
  await desk.open("#/collection/receivables");
  const open = receivables.filter(({ state }) => state === "open");
  await expect(page.locator("[data-receivable]")).toHaveCount(open.length);
  await expect(page.locator("[data-totals]")).toContainText(yuan(open.reduce((all, one) => all + openOf(one), 0)));
  await page.locator("[name=open]").uncheck();
  await expect(page.locator("[data-receivable]")).toHaveCount(receivables.length);
  const settled = rounds[4]!.collector;
  await page.locator("[name=collector]").selectOption({ label: settled.name });
  const theirs = receivables.filter(({ collector }) => collector?.id === settled.id);
  await expect(page.locator("[data-receivable]")).toHaveCount(theirs.length);
  const totals = totalsOf(theirs);
  expect(totals.written_off).toBeGreaterThan(0);
  await expect(page.locator("[data-totals] td.fen")).toHaveText([totals.amount, totals.paid, totals.open, totals.written_off, totals.prepaid].map(yuan));
  expect(mock.requests.filter(({ path }) => path === "/collection/receivables").map(({ query }) => query)).toEqual(["?open=true", "", `?collector=${settled.id}`]);
  // The others can still be chosen.
  await expect(page.locator("[name=collector] option")).toHaveCount(1 + rounds.length);
});

test("a receivable is withdrawn with a reason", async ({ desk, mock, page }) => {
  const one = mock.collection.receivables.find(({ state }) => state === "open")!;
  await desk.open(`#/collection/receivables/${one.receivable}`);
  await page.locator("[data-action=withdraw]").click();
  await page.locator("[name=reason]").fill("客户已在网上缴清");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(`[data-receivable="${one.receivable}"]`)).toHaveCount(0);
  await expect(desk.panel).toContainText("已不在列表中");
  expect(mock.ordered(/withdraw$/)).toEqual([{ reason: "客户已在网上缴清" }]);
});
