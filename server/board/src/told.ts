/** Says what a body or an order holds, in the words of its description. Pure: names and times are told by the caller. */
import type { Field, Label } from "./api/kinds";
import type { Body, Millis, Value } from "./api/types";

/** How the ids, times and flags of a body are called at this desk. */
export interface Names {
  label: (label: Label) => string;
  readable: (code: string) => string;
  time: (at: Millis) => string;
  flag: (yes: boolean) => string;
  crew: (id: string) => string | null;
  document: (id: string) => string | null;
  form: (name: string, version: number) => string | null;
  signed: () => string;
  listed: (parts: string[]) => string;
}

export interface Told {
  name: string;
  label: string;
  /** Null for a group: its parts say it. */
  text: string | null;
  parts: Told[];
  /** An item that can be opened. */
  document: string | null;
  field: Field | null;
}

/** What the server writes beside the fields for phones that are offline; the crew is told by its id, and what is billing-relevant at each value. */
const HOUSEKEEPING: ReadonlySet<string> = new Set(["crew_name", "members", "billing"]);

/** Described fields first and in their order. What nobody describes is told by its code: nothing that a person confirmed is invisible. */
export function tell(fields: readonly Field[], body: Body | null, names: Names): Told[] {
  if (!body) return [];
  const described = fields.flatMap((field) => one(field, body[field.name], names));
  const known = new Set(fields.map(({ name }) => name));
  const others = Object.entries(body).filter(([name]) => !known.has(name) && !HOUSEKEEPING.has(name));
  return [...described, ...others.flatMap(([name, value]) => undescribed(name, value, names))];
}

/** One value in words; for a group or a map its parts in one line. */
export function textOf(field: Field | null, value: Value, names: Names): string {
  const told = field ? one(field, value, names)[0] : undescribed("", value, names)[0];
  return told ? flat(told, names) : "—";
}

/** The first few facts in one line, for a list. What explains itself stands alone, a number or a code gets its label. */
export function summary(fields: readonly Field[], body: Body | null, names: Names, limit = 3): string {
  return tell(fields, body, names).flatMap(spoken).slice(0, limit).join(" · ");
}

function spoken(told: Told): string[] {
  if (told.field?.type === "map" || told.field?.type === "hash" || told.field?.type === "strokes") return [];
  if (told.text === null) return told.parts.flatMap(spoken);
  const alone = told.field?.type === "choice" || told.field?.type === "choices" || told.field?.type === "long_text" || told.field?.type === "form";
  return [alone ? told.text : `${told.label} ${told.text}`];
}

function flat(told: Told, names: Names): string {
  return told.text ?? names.listed(told.parts.map((part) => `${part.label} ${flat(part, names)}`));
}

function one(field: Field, value: Value, names: Names): Told[] {
  if (isAbsent(value)) return [];
  const label = names.label(field.label);
  if (field.type === "group" && isBody(value)) return group(field.name, label, tell(field.fields, value, names), field);
  if (field.type === "map" && isBody(value)) {
    const entries = Object.entries(value).flatMap(([key, entry]) => {
      const named = `${names.label(field.key)} ${key}`;
      return isBody(entry) ? group(key, named, tell(field.fields, entry, names), field) : undescribed(named, entry, names);
    });
    return group(field.name, label, entries, field);
  }
  const document = field.type === "document" && typeof value === "string" ? value : null;
  return [{ name: field.name, label, text: scalar(field, value, names), parts: [], document, field }];
}

function group(name: string, label: string, parts: Told[], field: Field | null): Told[] {
  return parts.length === 0 ? [] : [{ name, label, text: null, parts, document: null, field }];
}

function scalar(field: Field, value: Value, names: Names): string {
  const chosen = (name: Value) => {
    const choice = "choices" in field ? field.choices.find((one) => one.name === name) : undefined;
    return choice ? names.label(choice.label) : names.readable(`${name}`);
  };
  switch (field.type) {
    case "flag": return names.flag(value === true);
    case "time": return typeof value === "number" ? names.time(value) : plain(value, names);
    case "choice": return chosen(value);
    case "choices": return Array.isArray(value) ? names.listed(value.map(chosen)) : chosen(value);
    case "crew": return names.crew(`${value}`) ?? `${value}`;
    // An item that the board does not hold is still a link; the end of its id tells two apart.
    case "document": return names.document(`${value}`) ?? `…${`${value}`.slice(-8)}`;
    case "strokes": return names.signed();
    case "hash": return `${value}`.slice(0, 12);
    case "form": return isBody(value) ? (names.form(`${value.form}`, Number(value.version)) ?? `${value.form} ${value.version}`) : plain(value, names);
    default: return plain(value, names);
  }
}

/** A name such as `installed` and not somebody's words. */
const CODE = /^[a-z]+(_[a-z]+)*$/;

function undescribed(name: string, value: Value, names: Names): Told[] {
  if (isAbsent(value)) return [];
  const label = names.readable(name);
  if (isBody(value)) return group(name, label, Object.entries(value).flatMap(([key, inner]) => undescribed(key, inner, names)), null);
  const text = typeof value === "string" ? (names.crew(value) ?? names.document(value) ?? (CODE.test(value) ? names.readable(value) : value)) : plain(value, names);
  const document = typeof value === "string" && names.document(value) !== null ? value : null;
  return [{ name, label, text, parts: [], document, field: null }];
}

/** A number of this size is an instant: no reading and no amount gets there. */
const MILLIS_FROM = 1_000_000_000_000;

function plain(value: Value, names: Names): string {
  if (typeof value === "boolean") return names.flag(value);
  if (typeof value === "number" && value >= MILLIS_FROM) return names.time(value);
  return typeof value === "string" || typeof value === "number" ? `${value}` : JSON.stringify(value);
}

function isAbsent(value: Value): boolean {
  return value === undefined || value === null || value === "";
}

export function isBody(value: Value): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
