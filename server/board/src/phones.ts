/** Which phones need a dispatcher's eye, whom a phone can be given to, and what an invitation says. Pure. */
import type { Crew, Invitation, Millis, Person, PersonRef, Phone } from "./api/types";
import { found } from "./find";

/** An edit that waits longer than this on a phone is worth a call: an urban arrival limit is 45 min. */
export const STALE_EDIT_MS = 30 * 60_000;

export const TROUBLES = ["refused", "stale_edits", "pending_offline", "offline", "behind", "fine", "revoked"] as const;
export type Trouble = (typeof TROUBLES)[number];
/** Worth a call now; a phone that is only out of reach may lie in a tunnel. */
const WORTH_A_LOOK: ReadonlySet<Trouble> = new Set(["refused", "stale_edits"]);

export function troubleOf(phone: Phone, now: Millis): Trouble {
  if (revokedAt(phone) !== null) return "revoked";
  if (phone.needs_attention > 0) return "refused";
  if (phone.pending_edits > 0 && oldestAge(phone, now) > STALE_EDIT_MS) return "stale_edits";
  if (phone.pending_edits > 0 && !phone.connected) return "pending_offline";
  if (!phone.connected) return "offline";
  return phone.behind_entries > 0 ? "behind" : "fine";
}

/** By sound, whatever language the browser speaks: two desks see one order. */
const NAMES = new Intl.Collator("zh-CN");

/** Those that are in order stand by name and not by contact, or every sign of life would move a row. What was revoked last comes first among its like. */
export function byTrouble(phones: Iterable<Phone>, now: Millis): Phone[] {
  const rank = (phone: Phone) => TROUBLES.indexOf(troubleOf(phone, now));
  return [...phones].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (revokedAt(b) ?? 0) - (revokedAt(a) ?? 0) ||
      oldestAt(a) - oldestAt(b) ||
      silentSince(a) - silentSince(b) ||
      NAMES.compare(a.person.name, b.person.name) ||
      a.installation.localeCompare(b.installation),
  );
}

export const revokedAt = (phone: Phone): Millis | null => phone.revoked_at ?? null;
const oldestAt = (phone: Phone): Millis => (phone.pending_edits > 0 ? phone.oldest_pending_at : null) ?? Number.MAX_SAFE_INTEGER;
const silentSince = (phone: Phone): Millis => (phone.connected ? Number.MAX_SAFE_INTEGER : (phone.last_contact ?? 0));

function oldestAge(phone: Phone, now: Millis): Millis {
  return phone.oldest_pending_at === null ? 0 : now - phone.oldest_pending_at;
}

/** The stream tells of phones in use, so those revoked before are asked for. A revocation is for good: whoever tells of one is right. */
export function withRevoked(live: ReadonlyMap<string, Phone>, asked: readonly Phone[]): ReadonlyMap<string, Phone> {
  const revoked = asked.filter((phone) => revokedAt(phone) !== null);
  return new Map([...live, ...revoked.map((phone) => [phone.installation, phone] as const)]);
}

export interface Tally {
  total: number;
  connected: number;
  edits: number;
  look: number;
  revoked: number;
}

/** What a revoked phone still holds is counted for nobody: it will be decided about when it arrives. */
export function tallyOf(phones: Iterable<Phone>, now: Millis): Tally {
  const tally: Tally = { total: 0, connected: 0, edits: 0, look: 0, revoked: 0 };
  for (const phone of phones) {
    const trouble = troubleOf(phone, now);
    if (trouble === "revoked") {
      tally.revoked += 1;
      continue;
    }
    tally.total += 1;
    tally.edits += phone.pending_edits;
    if (phone.connected) tally.connected += 1;
    if (WORTH_A_LOOK.has(trouble)) tally.look += 1;
  }
  return tally;
}

/** `word` is the trouble as it stands in the list, so that it can be looked for too. */
export function matches(phone: Phone, text: string, crew: string | null, word: string): boolean {
  return found(text.trim(), [phone.person.name, crew, phone.name, phone.app_version, phone.installation, phone.revoked_reason ?? null, word]);
}

/** What two people compare on the phone line. */
export const lastSix = (installation: string): string => installation.slice(-6);

export interface Invitee extends PersonRef {
  crews: string[];
}

/** An administrator invites anybody, a dispatcher the people of crews in the districts of the role. The server decides. */
export function inviteesOf(crews: Iterable<Crew>, { roles }: Pick<Person, "roles">): Invitee[] {
  const everywhere = roles.some(({ role, district }) => role === "admin" || (role === "dispatcher" && district === null));
  const here = new Set(roles.filter(({ role }) => role === "dispatcher").map(({ district }) => district));
  const people = new Map<string, Invitee>();
  for (const crew of crews) {
    if (!everywhere && !here.has(crew.district)) continue;
    for (const { id, name } of crew.members) {
      const person = people.get(id) ?? { id, name, crews: [] };
      person.crews.push(crew.name);
      people.set(id, person);
    }
  }
  return [...people.values()].sort((a, b) => NAMES.compare(a.crews[0]!, b.crews[0]!) || NAMES.compare(a.name, b.name));
}

/** The minutes that were typed, full-width digits too; null when they are none. */
export function minutesOf(typed: string): number | null {
  const text = typed.normalize("NFKC").trim();
  const minutes = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return minutes >= 1 && minutes <= MAX_MINUTES ? minutes : null;
}

/** As long as it takes somebody to install the app and scan. */
export const USUAL_MINUTES = 15;
const MAX_MINUTES = 24 * 60;

/** A code is read aloud group by group. */
export const groupsOf = ({ code }: Pick<Invitation, "code">): string[] => code.split("-");

/** Whoever types the code instead of scanning it needs the server's address too. */
export function serverOf({ link }: Pick<Invitation, "link">): string | null {
  return /[?&]server=([^&#]+)/.exec(link)?.[1] ?? null;
}

/** The phone that the invitation has made: the person's, and not there before. */
export function enrolledBy({ person }: Pick<Invitation, "person">, phones: Iterable<Phone>, before: ReadonlySet<string>): Phone | null {
  return [...phones].find((phone) => phone.person.id === person.id && !before.has(phone.installation)) ?? null;
}
