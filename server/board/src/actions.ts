/**
 * What a dispatcher may do with an item: the office's steps that the server says its state permits. The server decides again when one
 * is sent, and answers `state_conflict` when the item has moved on in the meantime.
 */
import type { Field } from "./api/kinds";
import type { Person, Row } from "./api/types";

export const ASSIGN = "assigned";
/** Decided on the attention card, where both sides stand. */
const ON_THE_CARD = "resolved";
/** What takes work away or closes it for good comes last and is never offered filled. */
export const LAST: readonly string[] = ["linked", "cancelled"];

export function officeSteps(row: Pick<Row, "next">): string[] {
  const steps = row.next.office.filter((step) => step !== ON_THE_CARD);
  return [...steps.filter((step) => !LAST.includes(step)), ...LAST.filter((step) => steps.includes(step))];
}

/** Giving an item to a crew while another one holds it. */
export function isReassignment(step: string, row: Pick<Row, "crew">): boolean {
  return step === ASSIGN && row.crew !== null;
}

/** Whom to ask is a question only when somebody else reported the fault too; once the own customer was asked only they are left. */
function followUpFields(fields: readonly Field[], row: Pick<Row, "phase">, unasked: number): Field[] {
  const kept = fields.filter(({ name }) => name !== "reporter" || unasked > 0);
  return kept.map((field) => (field.name === "reporter" ? { ...field, required: row.phase === "followed_up" } : field));
}

/** The step's fields as this item needs them: taking it from a crew needs a reason, giving out one that nobody holds has none. */
export function fieldsFor(step: string, fields: readonly Field[], row: Pick<Row, "crew" | "phase">, unasked = 0): Field[] {
  if (step === "followed_up") return followUpFields(fields, row, unasked);
  if (step !== ASSIGN) return [...fields];
  if (row.crew === null) return fields.filter(({ name }) => name !== "reason");
  return fields.map((field) => (field.name === "reason" ? { ...field, required: true } : field));
}

/** What a person has at this desk: work items, the sight of money, and the right to act on it. */
export interface Rights {
  work: boolean;
  collection: boolean;
  money: boolean;
}

export const NO_RIGHTS: Rights = { work: false, collection: false, money: false };

export function rightsOf(person: Pick<Person, "roles">): Rights {
  const holds = (...roles: string[]) => person.roles.some(({ role }) => roles.includes(role));
  const money = holds("cashier", "dispatcher", "admin");
  return { work: holds("dispatcher", "admin"), collection: money || holds("auditor"), money };
}
