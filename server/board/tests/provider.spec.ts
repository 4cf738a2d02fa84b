/**
 * Signing in at a real OpenID Connect provider, with a real server and a real browser between them. Both are started here; LINECREW_BIN names the
 * program. The board is 127.0.0.1 and the provider localhost: different sites to a browser, so its rules about cookies hold as they do in life.
 */
import { expect, test as base, type BrowserContext, type Page } from "@playwright/test";
import { BIN, freePort, Linecrew } from "./provider/linecrew";
import { Provider, type Client } from "./provider/provider";

const BASIC: Client = { id: "linecrew", secret: "s3cret: +%&=", method: "client_secret_basic", algorithm: "RS256" };
const OTHERS: Client[] = [
  { id: "linecrew-public", secret: null, method: "none", algorithm: "ES256" },
  { id: "linecrew-eddsa", secret: "another secret of that client", method: "client_secret_basic", algorithm: "EdDSA" },
];
const SUBJECT = "7f3a-lin";

interface House {
  provider: Provider;
  linecrew: Linecrew;
}

async function start(client: Client): Promise<House> {
  const linecrew = new Linecrew(await freePort());
  const provider = await Provider.start([{ ...client, redirectUri: `${linecrew.url}/v1/oidc/callback` }]);
  linecrew.admin("person", "lin.fang", "--name", "林芳", "--role", "dispatcher");
  linecrew.admin("link", "lin.fang", SUBJECT, "--issuer", provider.issuer);
  await linecrew.serve(provider.issuer, client);
  return { provider, linecrew };
}

const test = base.extend<{ client: Client; house: House }>({
  client: [BASIC, { option: true }],
  house: async ({ client, context }, use) => {
    // The provider's own pages ask for a font from elsewhere.
    await context.route(/^https?:\/\/(?!127\.0\.0\.1|localhost)/, (route) => route.abort());
    const house = await start(client);
    await use(house);
    await house.linecrew.stop();
    await house.provider.stop();
    for (const secret of [SUBJECT, "grid.example", "eyJ"]) expect(house.linecrew.log).not.toContain(secret);
  },
});

test.skip(BIN === "", "LINECREW_BIN is not set: there is no server to test");

/** From the board's button to the last of the provider's pages. */
async function reachConsent(page: Page, { linecrew, provider }: House, subject: string): Promise<void> {
  await page.goto(linecrew.url);
  await page.locator("[data-provider]").click();
  await page.waitForURL(`${provider.issuer}/interaction/**`);
  await page.locator("[name=login]").fill(subject);
  await page.locator("[name=password]").fill("any");
  await page.locator("[type=submit]").click();
  await expect(page.getByRole("button", { name: "Continue" })).toBeVisible();
}

async function signInAs(page: Page, house: House, subject: string): Promise<void> {
  await reachConsent(page, house, subject);
  await page.getByRole("button", { name: "Continue" }).click();
}

/** The address with which the provider sends the browser back, held before the server sees it: as somebody reads it over a shoulder. */
async function heldAnswer(page: Page, house: House, subject: string): Promise<string> {
  await reachConsent(page, house, subject);
  const form = await page.locator("form").getAttribute("action");
  let reply = await page.request.post(new URL(form!, page.url()).href, { form: { prompt: "consent" }, maxRedirects: 0 });
  for (;;) {
    const next = new URL(reply.headers().location!, reply.url()).href;
    if (next.startsWith(house.linecrew.url)) return next;
    reply = await page.request.get(next, { maxRedirects: 0 });
  }
}

const session = async (context: BrowserContext) => (await context.cookies()).find(({ name }) => name === "linecrew_session");

test("a dispatcher signs in at the provider and has the board", async ({ house, page, context }) => {
  await signInAs(page, house, SUBJECT);
  await expect(page.locator("[data-link=live]")).toBeVisible();
  await expect(page).toHaveURL(/^http:\/\/127\.0\.0\.1:\d+\/(#\/)?$/);
  await expect(page.getByText("林芳").first()).toBeVisible();
  expect(await session(context)).toMatchObject({ httpOnly: true, sameSite: "Strict" });
  expect((await context.cookies(house.linecrew.url)).map(({ name }) => name)).not.toContain("linecrew_oidc");
  await page.reload();
  await expect(page.locator("[data-link=live]")).toBeVisible();
  await page.getByRole("button", { name: "退出" }).click();
  await expect(page.locator("[name=password]")).toBeVisible();
  expect(await session(context)).toBeUndefined();
});

for (const client of OTHERS) {
  test.describe(() => {
    test.use({ client });
    test(`the same as ${client.method} with tokens signed by ${client.algorithm}`, async ({ house, page }) => {
      await signInAs(page, house, SUBJECT);
      await expect(page.locator("[data-link=live]")).toBeVisible();
    });
  });
}

test("who is linked to nobody reads their own identifier, and gets no session", async ({ house, page, context }) => {
  await signInAs(page, house, "somebody-else");
  await expect(page.locator("#subject")).toHaveText("somebody-else");
  await expect(page.getByRole("heading", { name: "您的账号尚未关联" })).toBeVisible();
  expect(await session(context)).toBeUndefined();
  house.linecrew.admin("unlink", "lin.fang", "--issuer", house.provider.issuer);
  house.linecrew.admin("link", "lin.fang", "somebody-else", "--issuer", house.provider.issuer);
  await page.getByRole("link", { name: "返回登录" }).click();
  await page.locator("[data-provider]").click();
  await expect(page.locator("[data-link=live]")).toBeVisible();
});

test("who cancels there is told so, and may begin again", async ({ house, page, context }) => {
  await page.goto(house.linecrew.url);
  await page.locator("[data-provider]").click();
  await page.getByText("Cancel").click();
  await expect(page.getByRole("heading", { name: "您未在登录服务中登录" })).toBeVisible();
  expect(await session(context)).toBeUndefined();
  await signInAs(page, house, SUBJECT);
  await expect(page.locator("[data-link=live]")).toBeVisible();
});

test("an answer works once, and in the browser that began", async ({ house, page, browser, context }) => {
  const answer = await heldAnswer(page, house, SUBJECT);
  const thief = await browser.newContext();
  const stolen = await (await thief.newPage()).goto(answer);
  expect(stolen?.status()).toBe(400);
  expect(await session(thief)).toBeUndefined();
  await thief.close();
  await page.goto(answer);
  await expect(page.locator("[data-link=live]")).toBeVisible();
  await context.clearCookies({ name: "linecrew_session" });
  const again = await page.goto(answer);
  expect(again?.status()).toBe(400);
  expect(await session(context)).toBeUndefined();
});
