/** Takes the pictures that a person looks at (`npm run shots`); not part of the test run. */
import { DeskPage, expect, test } from "./desk";
import { AFTERNOON, MockServer } from "./mock/server";
import { MINUTE } from "./mock/timeline";

const SIZES = [[1440, 900], [1024, 768]] as const;
const VIEWS = ["board", "item", "record", "inbox", "rotation", "gate", "survey", "new", "rotation-new", "assign", "follow-up", "refused", "help"] as const;

for (const [width, height] of SIZES) {
  for (const language of ["zh-CN", "en"] as const) {
    for (const theme of ["dark", "light"] as const) {
      test(`${width} ${language} ${theme}`, async ({ browser }) => {
        test.setTimeout(180_000);
        const mock = new MockServer();
        const page = await browser.newPage({ viewport: { width, height }, locale: language, colorScheme: theme });
        const desk = new DeskPage(page, await mock.listen());
        const save = (name: string) => page.screenshot({ path: `shots/${name}-${width}-${language}-${theme}.png` });
        await page.goto(desk.url);
        await expect(page.locator("[name=password]")).toBeVisible();
        await save("signin");
        await desk.open();
        for (const view of VIEWS) {
          await show(desk, mock, view);
          await save(view);
        }
        await page.close();
        await mock.close();
      });
    }
  }
}

/** Field collection at the hour when the collectors come back. */
const COLLECTION = ["sessions", "to-settle", "overdue", "on-the-round", "confirm", "settle", "breaks", "break", "books", "book", "lease", "freeze", "write-off"] as const;

for (const [width, height] of [[1440, 900], [1280, 800], [1024, 768]] as const) {
  for (const language of ["zh-CN", "en"] as const) {
    for (const theme of ["dark", "light"] as const) {
      test(`collection ${width} ${language} ${theme}`, async ({ browser }) => {
        test.setTimeout(180_000);
        const mock = new MockServer(1, AFTERNOON);
        const page = await browser.newPage({ viewport: { width, height }, locale: language, colorScheme: theme });
        const desk = new DeskPage(page, await mock.listen());
        mock.roles = ["cashier"];
        await desk.open("#/collection/sessions");
        for (const view of COLLECTION) {
          await showCollection(desk, mock, view);
          await page.screenshot({ path: `shots/collection-${view}-${width}-${language}-${theme}.png` });
        }
        await page.close();
        await mock.close();
      });
    }
  }
}

/** The phones, also in half a window beside something else. */
const PHONES = ["list", "found", "phone", "revoke", "revoked", "invite", "invitation", "ended", "refused"] as const;

for (const [width, height] of [[1440, 900], [1024, 768], [760, 900]] as const) {
  for (const language of ["zh-CN", "en"] as const) {
    for (const theme of ["dark", "light"] as const) {
      test(`phones ${width} ${language} ${theme}`, async ({ browser }) => {
        test.setTimeout(180_000);
        const mock = new MockServer();
        const page = await browser.newPage({ viewport: { width, height }, locale: language, colorScheme: theme });
        const desk = new DeskPage(page, await mock.listen());
        await desk.open("#/phones");
        for (const view of PHONES) {
          await showPhones(desk, mock, view);
          await page.screenshot({ path: `shots/phones-${view}-${width}-${language}-${theme}.png` });
        }
        await page.close();
        await mock.close();
      });
    }
  }
}

async function showPhones(desk: DeskPage, { phones, world }: MockServer, view: (typeof PHONES)[number]): Promise<void> {
  const { page } = desk;
  const all = world.scenario.phones;
  const stale = all.find(({ pending_edits, oldest_pending_at }) => pending_edits > 0 && oldest_pending_at! < world.now() - 40 * MINUTE)!;
  const open = async (installation: string) => {
    await page.evaluate((to) => (location.hash = to), `#/phones/${installation}`);
    await expect(desk.panel).toContainText(installation.slice(-6));
  };
  const invite = async () => {
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await open(stale.installation);
    await desk.panel.locator("[data-action=invite]").click();
    await page.keyboard.press("Enter");
  };
  switch (view) {
    case "list": await expect(page.locator("[data-phone]").first()).toBeVisible(); break;
    case "found": await page.locator("#search").fill(stale.name); await page.locator("#search").blur(); break;
    case "phone": await page.locator("#search").fill(""); await open(stale.installation); break;
    case "revoke": await desk.panel.locator("[data-action=revoke]").click(); await page.locator("[name=reason]").fill("遗失"); break;
    case "revoked": await open(all.at(-1)!.installation); break;
    case "invite": await page.keyboard.press("Escape"); await page.keyboard.press("i"); await page.keyboard.press("ArrowDown"); await expect(page.getByRole("radio", { checked: true })).toBeVisible(); break;
    case "invitation": await invite(); await expect(page.getByRole("dialog").getByRole("img")).toBeVisible(); break;
    case "ended": phones.minute = 50; await invite(); await expect(page.getByRole("dialog").getByRole("alert")).toBeVisible(); break;
    case "refused": {
      await page.keyboard.press("Escape");
      await page.route("**/v1/invites", (route) => route.fulfill({ status: 403, contentType: "application/problem+json", json: { code: "not_permitted", detail: "the person holds an office role" } }));
      await invite();
      await expect(page.getByRole("dialog").getByRole("alert")).toBeVisible();
    }
  }
}

async function showCollection(desk: DeskPage, { collection }: MockServer, view: (typeof COLLECTION)[number]): Promise<void> {
  const { page } = desk;
  const go = async (hash: string) => {
    await page.evaluate((to) => (location.hash = to), hash);
    await expect(page.locator("[data-row]").first()).toBeVisible();
  };
  const open = async (tab: string, id: string) => {
    await go(`#/collection/${tab}/${encodeURIComponent(id)}`);
    await expect(desk.panel.locator("dl, [data-entry]").first()).toBeVisible();
  };
  const session = (n: number) => open("sessions", collection.rounds[n]!.session);
  switch (view) {
    case "sessions": case "breaks": case "books": await go(`#/collection/${view}`); break;
    case "write-off": await go("#/collection/receivables"); await page.locator("[name=open]").uncheck(); await expect(page.locator("[data-totals]")).toBeVisible(); break;
    case "to-settle": await session(1); break;
    case "overdue": await session(0); break;
    case "on-the-round": await session(3); break;
    case "confirm": await session(1); await page.locator("[data-confirm='20261123-0058']").click(); break;
    case "settle": await session(2); await page.locator("[data-action=settle]").click(); break;
    case "break": await go("#/collection/breaks"); await page.locator("[data-row]").nth(1).click(); await expect(desk.panel.locator("dl")).toBeVisible(); break;
    case "book": await open("books", collection.books[7]!.book); break;
    case "freeze": await open("books", collection.books[0]!.book); await page.locator("[data-action=freeze]").click(); break;
    case "lease": await go("#/collection/books"); await page.locator("[data-action=lease]").click(); break;
  }
}

async function show(desk: DeskPage, mock: MockServer, view: (typeof VIEWS)[number]): Promise<void> {
  const { page } = desk;
  const { world } = mock;
  const go = (hash: string) => page.evaluate((to) => (location.hash = to), hash);
  const item = async ({ id, number }: { id: string; number: string }) => {
    await go(`#/item/${id}`);
    await expect(desk.panel).toContainText(number);
    await expect(desk.panel.locator("[data-event]").first()).toBeVisible();
  };
  switch (view) {
    case "board": await go("#/"); await expect(page.getByRole("article").locator("dl").or(page.locator(".strip")).first()).toBeVisible(); break;
    case "item": await item(world.inState("work_started")); break;
    case "record": await desk.panel.locator("[data-report]").or(desk.panel.locator("[data-event]")).last().scrollIntoViewIfNeeded(); break;
    case "inbox": await item(world.concerned("reassigned_while_working")); break;
    case "rotation": await item(world.concerned("values_differ")); break;
    case "gate": await item(world.concerned("forced_start")); break;
    case "survey": await item(world.ofKind("site_survey", "submitted")); break;
    case "new": await go("#/new"); break;
    case "rotation-new":
      await page.locator("[name=kind][value=meter_rotation]").check();
      await page.locator("form button", { hasText: "+" }).click();
      break;
    case "assign": await item(world.inState("reported")); await page.locator("[data-action=assigned]").click(); break;
    case "follow-up": await item(world.inState("completed", 3)); await page.locator("[data-action=followed_up]").click(); break;
    case "refused": await go("#/inbox"); await page.locator("[data-refused]").last().scrollIntoViewIfNeeded(); break;
    case "help": await page.keyboard.press("Escape"); await page.keyboard.press("?"); break;
  }
}
