/** The shapes of field collection, name for name as docs/api.md has them. Money is integer fen; days are `2026-11-28`. */
import type { Millis, PersonRef } from "./types";

export type Fen = number;

/** By how it was paid. */
export interface Amounts {
  cash: Fen;
  cheque: Fen;
  terminal: Fen;
}

export interface Deposit {
  slip: string;
  bank: string | null;
  /** What the collector says; null for a slip that only the cashier knows. */
  declared: Amounts | null;
  confirmed: Amounts | null;
}

/** A collector's day. What is missing counts as above zero, what is too much as below. */
export interface CashSession {
  session: string;
  device: string;
  device_name: string;
  book: string;
  collector: PersonRef;
  district: string;
  day: string;
  opened_at: Millis;
  closed_at: Millis | null;
  state: "open" | "closed" | "settled";
  overdue: boolean;
  float: Fen;
  float_left: Fen | null;
  receipts: number;
  voided_receipts: number;
  collected: Amounts;
  voided: Amounts;
  refunded: Fen;
  net: Amounts;
  deposits: Deposit[];
  to_deposit: Amounts | null;
  count_break: Fen | null;
  deposit_break: Fen | null;
  count_reason: string | null;
  deposit_reason: string | null;
  open_flags: number;
}

/** One entry of a phone's journal. */
export interface JournalEntry {
  seq: number;
  act: string;
  at: Millis;
  received_at: Millis;
  ticket: string | null;
  amount: Fen;
  account: string | null;
  customer: string | null;
  period: string | null;
  method: "cash" | "cheque" | "terminal" | null;
  prepaid: Fen;
  state: "counted" | "voided" | "refunded" | "disputed" | null;
  signed: boolean;
  reason: string | null;
  hash: string;
}

export interface SessionDetail extends CashSession {
  entries: JournalEntry[];
  flags: Flag[];
}

export interface Book {
  book: string;
  series: string;
  first: number;
  last: number;
  collector: PersonRef;
  device: string;
  device_name: string;
  district: string;
  leased_at: Millis;
  state: "leased" | "used_up" | "returned" | "frozen" | "handed_over";
  taken: boolean;
  drawn: number;
  used: number;
  voided: number;
  disputed: number;
  missing: number;
  returned: number;
  frozen: number;
  left: number;
  low: boolean;
  frozen_reason: string | null;
}

/** Something about money that no rule can settle; `flag` is its name within the journal. */
export interface Flag {
  flag: string;
  book: string;
  kind: string;
  collector: PersonRef;
  session: string | null;
  ticket: string | null;
  amount: Fen | null;
  detail: string;
  raised_at: Millis;
  choices: string[];
  resolved: { choice: string; note: string; by_name: string | null; at: Millis } | null;
}

export interface Receivable {
  receivable: string;
  reference: string;
  account: string;
  customer: string;
  address: string;
  period: string;
  amount: Fen;
  paid: Fen;
  prepaid: Fen;
  written_off: Fen;
  collector: PersonRef | null;
  state: "open" | "paid" | "withdrawn";
}
