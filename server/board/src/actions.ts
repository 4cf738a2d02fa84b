/**
 * What a dispatcher may do with an item in each state, so that the panel offers only that. The server decides for itself: it answers
 * `state_conflict` when the item has moved on in the meantime.
 */
import type { ItemState, Person, Row } from "./api/types";

export const ACTIONS = ["assign", "reassign", "follow_up", "archive", "link", "cancel"] as const;
export type Action = (typeof ACTIONS)[number];

/** Neither ended on site nor closed by the office; the same list as the order of steps in `linecrew-protocol`. */
const OPEN: readonly ItemState[] = [
  "reported", "declined", "disputed", "assigned", "accepted", "departed", "arrived", "work_started", "suspended", "restored", "not_done",
];

const ALLOWED: Record<Action, readonly ItemState[]> = {
  assign: OPEN,
  reassign: OPEN,
  follow_up: ["completed", "not_done"],
  archive: ["followed_up"],
  link: OPEN,
  cancel: OPEN,
};

export function allowedActions(row: Pick<Row, "state" | "crew">): Action[] {
  return ACTIONS.filter((action) => ALLOWED[action].includes(row.state) && fitsCrew(action, row.crew));
}

/** Taking an item from the crew that holds it needs a reason; giving out one that nobody holds does not. */
function fitsCrew(action: Action, crew: string | null): boolean {
  if (action === "assign") return crew === null;
  if (action === "reassign") return crew !== null;
  return true;
}

export function mayUseBoard(person: Person): boolean {
  return person.roles.some(({ role }) => role === "dispatcher" || role === "admin");
}
