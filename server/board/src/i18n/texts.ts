/** Languages, keys and filling in. Pure, so the tests can hold both languages side by side. */
import { en } from "./en";
import { zh } from "./zh";

export type Key = keyof typeof en;
export type Params = Record<string, string | number>;

export const LANGUAGES = ["zh-CN", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each language is named in itself: whoever needs the switch cannot read the other one. */
export const LANGUAGE_NAMES: Record<Language, string> = { "zh-CN": "中文", en: "English" };

export const TEXTS: Record<Language, Record<Key, string>> = { "zh-CN": zh, en };

export function isKey(key: string): key is Key {
  return Object.hasOwn(en, key);
}

export function fill(text: string, params: Params = {}): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => (name in params ? `${params[name]}` : hole));
}

/** A code that has no words here is shown as it is, readable, rather than hidden. */
export function readable(code: string): string {
  return code.replaceAll("_", " ");
}
