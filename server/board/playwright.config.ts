import { defineConfig } from "@playwright/test";

/** The browser of the machine, not a downloaded one; the flags keep it from looking for its maker's hosts. */
export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // The machine may be building something else at the same time: patience is cheaper than a flaky run.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    headless: true,
    locale: "zh-CN",
    timezoneId: "America/New_York",
    colorScheme: "dark",
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
  },
  projects: [
    { name: "unit", testMatch: "unit/*.spec.ts" },
    { name: "board", testMatch: "board/*.spec.ts" },
    { name: "live", testMatch: "live.spec.ts" },
    { name: "provider", testMatch: "provider.spec.ts" },
    ...(process.env.SHOTS ? [{ name: "shots", testMatch: "shots.spec.ts" }] : []),
  ],
});
