/**
 * The wire shapes of `docs/api.md`, name for name; `detail.ts` holds an item's detail, `kinds.ts` the descriptions of
 * kinds, `collection.ts` what is about money. Times are
 * milliseconds since 1970 UTC as the *server* counts them; ids are UUIDs. Nothing is invented: a field that the contract does not have
 * does not belong here.
 */

export type Millis = number;

/** The same for every kind of work; the order is the list's: what waits for the office first, what is closed last. */
export const PHASES = [
  "new", "declined", "disputed", "assigned", "accepted", "departed", "arrived", "working", "suspended",
  "not_done", "done", "followed_up", "cancelled", "linked", "archived",
] as const;
export type Phase = (typeof PHASES)[number];

export const AREA_CLASSES = ["urban", "rural", "remote"] as const;
export type AreaClass = (typeof AREA_CLASSES)[number];

export type Priority = "urgent" | "normal";
export type Verdict = "awaiting" | "met" | "breached" | "undecidable";

/** What can be proven about an instant; an end is null when the evidence gives no bound on that side. */
export interface Interval {
  earliest: Millis | null;
  latest: Millis | null;
}

/** A time limit. `limit_ms` is null where workdays are counted, `due_at` is then the calendar's. */
export interface Clock {
  name: string;
  limit_ms: Millis | null;
  due_at: Millis;
  verdict: Verdict;
  stopped: Interval | null;
}

/** A JSON value whose meaning a field's description gives. */
export type Value = unknown;
export type Body = Record<string, Value>;

/** A conflict that a person has to decide: `rule` is its number in the conflict catalogue, `events` the sides. */
export interface Attention {
  id: string;
  rule: number;
  kind: string;
  events: string[];
  choices: string[];
}

export interface Customer {
  name: string;
  phone?: string | null;
  account?: string | null;
}

export interface Site {
  address: string;
  street_code?: string | null;
}

export interface Row {
  id: string;
  number: string;
  kind: string;
  revision: number;
  /** The kind's own name for where it stands; `phase` is what all kinds share. */
  state: string;
  phase: Phase;
  district: string;
  crew: string | null;
  lead: string | null;
  priority: Priority;
  area_class: AreaClass;
  customer: Customer;
  site: Site;
  about: Body;
  reported_at: Millis;
  updated_at: Millis;
  appointment: Millis | null;
  late_events: number;
  clocks: Clock[];
  attachments: { total: number; stored: number };
  /** Names of the steps that the item's state permits. */
  next: { office: string[]; crew: string[] };
  attention: Attention[];
}

export interface PersonRef {
  id: string;
  name: string;
}

export interface District {
  id: string;
  name: string;
}

export interface Crew {
  id: string;
  name: string;
  district: string;
  members: PersonRef[];
}

export interface Phone {
  installation: string;
  name: string;
  person: PersonRef;
  crew: string | null;
  connected: boolean;
  last_contact: Millis | null;
  pending_edits: number;
  oldest_pending_at: Millis | null;
  needs_attention: number;
  behind_entries: number;
  app_version: string;
  /** Null, like what follows, on a server that does not tell it. */
  enrolled_at?: Millis | null;
  revoked_at?: Millis | null;
  revoked_reason?: string | null;
}

/** A one-time code for one person, which makes the phone that uses it theirs. `qr` are rows of modules, `1` for a dark one, without quiet zone. */
export interface Invitation {
  code: string;
  expires_at: Millis;
  link: string;
  qr: string[];
  person: PersonRef;
}

export interface Person {
  id: string;
  name: string;
  username: string;
  roles: { role: string; district: string | null }[];
  crew: { id: string; name: string; district: string } | null;
}

export interface Session {
  person: Person;
  expires_at: Millis;
  server_time: Millis;
}

export interface NewWork {
  kind: string;
  district: string;
  customer: { name: string; phone?: string; account?: string };
  site: { address: string; street_code?: string };
  area_class: AreaClass;
  priority: Priority;
  about: Body;
  on_road?: boolean;
  at_height?: boolean;
}

export interface Snapshot {
  server_time: Millis;
  revision: number;
  items: Row[];
  phones: Phone[];
  crews: Crew[];
  districts: District[];
}

export type StreamEvent =
  | { type: "snapshot"; data: Snapshot }
  | { type: "item"; data: Row }
  | { type: "phone"; data: Phone }
  /** Journals, books or receivables changed: what shows them asks again. */
  | { type: "collection"; data: { revision: number } }
  /** Other refused edits wait for a decision than before: what shows them asks again. */
  | { type: "quarantine"; data: { revision: number } }
  | { type: "tick"; data: { server_time: Millis } };

/** An RFC 9457 problem document as the server writes it; `state` comes with `state_conflict`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail?: string | null;
  retry_after_ms?: number | null;
  state?: string;
}
