/** The words of the trade, which come with the kinds of work. Every function reads the language and the catalogue of the moment. */
import type { Label } from "../api/kinds";
import type { Phase } from "../api/types";
import { choiceLabel, clockLabel, eventLabel, placeOf, stateLabel, stepOf } from "../catalogue";
import { kinds } from "../kinds.svelte";
import { prefs } from "../prefs.svelte";
import { readable } from "./texts";

export function word(label: Label): string {
  return prefs.language === "en" ? label.en : label.zh;
}

function wordOr(label: Label | null | undefined, code: string): string {
  return label ? word(label) : readable(code);
}

export const kindWord = (kind: string): string => wordOr(kinds.catalogue.kinds.get(kind)?.label, kind);
export const phaseWord = (phase: Phase): string => wordOr(kinds.catalogue.phases.get(phase), phase);
export const stateWord = (kind: string | null, state: string): string => wordOr(stateLabel(kinds.catalogue, kind, state), state);
export const clockWord = (kind: string, clock: string): string => wordOr(clockLabel(kinds.catalogue, kind, clock), clock);

/** What has happened. */
export const eventWord = (kind: string | null, event: string): string => wordOr(eventLabel(kinds.catalogue, kind, event), event);
/** What somebody is about to do. */
export const stepWord = (kind: string, step: string): string => wordOr(stepOf(kinds.catalogue, kind, step)?.label, step);

export function choiceWord(kind: string, step: string, field: string, name: string): string {
  return wordOr(choiceLabel(kinds.catalogue, kind, step, field, name), name);
}

export function attentionWord(kind: string): string {
  return wordOr(kinds.catalogue.attention.get(kind)?.label, kind);
}

/** Null for a choice that is an id: a person who may lead, or the event that holds a value. */
export function attentionChoice(kind: string, choice: string): string | null {
  const named = kinds.catalogue.attention.get(kind)?.choices.find(({ name }) => name === choice);
  return named ? word(named.label) : null;
}

/** `removed/1` as `拆除表 · 示数类型 1`; a path that nothing describes is shown as it is. */
export function pathWord(kind: string, path: string): string {
  const place = placeOf(kinds.catalogue.kinds.get(kind), path);
  if (!place) return path.split("/").map(readable).join(" · ");
  // A key belongs to the label before it: `示数类型 1`.
  return place.labels.reduce<string>((said, label) => (typeof label === "string" ? `${said} ${label}` : said === "" ? word(label) : `${said} · ${word(label)}`), "");
}
