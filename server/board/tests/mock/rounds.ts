/** Two days of field collection in Fuzhou, the same at every run: five collectors, every kind of break, every state of a book. */
import type { Amounts, Book, Deposit, Fen, Flag, JournalEntry, Receivable } from "../../src/api/collection";
import type { Millis, PersonRef, Phone } from "../../src/api/types";
import { NOTHING } from "../../src/fen";
import { GIVEN, ROADS, SURNAMES } from "./places";
import { DAY, MINUTE, randomness, uuid, type Random } from "./timeline";

export interface Round {
  session: string;
  device: string;
  device_name: string;
  book: string;
  collector: PersonRef;
  district: string;
  opened: Millis;
  float: Fen;
  deposits: Deposit[];
  closing: { at: Millis; counted: Amounts; floatLeft: Fen; reason: string | null } | null;
  settled: boolean;
  depositReason: string | null;
  entries: JournalEntry[];
}

export interface Rounds {
  rounds: Round[];
  books: Book[];
  flags: Flag[];
  receivables: Receivable[];
}

/** What can be decided, as the protocol has it. */
export const CHOICES: Record<string, string[]> = {
  double_payment: ["keep_as_prepayment", "refund_customer"], voided_and_deposited: ["void_stands", "look_for_money"],
  count_break: ["collector_makes_good", "company_bears"], deposit_break: ["collector_makes_good", "company_bears"],
  bad_signature: ["count", "do_not_count"], amount_due_altered: ["count", "do_not_count"], not_permitted: ["count", "do_not_count"],
  number_taken: ["looked_into"], chain_broken: ["looked_into"], key_changed: ["looked_into"], after_freeze: ["looked_into"],
};

const SERIES = "FZ";
const HOUR = 60 * MINUTE;
const cash = (fen: Fen): Amounts => ({ ...NOTHING, cash: fen });

export function collectionOf(now: Millis, phones: readonly Phone[]): Rounds {
  const people = phones.map(({ person }) => person);
  const random = randomness(20_261_128);
  const district = uuid(1, 1);
  const books = phones.map((phone, i) => bookOf(i, phone, district, now));
  const receivables = people.flatMap((collector, i) => duesOf(collector, i, random));
  const start = (i: number, opened: Millis, receipts: number, float = 20_000): Round => {
    const collector = people[i]!;
    const book = books[i]!;
    const entries = entriesOf(book, receivables.filter((one) => one.collector?.id === collector.id).slice(0, receipts), opened, random);
    return {
      session: uuid(i * 10 + receipts, 12), device: book.device, device_name: book.device_name, book: book.book, collector, district, opened, float, deposits: [], closing: null, settled: false, depositReason: null, entries,
    };
  };
  const rounds = [overdue(start(0, now - DAY - 2 * HOUR, 6)), toSettle(start(1, now - 8 * HOUR, 9)), waiting(start(2, now - 7 * HOUR, 7)), start(3, now - 5 * HOUR, 5), settled(start(4, now - 9 * HOUR, 4), now)];
  for (const round of rounds) account(round, books.find(({ book }) => book === round.book)!, receivables);
  return { rounds, books: [...books, ...otherBooks(books, now)], flags: flagsOf(rounds, now), receivables };
}

/** Yesterday's: closed with 30 yuan missing, deposited and confirmed. */
function overdue(round: Round): Round {
  const net = netOf(round);
  const counted = { ...net, cash: net.cash + round.float - 3000 };
  const slip: Amounts = { ...counted, cash: counted.cash - round.float };
  seal(round, { slip: "20261122-0017", bank: "工商银行五四支行", declared: slip, confirmed: slip }, round.opened + 6 * HOUR);
  close(round, cash(round.float), "点钞时少 30 元，可能多找零", round.opened + 7 * HOUR);
  return round;
}

/** Closed, two slips, one of them confirmed: the rest is for the cashier now. */
function toSettle(round: Round): Round {
  entry(round, "voided", { ticket: round.entries[3]!.ticket, amount: -round.entries[3]!.amount, reason: "户号开错，已重开" });
  round.entries[3]!.state = "voided";
  const net = netOf(round);
  const first = cash(Math.floor(net.cash / 2));
  seal(round, { slip: "20261123-0031", bank: "建设银行湖东支行", declared: first, confirmed: first }, round.opened + 3 * HOUR);
  seal(round, { slip: "20261123-0058", bank: "建设银行湖东支行", declared: { ...net, cash: net.cash - first.cash }, confirmed: null }, round.opened + 6 * HOUR);
  close(round, cash(round.float), null, round.opened + 7 * HOUR);
  return round;
}

/** Closed with 5 yuan too much, one slip that waits. */
function waiting(round: Round): Round {
  entry(round, "refunded", { ticket: "FZ-00000088", amount: -4260, reason: "上期重复缴费，退还客户" });
  const net = netOf(round);
  seal(round, { slip: "20261123-0044", bank: "农业银行金山支行", declared: net, confirmed: null }, round.opened + 5 * HOUR);
  close(round, cash(round.float + 500), "多 5 元，来源不明", round.opened + 6 * HOUR);
  round.closing!.floatLeft = round.float + 500;
  return round;
}

function settled(round: Round, now: Millis): Round {
  const net = netOf(round);
  const short: Amounts = { ...net, cash: net.cash - 1000 };
  seal(round, { slip: "20261123-0009", bank: "工商银行五四支行", declared: net, confirmed: short }, round.opened + 4 * HOUR);
  close(round, cash(round.float), null, now - 2 * HOUR);
  round.settled = true;
  round.depositReason = "银行清点少一张 10 元假币，收费员已知悉";
  return round;
}

function netOf({ entries }: Round): Amounts {
  const sum = { ...NOTHING };
  for (const { act, amount, method, state } of entries) if (act === "refunded" || (act === "receipt" && state === "counted")) sum[method ?? "cash"] += amount;
  return sum;
}

function seal(round: Round, deposit: Deposit, at: Millis): void {
  round.deposits.push(deposit);
  entry(round, "deposited", { reason: `${deposit.slip} ${deposit.bank}` }, at);
}

function close(round: Round, counted: Amounts, reason: string | null, at: Millis): void {
  round.closing = { at, counted, floatLeft: round.float, reason };
  entry(round, "session_closed", { reason }, at);
}

function entry(round: Round, act: string, more: Partial<JournalEntry>, at?: Millis): void {
  const last = round.entries.at(-1)!;
  round.entries.push(blank(last.seq + 1, act, at ?? last.at + 4 * MINUTE, more));
}

function blank(seq: number, act: string, at: Millis, more: Partial<JournalEntry> = {}): JournalEntry {
  const hash = [...`${act}${seq}${at}`].reduce((sum, char) => (Math.imul(sum, 31) + char.charCodeAt(0)) >>> 0, 7).toString(16).padStart(8, "0").repeat(8);
  return { seq, act, at, received_at: at + 20_000, ticket: null, amount: 0, account: null, customer: null, period: null, method: null, prepaid: 0, state: null, signed: true, reason: null, hash, ...more };
}

function entriesOf(book: Book, due: Receivable[], opened: Millis, random: Random): JournalEntry[] {
  const receipts = due.map((one, n): JournalEntry => {
    const prepaid = n === 2 ? 3660 : 0;
    return blank(42 + n, "receipt", opened + (n + 1) * 25 * MINUTE, {
      ticket: ticket(book.first + book.used + n), amount: one.amount + prepaid, account: one.account, customer: one.customer, period: one.period, method: random.pick(["cash", "cash", "terminal", "cheque"] as const), prepaid,
      state: "counted", signed: n !== due.length - 1,
    });
  });
  return [blank(41, "session_opened", opened), ...receipts];
}

/** A receipt uses a ticket and pays a bill; a settled session writes it off. */
function account(round: Round, book: Book, receivables: Receivable[]): void {
  for (const one of round.entries.filter(({ act }) => act === "receipt")) {
    book[one.state === "voided" ? "voided" : "used"] += 1;
    book.left -= 1;
    const due = receivables.find(({ account: of }) => of === one.account);
    if (!due || one.state === "voided") continue;
    Object.assign(due, { paid: one.amount - one.prepaid, prepaid: one.prepaid, state: "paid", written_off: round.settled ? one.amount - one.prepaid : 0 } satisfies Partial<Receivable>);
  }
  book.low = book.left * 100 <= book.drawn * 20;
}

function duesOf(collector: PersonRef, i: number, random: Random): Receivable[] {
  return Array.from({ length: 12 }, (_, n) => ({
    receivable: uuid(i * 100 + n, 13), reference: `B202610-${i + 1}${`${n + 1}`.padStart(3, "0")}`, account: `3501${`${20_000_000 + i * 1_000_000 + n * 7919}`.slice(-8)}`,
    customer: random.pick(SURNAMES) + random.pick(GIVEN), address: random.pick(ROADS), period: n % 5 === 4 ? "2026-09" : "2026-10", amount: n === 5 ? 128_640_00 : 4_000 + random.below(48_000), paid: 0, prepaid: 0, written_off: 0, collector, state: "open" as const,
  }));
}

function ticket(number: number): string {
  return `${SERIES}-${`${number}`.padStart(8, "0")}`;
}

/** How much of each book was used before today. */
const USED = [38, 12, 4, 21, 31];

function bookOf(i: number, { installation, name, person }: Phone, district: string, now: Millis): Book {
  const first = 101 + i * 50;
  const used = USED[i] ?? 0;
  return {
    book: uuid(first, 11), series: SERIES, first, last: first + 49, collector: person, device: installation, device_name: name, district,
    leased_at: now - (9 - i) * DAY, state: "leased", taken: true, drawn: 50, used, voided: 0, disputed: 0, missing: 0, returned: 0, frozen: 0, left: 50 - used, low: false, frozen_reason: null,
  };
}

/** The books before these, in every other state. */
function otherBooks(books: Book[], now: Millis): Book[] {
  const like = (i: number, first: number, more: Partial<Book>): Book => ({ ...books[i]!, book: uuid(first, 11), first, last: first + 49, leased_at: now - 30 * DAY, left: 0, low: false, ...more });
  return [
    like(0, 1, { state: "used_up", used: 46, voided: 3, disputed: 1 }), like(1, 51, { state: "handed_over", used: 41, voided: 2, returned: 7 }),
    like(3, 351, { state: "frozen", used: 17, missing: 1, frozen: 32, frozen_reason: "手机遗失，已报警" }), like(4, 401, { state: "leased", taken: false, used: 0, left: 50, leased_at: now - HOUR }),
  ];
}

function flagsOf(rounds: Round[], now: Millis): Flag[] {
  const flag = (i: number, kind: string, more: Partial<Flag>): Flag => {
    const { book, collector, session } = rounds[i]!;
    return { flag: `${kind}/${more.ticket ?? session}`, book, kind, collector, session, ticket: null, amount: null, detail: "", raised_at: now - (9 - i) * HOUR, choices: CHOICES[kind]!, resolved: null, ...more };
  };
  const decided = { choice: "looked_into", note: "手机维修后重新装机", by_name: "许静怡", at: now - 3 * HOUR };
  return [
    flag(0, "count_break", { amount: 3000, detail: "30.00 is missing from what should be in hand" }),
    flag(1, "double_payment", { amount: 8640, ticket: rounds[1]!.entries[2]!.ticket, detail: "the bill was paid with FZ-00000140 before" }),
    flag(2, "count_break", { amount: -500, detail: "5.00 more is in hand than there should be" }),
    flag(3, "after_freeze", { amount: 4210, ticket: "FZ-00000369", detail: "the book was frozen when the receipt arrived" }),
    flag(4, "deposit_break", { amount: 1000, detail: "10.00 is missing in the deposits of the session" }),
    flag(4, "key_changed", { flag: "key_changed/45", session: null, detail: "entry 45 names another key than before", resolved: decided }),
  ];
}
