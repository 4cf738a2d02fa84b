/** Texts in the language of the moment. Every function here reads `prefs.language`, so views follow a switch at once. */
import type { ApiError } from "../api/client";
import type { Millis } from "../api/types";
import { age as ageOf } from "../clock";
import { prefs } from "../prefs.svelte";
import { stateWord } from "./domain";
import { fill, isKey, readable, TEXTS, type Key, type Language, type Params } from "./texts";

export function t(key: Key, params?: Params): string {
  return fill(TEXTS[prefs.language][key], params);
}

/** Texts of a part that is loaded on its own and brings its words with it. */
export function say<K extends string>(texts: Record<Language, Record<K, string>>, key: K, params?: Params): string {
  return fill(texts[prefs.language][key], params);
}

/** The text for a code that the server may extend; an unknown code is shown as it is, readable, rather than hidden. */
export function tCode(prefix: string, code: string): string {
  const key = `${prefix}.${code}`;
  return isKey(key) ? t(key) : readable(code);
}

export function ageText(at: Millis, now: Millis): string {
  const { unit, count } = ageOf(at, now);
  return t(`age.${unit}`, { count });
}

/** What went wrong in words; the server's own detail is shown beside it by the caller. */
export function errorText(error: ApiError, kind: string | null = null): string {
  // Only a work item has a state that can be named; for anything else the server's detail says what does not fit.
  const key = error.code === "state_conflict" && error.state === null ? "error.state_changed" : `error.${error.code}`;
  const params = {
    code: error.code,
    seconds: Math.max(1, Math.ceil((error.retryAfterMs ?? 5000) / 1000)),
    state: error.state ? stateWord(kind, error.state) : t("common.unknown"),
  };
  return t(isKey(key) ? key : "error.other", params);
}
