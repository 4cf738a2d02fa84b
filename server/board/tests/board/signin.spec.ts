import { expect, test } from "../desk";

test("a wrong password is refused in words, the right one opens the board", async ({ desk, mock, page }) => {
  await page.goto(desk.url);
  await desk.signIn("wrong");
  await expect(page.getByRole("alert")).toContainText("用户名或密码错误");
  await expect(page.locator("[name=username]")).toHaveValue("xujingyi");
  await expect(page.locator("[name=password]")).toBeFocused();
  expect(mock.streams).toBe(0);
  await desk.signIn();
  await expect(desk.link("live")).toBeVisible();
  await expect(page.getByText("许静怡").first()).toBeVisible();
});

test("the cookie signs in again after a reload, and signing out ends it", async ({ desk, page }) => {
  await desk.open();
  await page.reload();
  await expect(desk.link("live")).toBeVisible();
  await page.getByRole("button", { name: "退出" }).click();
  await expect(page.locator("[name=password]")).toBeVisible();
  await page.reload();
  await expect(page.locator("[name=password]")).toBeVisible();
});

test("a session that ends keeps the view and what was typed", async ({ desk, mock, page }) => {
  const item = mock.world.inState("assigned");
  await desk.open(`#/item/${item.id}`);
  await page.locator("[data-action=assigned]").click();
  await page.locator("textarea").fill("路面积水，绕行");
  mock.expireSessions();
  await expect(page.getByRole("alert").filter({ hasText: "登录已失效" })).toBeVisible();
  await expect(page.locator("[name=username]")).toHaveValue("xujingyi");
  await desk.signIn();
  await expect(desk.link("live")).toBeVisible();
  await expect(page).toHaveURL(new RegExp(item.id));
  await expect(page.locator("textarea")).toHaveValue("路面积水，绕行");
});

test("an account with a role of the field only is told so and signed out", async ({ desk, page }) => {
  await page.route("**/v1/login", async (route) => {
    const answer = await route.fetch();
    const session = (await answer.json()) as { person: { roles: unknown[] } };
    session.person.roles = [{ role: "repair_crew", district: null }];
    await route.fulfill({ response: answer, json: session });
  });
  await page.goto(desk.url);
  const signedOut = page.waitForRequest("**/v1/logout");
  await desk.signIn();
  await signedOut;
  await expect(page.getByRole("alert")).toContainText("无权使用调度台");
});

test("too many attempts says how long to wait", async ({ desk, mock, page }) => {
  await page.goto(desk.url);
  mock.intercepts.push({ path: /login/, how: "refused", problem: { status: 429, code: "too_many_requests", detail: null, retry_after_ms: 12_000 } });
  await desk.signIn();
  await expect(page.getByRole("alert")).toContainText("12 秒");
});

test("without a provider there is one way in", async ({ desk, page }) => {
  const asked = page.waitForResponse("**/v1/oidc");
  await page.goto(desk.url);
  await asked;
  await expect(page.locator("form button.primary")).toBeVisible();
  await expect(page.locator("[data-provider]")).toHaveCount(0);
});

test("a provider is a second button, within reach of the keyboard, in both languages", async ({ desk, mock, page }) => {
  mock.provider = { label: "统一认证", url: "https://login.example/authorize?state=s-1" };
  await page.route("https://login.example/**", (route) => route.fulfill({ contentType: "text/html", body: "<h1>login</h1>" }));
  await page.goto(desk.url + "/#/phones");
  await expect(page.getByRole("button", { name: "使用 统一认证 登录" })).toBeVisible();
  await page.locator("select:has(option[value=en])").selectOption("en");
  const button = page.getByRole("button", { name: "Sign in with 统一认证" });
  await page.locator("[name=password]").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(button).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("https://login.example/authorize?state=s-1");
  expect(mock.ordered(/^\/oidc\/begin$/)).toEqual([{}]);
  // Who comes back with a session finds what was open.
  await page.goto(desk.url + "/");
  await desk.signIn();
  await expect(desk.link("live")).toBeVisible();
  await expect(page).toHaveURL(desk.url + "/#/phones");
});

test("a provider that is down is said, and the password works", async ({ desk, mock, page }) => {
  mock.provider = { label: "统一认证", url: "https://login.example/" };
  mock.intercepts.push({ path: /oidc\/begin/, how: "refused", problem: { status: 503, code: "provider_unavailable", detail: null, retry_after_ms: 10_000 } });
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route("**/v1/oidc/begin", async (route) => held.then(() => route.continue()));
  await page.goto(desk.url);
  await page.locator("[data-provider]").click();
  await expect(page.locator("[data-provider]")).toHaveText("正在登录…");
  await expect(page.getByRole("button", { name: "登录", exact: true })).toBeDisabled();
  answer();
  await expect(page.getByRole("alert")).toContainText("无法连接登录服务");
  await expect(page.locator("[data-provider]")).toBeEnabled();
  await expect(page.locator("[data-provider]")).toBeFocused();
  await desk.signIn();
  await expect(desk.link("live")).toBeVisible();
});
