/**
 * The wire shapes of `docs/api.md`, name for name. Times are milliseconds since 1970 UTC as the *server* counts them; ids are UUIDs.
 * Nothing here is invented: a field that the contract does not have does not belong in this file.
 */

export type Millis = number;

export const STATES = [
  "reported", "declined", "disputed", "assigned", "accepted", "departed", "arrived", "work_started", "suspended",
  "restored", "not_done", "completed", "followed_up", "cancelled", "linked", "archived",
] as const;
export type ItemState = (typeof STATES)[number];

export const FAULTS = ["no_power", "low_voltage", "line_down", "meter_fault", "fire_or_smoke", "other"] as const;
export type FaultCategory = (typeof FAULTS)[number];

export const AREA_CLASSES = ["urban", "rural", "remote"] as const;
export type AreaClass = (typeof AREA_CLASSES)[number];

export type Priority = "urgent" | "normal";
export type Verdict = "awaiting" | "met" | "breached" | "undecidable";

/** What can be proven about an instant; an end is null when the evidence gives no bound on that side. */
export interface Interval {
  earliest: Millis | null;
  latest: Millis | null;
}

export interface Arrival {
  limit_ms: number;
  due_at: Millis;
  verdict: Verdict;
  arrived: Interval | null;
}

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
}

export interface Site {
  address: string;
  street_code?: string | null;
}

export interface Fault {
  category: FaultCategory;
  description: string;
}

export interface Row {
  id: string;
  number: string;
  kind: string;
  revision: number;
  state: ItemState;
  district: string;
  crew: string | null;
  lead: string | null;
  priority: Priority;
  area_class: AreaClass;
  customer: Customer;
  site: Site;
  fault: Fault;
  reported_at: Millis;
  updated_at: Millis;
  late_events: number;
  arrival: Arrival;
  attention: Attention[];
}

export interface PersonRef {
  id: string;
  name: string;
}

/** Who recorded an event; the server may know the id and not the name. */
export interface Author {
  id: string;
  name: string | null;
}

export interface HistoryEvent {
  id: string;
  kind: string;
  by: Author;
  device: string | null;
  device_seq: number | null;
  claimed_at: Millis;
  evidence: Interval;
  received_at: Millis;
  superseded: boolean;
  late: boolean;
  /** What the kind adds; null for kinds that add nothing. */
  body: Record<string, unknown> | null;
}

export interface MaterialLine {
  name: string;
  quantity: number;
  unit: string;
  by: string;
}

export interface Material extends MaterialLine {
  id: string;
  /** What others wrote for the same line without seeing this. */
  conflicting: MaterialLine[];
}

/** An edit of a phone that was refused and is kept. */
export interface QuarantinedEdit {
  installation: string;
  device_seq: number;
  person: string;
  received_at: Millis;
  reason: string;
  detail: string;
}

export interface Detail extends Row {
  notes: string;
  materials: Material[];
  quarantined?: QuarantinedEdit[];
  report: { cause?: string | null; remedy?: string | null } | null;
  history: HistoryEvent[];
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

export interface NewDispatch {
  district: string;
  customer: { name: string; phone?: string };
  site: { address: string; street_code?: string };
  area_class: AreaClass;
  fault: { category: FaultCategory; description: string };
  priority: Priority;
  reported_at?: Millis;
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
  | { type: "tick"; data: { server_time: Millis } };

/** An RFC 9457 problem document as the server writes it; `state` comes with `state_conflict`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail?: string | null;
  retry_after_ms?: number | null;
  state?: ItemState;
}
