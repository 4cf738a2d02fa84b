/** What `GET /v1/work/{id}` adds to a row, and the edits that were refused. */
import type { Body, Interval, Millis, Row, Value } from "./types";

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
  body: Body | null;
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

/** How the work ended, once for each ending that somebody recorded (rule 6 keeps both). */
export interface Report {
  event: string;
  step: string;
  by: Author;
  body: Body | null;
}

export interface RecordedValue {
  value: Value;
  event: string;
  by: Author;
}

/** A reading or an answer; `path` leads to it, such as `removed/1`. */
export interface ValueLine extends RecordedValue {
  path: string;
  billing: boolean;
  conflicting: RecordedValue[];
}

export interface SafetyGate {
  required: string[];
  done: Report[];
  missing: string[];
  /** The event of a start that was forced with steps missing. */
  forced: string | null;
}

/** A photo or page, by its hash; `stored` is false while its bytes are still on the phone. */
export interface FileReference {
  hash: string;
  kind: string;
  mime: string;
  bytes: number;
  taken_at: Millis;
  caption: string;
  stored: boolean;
  event: string;
}

export interface Signature {
  event: string;
  role: string;
  name: string;
  svg: string;
}

/** Somebody who reported the same fault; each is asked afterwards (rule 15). */
export interface Reporter {
  document: string;
  number: string;
  reported_at: Millis;
  customer: string;
  asked: boolean;
}

/** An edit of a phone that was refused and is kept. */
export interface QuarantinedEdit {
  installation: string;
  device_seq: number;
  person: string;
  received_at: Millis;
  reason: string;
  detail: string;
  /** What the person had confirmed; null when the bytes cannot be read. */
  event_kind: string | null;
  body: Body | null;
}

/** The same as `GET /v1/quarantine` lists it. */
export interface RefusedEdit extends QuarantinedEdit {
  document: string;
  number: string | null;
  security: boolean;
  batch: string;
}

/** Refused edits that are decided together. Its id stands for exactly these edits. */
export interface RefusedBatch {
  id: string;
  installation: string;
  person: string;
  person_name: string | null;
  district: string | null;
  family: string;
  /** Whether they can be admitted; all can be dismissed. */
  admissible: boolean;
  received_at: Millis;
  edits: number[];
  documents: string[];
}

export interface DecidedEdit {
  installation: string;
  device_seq: number;
  document: string;
  refused: { reason: string; detail: string };
  fate: string;
}

/** What was decided about refused edits, or judged again by itself. */
export interface Decision {
  id: number;
  batch: string;
  choice: string;
  reason: string;
  by: string;
  by_name: string;
  at: Millis;
  edits: DecidedEdit[];
}

export interface Detail extends Row {
  notes: string;
  materials: Material[];
  reports: Report[];
  values: ValueLine[];
  safety: SafetyGate;
  files: FileReference[];
  signatures: Signature[];
  reporters: Reporter[];
  quarantined?: QuarantinedEdit[];
  decisions?: Decision[];
  history: HistoryEvent[];
}
