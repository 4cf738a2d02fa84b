/** A dispatcher's desk for a test: a mock server of its own, a signed-in page, and a watch on the page's errors. */
import { expect, test as base, type Locator, type Page } from "@playwright/test";
import type { Millis } from "../src/api/types";
import { MockServer, NIGHT } from "./mock/server";

export { expect };

export class DeskPage {
  constructor(readonly page: Page, readonly url: string) {}

  async signIn(password = "storm-night"): Promise<void> {
    await this.page.locator("[name=username]").fill("xujingyi");
    await this.page.locator("[name=password]").fill(password);
    await this.page.locator("[name=password]").press("Enter");
  }

  async open(hash = "#/", link = "live"): Promise<void> {
    await this.page.goto(this.url + "/" + hash);
    await this.signIn();
    await expect(this.link(link)).toBeVisible();
  }

  link(state: string): Locator {
    return this.page.locator(`[data-link=${state}]`);
  }

  row(id: string): Locator {
    return this.page.locator(`[data-row="${id}"]`);
  }

  group(state: string): Locator {
    return this.page.locator(`[data-group=${state}]`);
  }

  face(id: string): Locator {
    return this.row(id).locator("[data-face]");
  }

  get panel(): Locator {
    return this.page.getByRole("complementary");
  }
}

export const test = base.extend<{ at: Millis; mock: MockServer; desk: DeskPage }>({
  /** What the server's clock says when the test begins. */
  at: [NIGHT, { option: true }],
  mock: async ({ at }, use) => {
    const mock = new MockServer(1, at);
    await use(mock);
    await mock.close();
  },
  desk: async ({ page, mock }, use) => {
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) faults.push(message.text());
    });
    await use(new DeskPage(page, await mock.listen()));
    // Nothing the page did may have broken the strict CSP or thrown where nobody looked.
    expect(faults).toEqual([]);
  },
});
