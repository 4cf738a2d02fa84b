/** Takes the pictures that a person looks at (`npm run shots`); not part of the test run. */
import { DeskPage, expect, test } from "./desk";
import { AFTERNOON, MockServer } from "./mock/server";

const SIZES = [[1440, 900], [1024, 768]] as const;
const VIEWS = ["board", "item", "record", "inbox", "rotation", "gate", "survey", "phones", "new", "rotation-new", "assign", "follow-up", "refused", "help"] as const;

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
    case "phones": case "new": await go(`#/${view}`); break;
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
