/** Short ways to write descriptions of kinds, as `GET /v1/kinds` answers them. */
import type { Field, KindState, Label, Named, Step } from "../../../src/api/kinds";
import type { Phase } from "../../../src/api/types";

export const label = (en: string, zh: string): Label => ({ en, zh });
export const named = (name: string, en: string, zh: string): Named => ({ name, label: { en, zh } });
export const state = (name: string, phase: Phase, en: string, zh: string): KindState => ({ name, phase, label: { en, zh } });

type Rest<T> = T extends unknown ? Omit<T, "name" | "label" | "required"> : never;
export const must = (name: string, en: string, zh: string, rest: Rest<Field> = { type: "text", max: 200 }): Field => ({ name, label: { en, zh }, required: true, ...rest }) as Field;
export const may = (name: string, en: string, zh: string, rest: Rest<Field> = { type: "text", max: 200 }): Field => ({ ...must(name, en, zh, rest), required: false });
export const LONG: Rest<Field> = { type: "long_text", max: 1000 };

export const step = (by: Step["by"], name: string, en: string, zh: string, fields: Field[] = [], more: Partial<Step> = {}): Step => ({
  name, label: { en, zh }, by, fields, gate: false, common: false, ...more,
});
