/** Invitations and revocations in memory, as strict as the server about who may do what to whom. */
import type { Invitation, Phone } from "../../src/api/types";
import { DRAWN } from "./qr";
import { refuse } from "./refusal";
import { MINUTE } from "./timeline";
import type { World } from "./world";

export interface Caller {
  roles: { role: string; district: string | null }[];
}

export class Phones {
  /** Those that were made, in order. */
  readonly made: Invitation[] = [];
  /** How long a minute of an invitation lasts: a test does not wait for fifteen. */
  minute = MINUTE;
  /** Told to every stream after a change. */
  onPhone: (phone: Phone) => void = () => {};
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Null when the path is none of these. */
  answer(method: string, path: string, body: Record<string, unknown>, caller: Caller): { status?: number; body: unknown } | null {
    if (method === "GET" && path === "/crews") return { body: { items: this.#world.scenario.crews } };
    if (method === "GET" && path === "/phones") return { body: { items: this.#world.scenario.phones } };
    if (method === "POST" && path === "/invites") return { status: 201, body: this.#invite(body, caller) };
    const [, installation] = /^\/phones\/([^/]+)\/revoke$/.exec(path) ?? [];
    return method === "POST" && installation ? { body: this.#revoke(installation, body) } : null;
  }

  /** A phone as the server would tell of it, changed or new. */
  tell(phone: Phone): void {
    const { scenario } = this.#world;
    scenario.phones = [...scenario.phones.filter(({ installation }) => installation !== phone.installation), phone];
    this.onPhone(phone);
  }

  #invite({ person, valid_minutes, ...more }: Record<string, unknown>, { roles }: Caller): Invitation {
    if (Object.keys(more).length > 0) refuse(400, "invalid_field", `${Object.keys(more)[0]} is not wanted`);
    if (!Number.isInteger(valid_minutes) || (valid_minutes as number) < 1 || (valid_minutes as number) > 1440) refuse(400, "invalid_field", "valid_minutes is not between 1 and 1440");
    const crew = this.#world.scenario.crews.find(({ members }) => members.some(({ id }) => id === person)) ?? refuse(404, "not_found");
    if (!roles.some(({ role, district }) => role === "admin" || district === null || district === crew.district)) refuse(404, "not_found");
    const invitation = { ...DRAWN[this.made.length % DRAWN.length]!, expires_at: this.#world.now() + (valid_minutes as number) * this.minute, person: crew.members.find(({ id }) => id === person)! };
    this.made.push(invitation);
    return invitation;
  }

  #revoke(installation: string, { reason, ...more }: Record<string, unknown>): Phone {
    if (Object.keys(more).length > 0) refuse(400, "invalid_field", `${Object.keys(more)[0]} is not wanted`);
    if (typeof reason !== "string" || reason === "" || reason.trim() !== reason || reason.length > 200) refuse(400, "invalid_field", "reason is empty or has more than 200 characters");
    const phone = this.#world.scenario.phones.find((one) => one.installation === installation) ?? refuse(404, "not_found");
    // The first one stands.
    if (phone.revoked_at != null) return phone;
    const revoked: Phone = { ...phone, connected: false, revoked_at: this.#world.now(), revoked_reason: reason };
    this.tell(revoked);
    return revoked;
  }
}
