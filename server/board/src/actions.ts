/**
 * What a dispatcher may do with an item in each state, so that the panel offers only that. The server decides for itself: it answers
 * `state_conflict` when the item has moved on in the meantime.
 */
import type { ItemState, Person, Row } from "./api/types";

export const ACTIONS = ["assign", "reassign", "follow_up", "archive", "link", "cancel"] as const;
export type Action = (typeof ACTIONS)[number];

const OPEN: readonly ItemState[] = ["reported", "declined", "assigned", "accepted", "departed", "arrived", "work_started", "suspended"];

const ALLOWED: Record<Action, readonly ItemState[]> = {
  assign: ["reported", "declined"],
  reassign: ["declined", "assigned", "accepted", "departed", "arrived", "work_started", "suspended", "not_done"],
  follow_up: ["completed", "not_done", "linked"],
  archive: ["followed_up", "cancelled"],
  link: OPEN,
  cancel: OPEN,
};

export function allowedActions(row: Pick<Row, "state" | "crew">): Action[] {
  return ACTIONS.filter((action) => ALLOWED[action].includes(row.state) && fitsCrew(action, row.crew));
}

/** A declined item may or may not still be held by a crew; giving it to the next one is a reassignment only if it is. */
function fitsCrew(action: Action, crew: string | null): boolean {
  if (action === "assign") return crew === null;
  if (action === "reassign") return crew !== null;
  return true;
}

export function mayUseBoard(person: Person): boolean {
  return person.roles.some(({ role }) => role === "dispatcher" || role === "admin");
}
