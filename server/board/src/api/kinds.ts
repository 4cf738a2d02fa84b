/** The shapes of `GET /v1/kinds`: each kind of work described as data, so that a new one needs no new board. */
import type { Phase } from "./types";

export interface Label {
  en: string;
  zh: string;
}

export interface Named {
  name: string;
  label: Label;
}

interface FieldBase {
  name: string;
  label: Label;
  required: boolean;
}

export type Field = FieldBase &
  (
    | { type: "text" | "long_text"; max?: number }
    | { type: "integer" | "number"; min?: number; max?: number }
    | { type: "flag" | "time" | "date" | "strokes" | "crew" | "document" | "form" | "hash" }
    | { type: "choice" | "choices"; choices: Named[] }
    | { type: "group"; fields: Field[] }
    | { type: "map"; fields: Field[]; key: Label }
  );

export interface KindState extends Named {
  phase: Phase;
}

/** `both` is the office's as well as the crew's; `server` is nobody's to choose. */
export interface Step extends Named {
  /** What has happened then; the label says what somebody does. */
  done?: Label;
  by: "crew" | "office" | "both" | "server";
  fields: Field[];
  gate: boolean;
  common: boolean;
}

export interface Kind {
  kind: string;
  label: Label;
  roles: string[];
  opening: string;
  about: Field[];
  states: KindState[];
  steps: Step[];
  clocks: Named[];
}

export interface AttentionKind {
  kind: string;
  rule: number;
  label: Label;
  choices: Named[];
}

export interface SurveyForm {
  form: string;
  version: number;
  title: Label;
}

export interface Kinds {
  items: Kind[];
  attention: AttentionKind[];
  phases: Named[];
  forms: SurveyForm[];
}
