/** What the board knows, as a pure fold of stream events. Every update is a new object, so views compare by identity. */
import type { Crew, District, Phone, Row, Snapshot, StreamEvent } from "./api/types";

export interface Board {
  /** False until the first snapshot: an empty board and an unknown one must not look the same. */
  known: boolean;
  revision: number;
  items: ReadonlyMap<string, Row>;
  phones: ReadonlyMap<string, Phone>;
  crews: ReadonlyMap<string, Crew>;
  districts: ReadonlyMap<string, District>;
}

export const EMPTY_BOARD: Board = {
  known: false, revision: 0, items: new Map(), phones: new Map(), crews: new Map(), districts: new Map(),
};

export function reduce(board: Board, event: StreamEvent): Board {
  switch (event.type) {
    case "snapshot": return fromSnapshot(board, event.data);
    case "item": return withItem(board, event.data);
    case "phone": return { ...board, phones: upsert(board.phones, event.data.installation, event.data) };
    case "collection":
    case "quarantine":
    case "tick": return board;
  }
}

/** Returns the same board when the row is not newer: a late answer to a POST must not undo what the stream already showed. */
export function withItem(board: Board, row: Row): Board {
  const held = board.items.get(row.id);
  if (held && held.revision >= row.revision) return board;
  return { ...board, revision: Math.max(board.revision, row.revision), items: upsert(board.items, row.id, row) };
}

/** A snapshot is the whole truth, older revisions included: after a restore from backup the server's revisions start lower. */
function fromSnapshot(board: Board, snapshot: Snapshot): Board {
  const kept = (row: Row) => {
    const held = board.items.get(row.id);
    return held?.revision === row.revision ? held : row;
  };
  return {
    known: true,
    revision: snapshot.revision,
    items: new Map(snapshot.items.map((row) => [row.id, kept(row)])),
    phones: new Map(snapshot.phones.map((phone) => [phone.installation, phone])),
    crews: new Map(snapshot.crews.map((crew) => [crew.id, crew])),
    districts: new Map(snapshot.districts.map((district) => [district.id, district])),
  };
}

function upsert<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value);
}

/** Names a person wherever the board has met them; null when it has not. */
export function personName(board: Board, id: string | null): string | null {
  if (!id) return null;
  for (const crew of board.crews.values()) {
    const member = crew.members.find((person) => person.id === id);
    if (member) return member.name;
  }
  return null;
}

/** Those that may read and write: a revoked phone reaches nobody and serves nobody any more. */
export function phonesInUse(board: Pick<Board, "phones">): Phone[] {
  return [...board.phones.values()].filter((phone) => phone.revoked_at == null);
}

export function crewOfPerson(board: Board, id: string): Crew | null {
  for (const crew of board.crews.values()) {
    if (crew.members.some((person) => person.id === id)) return crew;
  }
  return null;
}
