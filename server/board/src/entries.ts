/** What stands in a form that a description draws, and the body that is made of it. Pure. */
import type { Field, Label } from "./api/kinds";
import type { Body, Value } from "./api/types";
import { fromLocal } from "./clock";

export interface MapRow {
  /** Tells rows apart while their key is still being typed. */
  id: number;
  key: string;
  entries: Entries;
}
export type Entry = string | boolean | string[] | Entries | MapRow[];
export interface Entries {
  [name: string]: Entry;
}

export type Wrong = "missing" | "no_number" | "too_small" | "too_large" | "too_long" | "no_time" | "key_missing" | "key_twice";
export interface Fault {
  /** Names from the outermost field to this one, joined by dots. */
  path: string;
  label: Label;
  why: Wrong;
}

export function blank(fields: readonly Field[]): Entries {
  return Object.fromEntries(fields.map((field) => [field.name, blankOf(field)]));
}

function blankOf(field: Field): Entry {
  switch (field.type) {
    case "flag": return false;
    case "choices": return [];
    case "group": return blank(field.fields);
    // A map that must not be empty starts with a row to fill in.
    case "map": return field.required ? [newRow(field.fields, [])] : [];
    default: return "";
  }
}

/** Keys are mostly numbers that count up, such as a meter's registers. */
export function newRow(fields: readonly Field[], rows: readonly MapRow[]): MapRow {
  const last = rows.at(-1);
  const key = last === undefined ? "1" : /^\d+$/.test(last.key) ? `${Number(last.key) + 1}` : "";
  return { id: Math.max(0, ...rows.map(({ id }) => id)) + 1, key, entries: blank(fields) };
}

/** Recalled entries laid over blank ones: a newer description may have fields that an older draft lacks. */
export function filled(fields: readonly Field[], held: Entries | undefined): Entries {
  return { ...blank(fields), ...held };
}

export function bodyOf(fields: readonly Field[], entries: Entries): Body {
  const body: Body = {};
  for (const field of fields) {
    const value = valueOf(field, entries[field.name]);
    if (value !== undefined) body[field.name] = value;
  }
  return body;
}

function valueOf(field: Field, entry: Entry | undefined): Value {
  if (entry === undefined || isBlank(field, entry)) return undefined;
  switch (field.type) {
    case "integer":
    case "number": return Number(entry);
    case "time": return fromLocal(`${entry as string}`) ?? undefined;
    case "group": return bodyOf(field.fields, entry as Entries);
    case "map": return Object.fromEntries((entry as MapRow[]).map(({ key, entries }) => [key.trim(), bodyOf(field.fields, entries)]));
    case "form": return formOf(entry as string);
    case "flag":
    case "choices": return entry;
    case "strokes": return undefined;
    default: return (entry as string).trim();
  }
}

/** `new_connection@1`: one form in one version. */
function formOf(entry: string): Value {
  const [form, version] = entry.split("@");
  return { form, version: Number(version) };
}

function isBlank(field: Field, entry: Entry): boolean {
  if (field.type === "flag") return !field.required && entry === false;
  if (field.type === "group") return field.fields.every((inner) => isBlank({ ...inner, required: false }, (entry as Entries)[inner.name] ?? ""));
  if (Array.isArray(entry)) return entry.length === 0;
  return typeof entry === "string" && entry.trim() === "";
}

/** Everything that has to be put right before it can be sent. An optional group asks for its fields once one of them is filled in. */
export function faults(fields: readonly Field[], entries: Entries, within = ""): Fault[] {
  return fields.flatMap((field) => faultsOf(field, entries[field.name] ?? blankOf(field), within + field.name));
}

function faultsOf(field: Field, entry: Entry, path: string): Fault[] {
  const fault = (why: Wrong): Fault[] => [{ path, label: field.label, why }];
  if (field.type === "strokes") return [];
  if (field.type === "group") {
    return !field.required && isBlank(field, entry) ? [] : faults(field.fields, entry as Entries, `${path}.`);
  }
  if (isBlank(field, entry)) return field.required ? fault("missing") : [];
  if (field.type === "map") return [...keyFaults(entry as MapRow[]).flatMap(fault), ...(entry as MapRow[]).flatMap(({ key, entries }) => faults(field.fields, entries, `${path}.${key}.`))];
  const why = wrongIn(field, entry);
  return why ? fault(why) : [];
}

function keyFaults(rows: MapRow[]): Wrong[] {
  const keys = rows.map(({ key }) => key.trim());
  if (keys.includes("")) return ["key_missing"];
  return new Set(keys).size < keys.length ? ["key_twice"] : [];
}

function wrongIn(field: Field, entry: Entry): Wrong | null {
  if (field.type === "integer" || field.type === "number") {
    const number = Number(entry);
    if (!Number.isFinite(number) || (field.type === "integer" && !Number.isInteger(number))) return "no_number";
    if (field.min !== undefined && number < field.min) return "too_small";
    return field.max !== undefined && number > field.max ? "too_large" : null;
  }
  if (field.type === "time") return fromLocal(entry as string) === null ? "no_time" : null;
  const long = (field.type === "text" || field.type === "long_text") && field.max !== undefined && [...(entry as string)].length > field.max;
  return long ? "too_long" : null;
}

/** The field that a server's refusal begins with, such as `removed.registers.1.index is missing`; null when it names none. */
export function refusedPath(detail: string | null): string | null {
  return /^(?:about\.)?([\w.-]+)\s/.exec(detail ?? "")?.[1] ?? null;
}
