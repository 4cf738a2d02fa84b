/** Looks things up in the descriptions of kinds. Pure. What is not described is answered with null, and shown by its code. */
import type { AttentionKind, Field, Kind, Kinds, Label, Step, SurveyForm } from "./api/kinds";

export interface Catalogue {
  /** False until the descriptions are here: codes are shown in place of names until then. */
  known: boolean;
  kinds: ReadonlyMap<string, Kind>;
  attention: ReadonlyMap<string, AttentionKind>;
  phases: ReadonlyMap<string, Label>;
  forms: readonly SurveyForm[];
}

export const NO_CATALOGUE: Catalogue = { known: false, kinds: new Map(), attention: new Map(), phases: new Map(), forms: [] };

export function catalogueOf({ items, attention, phases, forms }: Kinds): Catalogue {
  return {
    known: true,
    kinds: new Map(items.map((kind) => [kind.kind, kind])),
    attention: new Map(attention.map((one) => [one.kind, one])),
    phases: new Map(phases.map(({ name, label }) => [name, label])),
    forms,
  };
}

/** The kind itself, or every kind when it is not known: a refused edit may name only its step. */
function among(catalogue: Catalogue, kind: string | null): Kind[] {
  const known = kind === null ? undefined : catalogue.kinds.get(kind);
  return known ? [known] : [...catalogue.kinds.values()];
}

function first<T>(kinds: Kind[], find: (kind: Kind) => T | undefined): T | null {
  for (const kind of kinds) {
    const found = find(kind);
    if (found !== undefined) return found;
  }
  return null;
}

export function stepOf(catalogue: Catalogue, kind: string | null, name: string): Step | null {
  return first(among(catalogue, kind), ({ steps }) => steps.find((step) => step.name === name));
}

export function stateLabel(catalogue: Catalogue, kind: string | null, name: string): Label | null {
  return first(among(catalogue, kind), ({ states }) => states.find((state) => state.name === name))?.label ?? null;
}

export function clockLabel(catalogue: Catalogue, kind: string | null, name: string): Label | null {
  return first(among(catalogue, kind), ({ clocks }) => clocks.find((clock) => clock.name === name))?.label ?? null;
}

/** What has happened: the step's words for it, and for the event that made the item the state's that it opened. */
export function eventLabel(catalogue: Catalogue, kind: string | null, event: string): Label | null {
  const step = stepOf(catalogue, kind, event);
  return step ? (step.done ?? step.label) : stateLabel(catalogue, kind, event);
}

/** What one name of a step's choice is called, such as the role of a signer or a step of the safety gate. */
export function choiceLabel(catalogue: Catalogue, kind: string | null, step: string, field: string, name: string): Label | null {
  const described = stepOf(catalogue, kind, step)?.fields.find((one) => one.name === field);
  if (described?.type !== "choice" && described?.type !== "choices") return null;
  return described.choices.find((choice) => choice.name === name)?.label ?? null;
}

export interface Place {
  /** Labels on the way, the last one nearest the value; a string is a key that the data brought along. */
  labels: (Label | string)[];
  field: Field | null;
}

/** Where a value such as `removed/1` belongs in what the kind's steps and orders hold; null when nothing describes it. */
export function placeOf(kind: Kind | undefined, path: string): Place | null {
  const parts = path.split("/");
  const sets = kind ? [...kind.steps.map(({ fields }) => fields), kind.about] : [];
  for (const fields of sets) {
    const place = within(fields, parts);
    if (place) return place;
  }
  return null;
}

function within(fields: readonly Field[], [name = "", ...rest]: string[]): Place | null {
  const field = fields.find((one) => one.name === name);
  if (field) return rest.length === 0 ? { labels: [field.label], field } : below(field, rest);
  // `removed/1` leaves out the name of the only map in a group: its key stands for it.
  const maps = fields.filter((one) => one.type === "map");
  return maps.length === 1 ? below(maps[0]!, [name, ...rest], false) : null;
}

function below(field: Field, rest: string[], named = true): Place | null {
  const here = named ? [field.label] : [];
  if (field.type === "group") {
    const inner = within(field.fields, rest);
    return inner && { ...inner, labels: [...here, ...inner.labels] };
  }
  if (field.type !== "map") return null;
  const [key = "", ...deeper] = rest;
  if (deeper.length > 0) {
    const inner = within(field.fields, deeper);
    return inner && { ...inner, labels: [...here, field.key, key, ...inner.labels] };
  }
  // A key alone means the group's first field, such as a register's index.
  return { labels: [...here, field.key, key], field: field.fields[0] ?? null };
}
