import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { AREA_CLASSES } from "../../src/api/types";
import { SHORTCUTS } from "../../src/keyboard";
import { PHONE_TEXTS } from "../../src/i18n/phones";
import { fill, TEXTS, type Language } from "../../src/i18n/texts";
import { TROUBLES } from "../../src/phones";
import { PHASE_GROUPS } from "../../src/worklist";
import { KINDS } from "../mock/kinds";

const { en } = TEXTS;
const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

const PARTS: Record<string, Record<Language, Record<string, string>>> = { board: TEXTS, phones: PHONE_TEXTS };
for (const [part, { "zh-CN": chinese, en: english }] of Object.entries(PARTS)) {
  test(`both languages have the same keys, no empty text, and the same holes to fill: ${part}`, () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
    for (const [key, text] of Object.entries(english)) {
      const other = chinese[key] ?? "";
      expect(text.trim(), key).not.toBe("");
      expect(other.trim(), key).not.toBe("");
      expect(holes(other), key).toEqual(holes(text));
      expect(other, key).not.toBe(part === "phones" ? text : null);
    }
  });
}

test("every trouble of a phone has a word and says what to do", () => {
  for (const key of TROUBLES.flatMap((trouble) => [`trouble.${trouble}`, `help.${trouble}`])) expect(PHONE_TEXTS.en, key).toHaveProperty([key]);
});

/** What only a phone that enrols is told. */
const PHONES_ALONE = ["invitation_invalid", "installation_of_another", "installation_key_differs", "installation_revoked"];

test("every code of the contract has words in both languages", () => {
  const contract = readFileSync(join(import.meta.dirname, "../../../../docs/api.md"), "utf8");
  const table = contract.split("| status | codes |")[1]!.split("\n\n")[0]!;
  // In parentheses stand the fields that come with a code.
  const codes = [...table.replace(/\([^)]*\)/g, "").matchAll(/`([a-z_]+)`/g)].map(([, code]) => code!).filter((code) => !PHONES_ALONE.includes(code));
  expect(codes.length).toBeGreaterThan(20);
  // Why an edit was refused is named by `linecrew-protocol`, once for the phone and the board.
  const refusals = readFileSync(join(import.meta.dirname, "../../../../client-core/protocol/src/refusal.rs"), "utf8");
  const reasons = [...refusals.matchAll(/^ {8}([A-Z]\w+) = \d+,/gm)].map(([, name]) => name!.replace(/(?!^)[A-Z]/g, "_$&").toLowerCase());
  expect(reasons.length).toBeGreaterThan(20);
  const keys = [
    ...codes.map((code) => `error.${code}`), ...AREA_CLASSES.map((area) => `area.${area}`), ...SHORTCUTS.map(({ command }) => `help.${command}`),
    ...KINDS.attention.map(({ kind }) => `conflict.${kind}`), ...Object.keys(PHASE_GROUPS).map((group) => `phases.${group}`), ...reasons.map((reason) => `refused.${reason}`),
  ];
  for (const key of keys) expect(en, key).toHaveProperty([key]);
});

test("no Chinese text stands in a component", () => {
  const folder = join(import.meta.dirname, "../../src/ui");
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((one) => /\.\w+$/.test(one))) {
    const markup = readFileSync(join(folder, name), "utf8").replace(/<(script|style)[\s\S]*?<\/\1>|<!--[\s\S]*?-->|\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    expect(markup.match(/[\u4e00-\u9fff]+/g), name).toBeNull();
  }
});

test("a hole without a value stays visible", () => {
  expect(fill("{a} of {b}", { a: 1 })).toBe("1 of {b}");
});
