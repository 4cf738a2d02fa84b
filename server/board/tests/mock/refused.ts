/** Refused edits, a batch at a time, as the server groups and decides them. */
import type { Decision, RefusedBatch, RefusedEdit } from "../../src/api/detail";
import { refuse } from "./refusal";
import type { World } from "./world";

const ADMISSIBLE = ["revoked", "access"];

export class Refused {
  #world: World;
  /** Other edits wait than before. */
  onChange: () => void = () => undefined;
  #decided = new Map<string, Decision>();

  constructor(world: World) {
    this.#world = world;
  }

  list(): { items: RefusedEdit[]; batches: RefusedBatch[] } {
    return { items: this.#world.refused, batches: [...new Set(this.#world.refused.map(({ batch }) => batch))].map((id) => this.#batch(id)) };
  }

  /** A phone sends one that is refused. */
  add(edit: RefusedEdit): void {
    this.#world.refused = [edit, ...this.#world.refused];
    this.onChange();
  }

  decide({ batch: id, decision, reason, ...more }: Record<string, unknown>, by: { id: string; name: string }): Decision {
    if (Object.keys(more).length > 0 || (decision !== "admit" && decision !== "dismiss")) refuse(400, "invalid_field", "decision");
    if (typeof reason !== "string" || reason.trim() === "" || [...reason].length > 200) refuse(400, "invalid_field", "reason");
    const before = this.#decided.get(`${id}`);
    if (before) return before.choice === decision ? before : refuse(409, "state_conflict", `${before.by_name} has decided otherwise: ${before.choice}`);
    const edits = this.#world.refused.filter(({ batch }) => batch === id);
    if (edits.length === 0) refuse(404, "not_found", "there is no such batch");
    if (decision === "admit" && !this.#batch(`${id}`).admissible) refuse(409, "state_conflict", "these edits are wrong by themselves and can only be dismissed");
    this.#world.refused = this.#world.refused.filter(({ batch }) => batch !== id);
    this.onChange();
    const fate = decision === "admit" ? "accepted" : "dismissed";
    const decided = edits.map(({ installation, device_seq, document, reason: refused, detail }) => ({ installation, device_seq, document, refused: { reason: refused, detail }, fate }));
    const made: Decision = { id: this.#decided.size + 1, batch: `${id}`, choice: decision, reason, by: by.id, by_name: by.name, at: this.#world.now(), edits: decided };
    this.#decided.set(`${id}`, made);
    return made;
  }

  #batch(id: string): RefusedBatch {
    const edits = this.#world.refused.filter(({ batch }) => batch === id);
    const [first] = edits as [RefusedEdit];
    const family = first.reason === "revoked" ? "revoked" : first.reason === "not_your_item" ? "access" : "wrong";
    const name = this.#world.scenario.crews.flatMap(({ members }) => members).find(({ id: person }) => person === first.person)?.name ?? null;
    return { id, installation: first.installation, person: first.person, person_name: name, district: null, family, admissible: ADMISSIBLE.includes(family), received_at: first.received_at, edits: edits.map(({ device_seq }) => device_seq), documents: [...new Set(edits.map(({ document }) => document))] };
  }
}
