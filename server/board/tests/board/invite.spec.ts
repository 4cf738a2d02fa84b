import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../desk";
import { DRAWN } from "../mock/qr";

const dialog = (page: Page) => page.getByRole("dialog");
const code = (page: Page) => dialog(page).locator(".code");

/** Whether each module's middle lies in the drawn path: what a camera sees. */
function drawn(svg: Locator): Promise<string[]> {
  return svg.evaluate((element) => {
    const path = element.querySelector("path")!;
    const size = (element as unknown as SVGSVGElement).viewBox.baseVal.width - 8;
    return Array.from({ length: size }, (_, y) => Array.from({ length: size }, (_, x) => (path.isPointInFill(new DOMPoint(x + 0.5, y + 0.5)) ? "1" : "0")).join(""));
  });
}

test("an invitation is made without the mouse and shows code, QR code, for whom and how long", async ({ desk, mock, page }) => {
  const crew = mock.world.scenario.crews[3]!;
  const person = crew.members[1]!;
  await desk.open("#/phones");
  await expect(page.locator("[data-phone]").first()).toBeVisible();
  await page.keyboard.press("i");
  await expect(dialog(page).getByRole("searchbox")).toBeFocused();
  await page.keyboard.type(`${person.name} ${crew.name}`);
  await page.keyboard.press("ArrowDown");
  await expect(dialog(page).getByRole("radio")).toBeChecked();
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByRole("heading")).toHaveText(`${person.name}的邀请`);
  await expect(dialog(page).getByRole("heading")).toBeFocused();
  expect(mock.ordered(/^\/invites$/)).toEqual([{ person: person.id, valid_minutes: 15 }]);
  await expect(code(page).locator("span")).toHaveText(["7K4QM", "2XHTB"]);
  await expect(dialog(page)).toContainText("https://linecrew.example");
  await expect(dialog(page).getByRole("timer")).toHaveText(/^(15:00|14:5\d)$/);
  await expect(dialog(page).getByRole("timer")).toHaveText(/^14:5\d$/);
  // Keys behind the dialog do nothing.
  const address = page.url();
  await page.keyboard.press("n");
  await page.keyboard.press("j");
  expect(page.url()).toBe(address);
});

test("the QR code is dark on white with its quiet zone, module by module, in dark mode too", async ({ desk, mock, page }) => {
  await desk.open(`#/phones/${mock.world.scenario.phones[0]!.installation}`);
  await desk.panel.locator("[data-action=invite]").click();
  await page.keyboard.press("Enter");
  const qr = dialog(page).getByRole("img");
  expect(await drawn(qr)).toEqual(DRAWN[0]!.qr);
  await expect(qr).toHaveAttribute("viewBox", "-4 -4 45 45");
  const colour = (part: string) => qr.locator(part).evaluate((element) => getComputedStyle(element).fill);
  expect([await colour("path"), await colour("rect")]).toEqual(["rgb(0, 0, 0)", "rgb(255, 255, 255)"]);
  await expect(qr.locator("rect")).toHaveAttribute("width", "45");
  // Whole pixels for a module, and large.
  const box = (await qr.boundingBox())!;
  expect(box.width % 45).toBe(0);
  expect(box.width).toBeGreaterThan(300);
});

test("closing hides the code, and nothing of it is left anywhere", async ({ desk, mock, page }) => {
  const { person } = mock.world.scenario.phones[0]!;
  await desk.open(`#/phones/${mock.world.scenario.phones[0]!.installation}`);
  await desk.panel.locator("[data-action=invite]").click();
  // The person is settled by where one comes from.
  await page.keyboard.press("Enter");
  await expect(code(page)).toContainText("7K4QM");
  expect(mock.phones.made.map(({ person: whom }) => whom.id)).toEqual([person.id]);
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toHaveCount(0);
  const left = await page.evaluate(() => JSON.stringify([document.documentElement.outerHTML, { ...localStorage }, { ...sessionStorage }, location.href, history.state, document.cookie]));
  for (const part of ["7K4QM", "2XHTB", DRAWN[0]!.qr[5]!]) expect(left).not.toContain(part);
  await page.keyboard.press("i");
  await expect(dialog(page).getByRole("searchbox")).toBeVisible();
  await expect(code(page)).toHaveCount(0);
});

test("an invitation that has ended says so, shows nothing to scan, and offers a new one", async ({ desk, mock, page }) => {
  mock.phones.minute = 200;
  await desk.open(`#/phones/${mock.world.scenario.phones[0]!.installation}`);
  await desk.panel.locator("[data-action=invite]").click();
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByRole("alert")).toContainText("邀请已到期");
  await expect(dialog(page).getByRole("img")).toHaveCount(0);
  await expect(code(page)).toHaveCount(0);
  await expect(dialog(page).getByRole("button", { name: "生成新的邀请码" })).toBeFocused();
  mock.phones.minute = 60_000;
  await page.keyboard.press("Enter");
  await expect(code(page)).toContainText("3ZD9R");
  expect(mock.ordered(/^\/invites$/)).toHaveLength(2);
});

test("the phone that uses the code is told, and the code goes", async ({ desk, mock, page }) => {
  const phone = mock.world.scenario.phones[0]!;
  await desk.open(`#/phones/${phone.installation}`);
  await desk.panel.locator("[data-action=invite]").click();
  await page.keyboard.press("Enter");
  await expect(code(page)).toBeVisible();
  mock.phones.tell({ ...phone, last_contact: mock.world.now() });
  mock.phones.tell({ ...phone, installation: "0192000a-0000-7000-8000-0000000000ff", name: "华为 Pura 70" });
  await expect(dialog(page).getByRole("alert")).toContainText("的手机已登记：华为 Pura 70");
  await expect(code(page)).toHaveCount(0);
});

test("what is missing is said before the server is asked", async ({ desk, mock, page }) => {
  await desk.open("#/phones");
  await page.locator("[data-action=invite]").click();
  const make = dialog(page).getByRole("button", { name: "生成邀请码" });
  await make.click();
  await expect(dialog(page).getByRole("alert")).toContainText("请选择邀请谁");
  await dialog(page).getByRole("radio").first().check();
  await dialog(page).locator("[name=minutes]").fill("0");
  await make.click();
  await expect(dialog(page).getByRole("alert")).toContainText("1 至 1440");
  await dialog(page).locator("[name=minutes]").fill("６０");
  await make.click();
  await expect(code(page)).toBeVisible();
  expect(mock.ordered(/^\/invites$/)).toMatchObject([{ valid_minutes: 60 }]);
});

test("a refusal is told in words", async ({ desk, mock, page }) => {
  await desk.open(`#/phones/${mock.world.scenario.phones[0]!.installation}`);
  await desk.panel.locator("[data-action=invite]").click();
  mock.intercepts.push({ path: /invites/, how: "refused", problem: { status: 403, code: "not_permitted", detail: "the person holds an office role" } });
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByRole("alert")).toContainText("您没有此项权限");
  await expect(dialog(page)).toContainText("其他人由管理员邀请");
  mock.intercepts.push({ path: /invites/, how: "refused", problem: { status: 429, code: "too_many_requests", detail: null, retry_after_ms: 40_000 } });
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByRole("alert")).toContainText("请等待 40 秒");
  mock.intercepts.push({ path: /invites/, how: "lost" });
  await page.keyboard.press("Enter");
  await expect(dialog(page)).toContainText("没人看到的邀请码会自行失效");
  await page.keyboard.press("Enter");
  await expect(code(page)).toBeVisible();
});

test("a dispatcher of one district is offered its people, newcomers included", async ({ desk, mock, page }) => {
  const { districts, crews } = mock.world.scenario;
  mock.district = districts[1]!.id;
  await desk.open("#/phones");
  const theirs = crews.filter(({ district }) => district === mock.district);
  // Who joined after the board was loaded.
  theirs[0]!.members = [...theirs[0]!.members, { id: "0192000a-0000-7000-8000-0000000000aa", name: "新来的" }];
  await page.locator("[data-action=invite]").click();
  await expect(dialog(page).getByRole("radio")).toHaveCount(theirs.flatMap(({ members }) => members).length);
  await expect(dialog(page)).toContainText("新来的");
});

test("a session that ends takes the invitation out of the way of the sign-in and brings it back", async ({ desk, mock, page }) => {
  await desk.open(`#/phones/${mock.world.scenario.phones[0]!.installation}`);
  await desk.panel.locator("[data-action=invite]").click();
  await page.keyboard.press("Enter");
  await expect(code(page)).toBeVisible();
  mock.expireSessions();
  await expect(page.getByRole("alert").filter({ hasText: "登录已失效" })).toBeVisible();
  await expect(code(page)).toBeHidden();
  await desk.signIn();
  await expect(desk.link("live")).toBeVisible();
  await expect(code(page)).toBeVisible();
});
