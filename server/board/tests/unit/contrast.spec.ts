import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";

const css = readFileSync(join(import.meta.dirname, "../../src/styles/tokens.css"), "utf8");
const SURFACES = ["ground", "surface", "raised", "hover", "open", "attention-wash"];
/** Each text colour with the surfaces it is laid on. */
const ON: Record<string, string[]> = {
  text: SURFACES, soft: SURFACES, dim: SURFACES, accent: ["surface", "raised"], met: SURFACES, soon: SURFACES, "breached-text": SURFACES, undecidable: SURFACES,
  overdue: [...SURFACES, "overdue-wash"], "on-accent": ["accent"], "on-attention": ["attention"], "on-breached": ["breached"],
};

function colour(name: string, theme: "light" | "dark"): string {
  const value = new RegExp(`--${name}: ([^;]+);`).exec(css)![1]!;
  const pair = /light-dark\((#\w{6}), (#\w{6})\)/.exec(value);
  return pair ? pair[theme === "light" ? 1 : 2]! : value;
}

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

for (const theme of ["dark", "light"] as const) {
  test(`text holds AA contrast on every surface it is used on, ${theme}`, () => {
    for (const [text, surfaces] of Object.entries(ON)) {
      for (const surface of surfaces) {
        const [high, low] = [luminance(colour(text, theme)), luminance(colour(surface, theme))].sort((a, b) => b - a) as [number, number];
        expect((high + 0.05) / (low + 0.05), `${text} on ${surface}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });
}
