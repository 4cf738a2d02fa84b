/** What a cashier has to see in sessions, flags, books and receivables. Pure. */
import type { Amounts, Book, CashSession, Fen, Flag, Receivable } from "./api/collection";
import { minus, NOTHING, sumOf, total } from "./fen";

/** Whose turn it is: what is late first, then what can be settled now, then what is still on its way. */
export const SESSION_GROUPS = ["overdue", "closed", "open", "settled"] as const;
export type SessionGroup = (typeof SESSION_GROUPS)[number];

export function groupOf({ state, overdue }: Pick<CashSession, "state" | "overdue">): SessionGroup {
  return overdue ? "overdue" : state;
}

export function bySessionGroup(sessions: readonly CashSession[]): { group: SessionGroup; sessions: CashSession[] }[] {
  const of = (group: SessionGroup) => sessions.filter((session) => groupOf(session) === group);
  const sorted = (group: SessionGroup) => of(group).toSorted((a, b) => a.day.localeCompare(b.day) || a.opened_at - b.opened_at || a.session.localeCompare(b.session));
  return SESSION_GROUPS.map((group) => ({ group, sessions: sorted(group) })).filter(({ sessions: some }) => some.length > 0);
}

export const declaredIn = (session: Pick<CashSession, "deposits">): Amounts => sumOf(session.deposits.map(({ declared }) => declared));
export const confirmedIn = (session: Pick<CashSession, "deposits">): Amounts => sumOf(session.deposits.map(({ confirmed }) => confirmed));

/** What should be in the collector's bag while the session is open. */
export function inHand(session: CashSession): Amounts {
  return sumOf([{ ...NOTHING, cash: session.float }, session.net, minus(declaredIn(session))]);
}

/** One line of the closing identity; `by` is null where only the sum is known. */
export interface SumLine {
  name: "collected" | "voided" | "refunded" | "confirmed" | "float_difference" | "count_break" | "to_deposit" | "deposit_break";
  by: Amounts | null;
  fen: Fen;
}

export interface Identity {
  brought: SumLine[];
  net: Fen;
  /** Empty until the session is closed: before the count there is nothing to compare with. */
  accounted: SumLine[];
  sum: Fen | null;
}

/**
 * collected − voided − refunded = deposited + what the float became more + missing at the count + missing in the deposits. Before the
 * settlement what is still to be deposited stands in the last place, so the sum is whole from the close on.
 */
export function identityOf(session: CashSession): Identity {
  const line = (name: SumLine["name"], by: Amounts): SumLine => ({ name, by, fen: total(by) });
  const cash = (fen: Fen): Amounts => ({ ...NOTHING, cash: fen });
  const brought = [line("collected", session.collected), line("voided", minus(session.voided)), line("refunded", cash(-session.refunded))];
  const net = sum(brought);
  const { to_deposit, count_break, deposit_break, float_left, float } = session;
  if (to_deposit === null || count_break === null) return { brought, net, accounted: [], sum: null };
  const accounted = [
    line("confirmed", confirmedIn(session)),
    line("float_difference", cash((float_left ?? float) - float)),
    { name: "count_break" as const, by: null, fen: count_break },
    deposit_break === null ? line("to_deposit", to_deposit) : { name: "deposit_break" as const, by: to_deposit, fen: deposit_break },
  ];
  return { brought, net, accounted, sum: sum(accounted) };
}

/** The lines add up, and to what the server says came in. */
export function addsUp(session: CashSession, { net, sum: accounted }: Identity): boolean {
  return net === total(session.net) && (accounted === null || accounted === net);
}

function sum(lines: readonly SumLine[]): Fen {
  return lines.reduce((all, { fen }) => all + fen, 0);
}

/** A settlement with money missing or too much is never without a word on it. */
export const needsReason = ({ to_deposit }: Pick<CashSession, "to_deposit">): boolean => to_deposit !== null && total(to_deposit) !== 0;

/** A flag's name is unique in its journal only. */
export const flagKey = ({ book, flag }: Pick<Flag, "book" | "flag">): string => `${book}/${flag}`;

/** Open ones first, the oldest first; what was decided last comes first among the decided. */
export function byFlag(flags: readonly Flag[]): Flag[] {
  const at = ({ resolved, raised_at }: Flag) => (resolved ? -resolved.at : raised_at);
  return flags.toSorted((a, b) => Number(a.resolved !== null) - Number(b.resolved !== null) || at(a) - at(b) || flagKey(a).localeCompare(flagKey(b)));
}

export const TICKET_PARTS = ["used", "voided", "disputed", "missing", "returned", "frozen", "left"] as const;
export type TicketPart = (typeof TICKET_PARTS)[number];

/** The parts of a book in the order of the bar. Whatever the server does not explain is a part of its own and not left out. */
export function partsOf(book: Book): { part: TicketPart | "unexplained"; count: number }[] {
  const parts = TICKET_PARTS.map((part) => ({ part, count: book[part] }));
  const rest = book.drawn - parts.reduce((all, { count }) => all + count, 0);
  return rest === 0 ? parts : [...parts, { part: "unexplained", count: rest }];
}

/** What may still be issued first, then what is still to be handed in. */
const BOOK_ORDER: readonly Book["state"][] = ["leased", "frozen", "used_up", "returned", "handed_over"];

export function byBook(books: readonly Book[]): Book[] {
  const rank = ({ state }: Book) => BOOK_ORDER.indexOf(state);
  return books.toSorted((a, b) => rank(a) - rank(b) || Number(b.low) - Number(a.low) || a.collector.name.localeCompare(b.collector.name) || a.series.localeCompare(b.series) || a.first - b.first);
}

export function ticketText(series: string, number: number): string {
  return `${series}-${`${number}`.padStart(8, "0")}`;
}

export function openOf({ state, amount, paid }: Receivable): Fen {
  return state === "withdrawn" ? 0 : Math.max(0, amount - paid);
}

export interface ReceivableTotals {
  amount: Fen;
  open: Fen;
  paid: Fen;
  written_off: Fen;
  prepaid: Fen;
}

/** What billing took back is owed by nobody. */
export function totalsOf(receivables: readonly Receivable[]): ReceivableTotals {
  const all: ReceivableTotals = { amount: 0, open: 0, paid: 0, written_off: 0, prepaid: 0 };
  for (const one of receivables) {
    if (one.state !== "withdrawn") all.amount += one.amount;
    all.open += openOf(one);
    all.paid += one.paid;
    all.written_off += one.written_off;
    all.prepaid += one.prepaid;
  }
  return all;
}
