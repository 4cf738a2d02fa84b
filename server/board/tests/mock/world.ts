/** The contract of docs/api.md in memory: state changes by a dispatcher, revisions, idempotency. It is strict where the board could be sloppy. */
import { DISPATCHER, MINUTE, stormNight, uuid, type Scenario } from "./scenario";
import { withConflicts } from "./conflicts";
import type { Detail, HistoryEvent, ItemState, Millis, NewDispatch, Row, Snapshot } from "../../src/api/types";

export interface Refusal {
  status: number;
  code: string;
  detail: string | null;
  state?: ItemState;
}

export function refuse(status: number, code: string, detail: string | null = null, state?: ItemState): never {
  throw { status, code, detail, ...(state && { state }) } satisfies Refusal;
}

/** The order of steps as `linecrew-protocol` has it (model/repair/authorize.rs). */
const OPEN: readonly ItemState[] = ["reported", "assigned", "accepted", "departed", "arrived", "work_started", "suspended", "restored", "declined", "not_done", "disputed"];
const FROM: Record<string, readonly ItemState[]> = {
  assign: OPEN, reassign: OPEN, cancel: OPEN, link: OPEN, "follow-up": ["completed", "not_done"], archive: ["followed_up"],
};
const BECOMES: Record<string, ItemState> = { assign: "assigned", reassign: "assigned", cancel: "cancelled", "follow-up": "followed_up", archive: "archived", link: "linked" };

export class World {
  readonly scenario: Scenario;
  revision = 1000;
  /** Requests that created something, with the key they came with. */
  readonly created: { key: string; row: Row }[] = [];
  onRow: (row: Row) => void = () => {};
  readonly #keys = new Map<string, { body: string; id: string }>();
  readonly now: () => Millis;

  constructor(now: () => Millis, repeat = 1) {
    this.now = now;
    this.scenario = withConflicts(stormNight(now(), repeat), now());
  }

  snapshot(): Snapshot {
    const { items, phones, crews, districts } = this.scenario;
    return { server_time: this.now(), revision: this.revision, items: items.map(rowOf), phones, crews, districts };
  }

  find(id: string): Detail {
    return this.scenario.items.find((item) => item.id === id) ?? refuse(404, "not_found");
  }

  inState(state: ItemState, n = 0): Detail {
    const found = this.scenario.items.filter((item) => item.state === state && item.attention.length === 0)[n];
    if (!found) throw new Error(`the night has no ${n + 1}. item in state ${state}`);
    return found;
  }

  /** Changes an item as the server would: with the next revision, and told to every stream. */
  update(id: string, change: Partial<Detail>): Row {
    const item = this.find(id);
    Object.assign(item, change, { revision: (this.revision += 1), updated_at: this.now() });
    this.onRow(rowOf(item));
    return rowOf(item);
  }

  act(id: string, verb: string, body: Record<string, unknown>): Row {
    const item = this.find(id);
    if (verb === "resolve") return this.#resolve(item, body);
    const from = FROM[verb] ?? refuse(404, "not_found");
    if (!from.includes(item.state)) refuse(409, "state_conflict", `${item.state} does not permit ${verb}`, item.state);
    for (const field of ["reason", "result"]) if (field in body && !body[field]) refuse(400, "invalid_field", `${field} must not be empty`);
    if ("crew" in body && !this.scenario.crews.some(({ id: crew }) => crew === body.crew)) refuse(400, "invalid_field", "crew is not known");
    this.#record(item, BECOMES[verb]!, body);
    return this.update(id, { state: BECOMES[verb]!, ...("crew" in body && { crew: body.crew as string, lead: null }) });
  }

  create(dispatch: NewDispatch, key: string | undefined): { row: Row; replayed: boolean } {
    if (!key || !/^[\x21-\x7e]{1,128}$/.test(key)) refuse(400, "idempotency_key_required");
    const body = JSON.stringify(dispatch);
    const before = this.#keys.get(key);
    if (before && before.body !== body) refuse(422, "idempotency_key_reused");
    if (before) return { row: rowOf(this.find(before.id)), replayed: true };
    if (!dispatch.customer.name || !dispatch.site.address) refuse(400, "invalid_field", "customer.name and site.address must not be empty");
    const row = this.#add(dispatch);
    this.#keys.set(key, { body, id: row.id });
    this.created.push({ key, row });
    return { row, replayed: false };
  }

  #add(dispatch: NewDispatch): Row {
    const n = this.scenario.items.length + 1;
    const at = this.now();
    const limit = { urban: 45, rural: 90, remote: 120 }[dispatch.area_class] * MINUTE;
    const item: Detail = {
      ...dispatch, id: uuid(n, 4), number: `20261123-${`${n}`.padStart(4, "0")}`, kind: "repair_dispatch", revision: (this.revision += 1), state: "reported",
      crew: null, lead: null, reported_at: at, updated_at: at, late_events: 0, arrival: { limit_ms: limit, due_at: at + limit, verdict: "awaiting", arrived: null },
      attention: [], notes: "", materials: [], report: null, history: [],
    };
    this.#record(item, "reported", {});
    this.scenario.items.push(item);
    this.onRow(rowOf(item));
    return rowOf(item);
  }

  #resolve(item: Detail, { attention, choice, note }: Record<string, unknown>): Row {
    const open = item.attention.find(({ id }) => id === attention) ?? refuse(404, "not_found", "no such attention");
    if (!open.choices.includes(choice as string)) refuse(400, "invalid_field", "choice is not offered");
    this.#record(item, "resolved", { attention, choice, note });
    return this.update(item.id, { attention: item.attention.filter(({ id }) => id !== attention) });
  }

  #record(item: Detail, kind: string, body: Record<string, unknown>): void {
    const at = this.now();
    const event: HistoryEvent = {
      id: uuid(100_000 + (this.revision += 1), 5), kind, by: DISPATCHER, device: null, device_seq: null, claimed_at: at,
      evidence: { earliest: at, latest: at }, received_at: at, superseded: false, late: false, body,
    };
    item.history = [...item.history, event];
  }
}

export function rowOf({ notes: _n, materials: _m, quarantined: _q, report: _r, history: _h, ...row }: Detail): Row {
  return row;
}
