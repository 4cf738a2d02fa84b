/** How busy and how reachable each crew is, for the choice of who takes the next item. Pure. */
import type { Phase } from "./api/types";
import { phonesInUse, type Board } from "./store";

export interface CrewLoad {
  items: number;
  online: number;
  phones: number;
}

const IN_HAND: ReadonlySet<Phase> = new Set(["assigned", "accepted", "departed", "arrived", "working", "suspended", "disputed"]);

export function crewLoads(board: Board): Map<string, CrewLoad> {
  const loads = new Map<string, CrewLoad>();
  const of = (crew: string) => {
    const load = loads.get(crew) ?? { items: 0, online: 0, phones: 0 };
    loads.set(crew, load);
    return load;
  };
  for (const row of board.items.values()) {
    if (row.crew && IN_HAND.has(row.phase)) of(row.crew).items += 1;
  }
  for (const phone of phonesInUse(board)) {
    if (!phone.crew) continue;
    of(phone.crew).phones += 1;
    if (phone.connected) of(phone.crew).online += 1;
  }
  return loads;
}
