/** What the office may do in each phase, where a step leads, and whether a body fits its description. Strict where the board could be sloppy. */
import type { Field, Step } from "../../src/api/kinds";
import type { Detail } from "../../src/api/detail";
import type { Body, Phase, Row, Value } from "../../src/api/types";
import { isBody } from "../../src/told";
import { kindOf } from "./kinds";
import { refuse } from "./refusal";

const OPEN: readonly Phase[] = ["new", "declined", "disputed", "assigned", "accepted", "departed", "arrived", "working", "suspended", "not_done"];
const ENDED: readonly Phase[] = ["done", "not_done"];

export function nextOf({ kind, phase, reporters }: Pick<Detail, "kind" | "phase" | "reporters">): Row["next"] {
  const asks = kind === "repair_dispatch";
  const office = [
    ...(OPEN.includes(phase) ? ["assigned"] : []), ...(kind === "meter_rotation" && (phase === "new" || phase === "assigned") ? ["booked"] : []),
    ...(kind === "site_survey" && phase === "done" ? ["approved", "returned"] : []), ...((asks && ENDED.includes(phase)) || (phase === "followed_up" && reporters.some(({ asked }) => !asked)) ? ["followed_up"] : []),
    ...(phase === "followed_up" || (!asks && kind !== "site_survey" && phase === "done") ? ["archived"] : []),
    ...(OPEN.includes(phase) ? ["cancelled", "linked"] : []), "resolved",
  ];
  return { office, crew: phase === "assigned" ? ["accepted", "declined"] : [] };
}

const LEADS_TO: Record<string, [state: string, phase: Phase]> = {
  assigned: ["assigned", "assigned"], cancelled: ["cancelled", "cancelled"], linked: ["linked", "linked"], followed_up: ["followed_up", "followed_up"],
  archived: ["archived", "archived"], approved: ["approved", "followed_up"], returned: ["returned", "working"],
};

/** What a step changes about an item. */
export function changeOf(item: Detail, step: string, body: Body): Partial<Detail> {
  if (step === "booked") return { appointment: body.appointment as number, ...(item.phase === "new" && { state: "booked" }) };
  if (step === "followed_up" && body.reporter === undefined && item.phase === "followed_up") refuse(409, "state_conflict", "the customer was asked already", item.state);
  if (step === "followed_up" && body.reporter) return { reporters: item.reporters.map((one) => (one.document === body.reporter ? { ...one, asked: true } : one)) };
  const [state, phase] = LEADS_TO[step] ?? refuse(404, "not_found", `no step ${step}`);
  return { state, phase, ...(step === "assigned" && { crew: body.crew as string, lead: null }) };
}

export function stepNamed(kind: string, name: string): Step {
  return kindOf(kind)?.steps.find((step) => step.name === name && (step.by === "office" || step.by === "both")) ?? refuse(404, "not_found", `${kind} has no step ${name}`);
}

/** The words of `linecrew-protocol` (model/work/field.rs). */
export function check(fields: readonly Field[], body: Body, within = ""): void {
  for (const field of fields) {
    const value = body[field.name];
    if (value === undefined || value === null) {
      if (field.required) refuse(400, "invalid_field", `${within}${field.name} is missing`);
    } else checkOne(field, value, within + field.name);
  }
  const stray = Object.keys(body).find((key) => !fields.some(({ name }) => name === key));
  if (stray) refuse(400, "invalid_field", `${within}${stray} is not a field of this kind`);
}

function checkOne(field: Field, value: Value, path: string): void {
  const must = (holds: boolean, what: string) => holds || refuse(400, "invalid_field", `${path} must be ${what}`);
  switch (field.type) {
    case "text": case "long_text": case "hash": case "crew": case "document": must(typeof value === "string" && (!field.required || value.trim() !== ""), "a text"); return;
    case "integer": must(Number.isInteger(value), "a whole number"); return;
    case "number": must(typeof value === "number", "a number"); return;
    case "flag": must(typeof value === "boolean", "true or false"); return;
    case "time": must(Number.isInteger(value) && (value as number) > 1_700_000_000_000, "milliseconds since 1970"); return;
    case "date": must(/^\d{4}-\d\d-\d\d$/.test(`${value}`), "a day such as 2026-11-28"); return;
    case "choice": must(field.choices.some(({ name }) => name === value), "one of its choices"); return;
    case "choices": must(Array.isArray(value) && value.every((one) => field.choices.some(({ name }) => name === one)), "some of its choices"); return;
    case "form": must(isBody(value) && typeof value.form === "string" && Number.isInteger(value.version), "a form and its version"); return;
    case "group": must(isBody(value), "an object"); check(field.fields, value as Body, `${path}.`); return;
    case "map":
      must(isBody(value) && Object.keys(value).length > 0, "an object with entries");
      for (const [key, entry] of Object.entries(value as Body)) check(field.fields, entry as Body, `${path}.${key}.`);
      return;
    default: refuse(400, "invalid_field", `${path} cannot be sent by the office`);
  }
}
