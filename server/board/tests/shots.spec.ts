/** Takes the pictures that a person looks at (`npm run shots`); not part of the test run. */
import { DeskPage, expect, test } from "./desk";
import { MockServer } from "./mock/server";

const SIZES = [[1440, 900], [1024, 768]] as const;
const VIEWS = ["board", "item", "inbox", "phones", "new", "assign", "help"] as const;

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

async function show(desk: DeskPage, mock: MockServer, view: (typeof VIEWS)[number]): Promise<void> {
  const { page } = desk;
  const working = mock.world.scenario.items.find(({ state }) => state === "arrived")!;
  const go = (hash: string) => page.evaluate((to) => (location.hash = to), hash);
  if (view === "board") await go("#/");
  if (view === "item") await go(`#/item/${mock.world.inState("work_started").id}`);
  if (view === "inbox") await go(`#/item/${working.id}`);
  if (view === "phones" || view === "new") await go(`#/${view}`);
  if (view === "item" || view === "inbox") await expect(page.locator("[data-event]").first()).toBeVisible();
  if (view === "assign") {
    await go(`#/item/${mock.world.inState("reported").id}`);
    await page.locator("[data-action=assign]").click();
  }
  if (view === "help") await page.keyboard.press("Escape").then(() => page.keyboard.press("?"));
  if (view === "board") await expect(page.getByRole("article").locator("dl").or(page.locator(".strip")).first()).toBeVisible();
}
