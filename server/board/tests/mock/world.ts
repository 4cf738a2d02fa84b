/** The contract of docs/api.md in memory: state changes by a dispatcher, revisions, idempotency. It is strict where the board could be sloppy. */
import type { Detail, HistoryEvent, RefusedEdit } from "../../src/api/detail";
import type { Body, Millis, NewWork, Row, Snapshot } from "../../src/api/types";
import { withConflicts } from "./conflicts";
import { kindOf } from "./kinds";
import { refusedEdits, withOtherConflicts } from "./otherConflicts";
import { withOtherWork } from "./otherWork";
import { refuse } from "./refusal";
import { bare, stormNight, type Scenario } from "./scenario";
import { changeOf, check, nextOf, stepNamed } from "./steps";
import { DISPATCHER, MINUTE, uuid } from "./timeline";

export class World {
  readonly scenario: Scenario;
  refused: RefusedEdit[];
  revision = 1000;
  /** Requests that created something, with the key they came with. */
  readonly created: { key: string; row: Row }[] = [];
  onRow: (row: Row) => void = () => {};
  readonly #keys = new Map<string, { body: string; id: string }>();
  readonly now: () => Millis;

  constructor(now: () => Millis, repeat = 1) {
    this.now = now;
    this.scenario = withOtherConflicts(withOtherWork(withConflicts(stormNight(now(), repeat), now()), now()));
    this.refused = refusedEdits(this.scenario, now());
  }

  snapshot(): Snapshot {
    const { items, phones, crews, districts } = this.scenario;
    // Who was revoked is told when it happens, and to whoever asks for all phones.
    const inUse = phones.filter(({ revoked_at }) => revoked_at == null);
    return { server_time: this.now(), revision: this.revision, items: items.map(rowOf), phones: inUse, crews, districts };
  }

  find(id: string): Detail {
    return this.scenario.items.find((item) => item.id === id) ?? refuse(404, "not_found");
  }

  detail(id: string): Detail {
    const item = this.find(id);
    return { ...item, next: nextOf(item) };
  }

  /** The nth repair in a state, without a conflict. */
  inState(state: string, n = 0): Detail {
    return this.ofKind("repair_dispatch", state, n);
  }

  ofKind(kind: string, state: string, n = 0): Detail {
    const found = this.scenario.items.filter((item) => item.kind === kind && item.state === state && item.attention.length === 0)[n];
    if (!found) throw new Error(`the night has no ${n + 1}. ${kind} in state ${state}`);
    return found;
  }

  concerned(attention: string): Detail {
    const found = this.scenario.items.find((item) => item.attention[0]?.kind === attention);
    if (!found) throw new Error(`the night has no ${attention}`);
    return found;
  }

  /** Changes an item as the server would: with the next revision, and told to every stream. */
  update(id: string, change: Partial<Detail>): Row {
    const item = this.find(id);
    Object.assign(item, change, { revision: (this.revision += 1), updated_at: this.now() });
    this.onRow(rowOf(item));
    return rowOf(item);
  }

  act(id: string, step: string, body: Body): Row {
    const item = this.find(id);
    if (step === "resolved") return this.#resolve(item, body);
    check(stepNamed(item.kind, step).fields, body);
    if (!nextOf(item).office.includes(step)) refuse(409, "state_conflict", `not while the item is ${item.state}`, item.state);
    if (step === "assigned") this.#checkCrew(item, body);
    this.#record(item, step, body);
    return this.update(id, changeOf(item, step, body));
  }

  #checkCrew(item: Detail, { crew, reason }: Body): void {
    if (!this.scenario.crews.some(({ id }) => id === crew)) refuse(400, "invalid_field", "crew is not known");
    if (item.crew === crew) refuse(409, "state_conflict", "the crew holds the item already", item.state);
    if (item.crew !== null && !reason) refuse(400, "invalid_field", "reason is missing");
  }

  create(work: NewWork, key: string | undefined): { row: Row; replayed: boolean } {
    if (!key || !/^[\x21-\x7e]{1,128}$/.test(key)) refuse(400, "idempotency_key_required");
    const body = JSON.stringify(work);
    const before = this.#keys.get(key);
    if (before && before.body !== body) refuse(422, "idempotency_key_reused");
    if (before) return { row: rowOf(this.find(before.id)), replayed: true };
    if (!work.customer.name || !work.site.address) refuse(400, "invalid_field", "customer.name and site.address must not be empty");
    const kind = kindOf(work.kind) ?? refuse(400, "invalid_field", "kind is not known");
    check(kind.about, work.about);
    const row = this.#add(work, kind.opening);
    this.#keys.set(key, { body, id: row.id });
    this.created.push({ key, row });
    return { row, replayed: false };
  }

  #add({ on_road: _r, at_height: _h, ...work }: NewWork, opening: string): Row {
    const at = this.now();
    const limit = { urban: 45, rural: 90, remote: 120 }[work.area_class] * MINUTE;
    const arrival = { name: "arrival", limit_ms: limit, due_at: at + limit, verdict: "awaiting" as const, stopped: null };
    const item: Detail = { ...bare(this.scenario.items.length, at), ...work, state: opening, revision: (this.revision += 1), clocks: work.kind === "repair_dispatch" ? [arrival] : [] };
    this.#record(item, opening, {});
    this.scenario.items.push(item);
    this.onRow(rowOf(item));
    return rowOf(item);
  }

  #resolve(item: Detail, body: Body): Row {
    const { attention, choice, note } = body;
    if (Object.keys(body).sort().join() !== "attention,choice,note") refuse(400, "invalid_field", "attention, choice and note are wanted");
    const open = item.attention.find(({ id }) => id === attention) ?? refuse(409, "state_conflict", "the question is settled", item.state);
    if (!open.choices.includes(choice as string)) refuse(400, "invalid_field", "choice is not offered");
    this.#record(item, "resolved", { attention, choice, ...(note !== undefined && { note }) });
    return this.update(item.id, { attention: item.attention.filter(({ id }) => id !== attention) });
  }

  #record(item: Detail, kind: string, body: Body): void {
    const at = this.now();
    const event: HistoryEvent = {
      id: uuid(100_000 + (this.revision += 1), 5), kind, by: DISPATCHER, device: null, device_seq: null, claimed_at: at,
      evidence: { earliest: at, latest: at }, received_at: at, superseded: false, late: false, body,
    };
    item.history = [...item.history, event];
  }
}

export function rowOf(detail: Detail): Row {
  const { notes: _n, materials: _m, reports: _p, values: _v, safety: _s, files: _f, signatures: _g, reporters: _r, quarantined: _q, history: _h, ...row } = detail;
  return { ...row, next: nextOf(detail) };
}
