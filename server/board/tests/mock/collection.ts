/** Field collection in memory: journals are folded into sessions and books as the server folds them, so that what the board adds up is true. */
import type { Amounts, Book, CashSession, Fen, Flag, JournalEntry, Receivable, SessionDetail } from "../../src/api/collection";
import type { Millis, PersonRef, Phone } from "../../src/api/types";
import { day } from "../../src/clock";
import { minus, NOTHING, plus, sumOf, total } from "../../src/fen";
import { CHOICES, collectionOf, type Round } from "./rounds";
import { refuse } from "./refusal";

export interface Clerk extends PersonRef {
  roles: { role: string; district: string | null }[];
}

export class Collection {
  rounds: Round[];
  books: Book[];
  flags: Flag[];
  receivables: Receivable[];
  /** Told to every stream after a change. */
  onChange: () => void = () => {};
  readonly now: () => Millis;

  constructor(now: () => Millis, phones: readonly Phone[]) {
    this.now = now;
    ({ rounds: this.rounds, books: this.books, flags: this.flags, receivables: this.receivables } = collectionOf(now(), phones));
  }

  /** Null when the path is none of field collection. */
  answer(method: string, path: string, query: URLSearchParams, body: Record<string, unknown>, clerk: Clerk): unknown {
    const [, place, id = "", act = "", more = ""] = /^\/collection\/([\w-]+)(?:\/([^/]+))?(?:\/([\w-]+))?(?:\/([\w-]+))?$/.exec(path) ?? [];
    if (!place) return null;
    const holds = (...roles: string[]) => clerk.roles.some(({ role }) => roles.includes(role));
    if (!holds("cashier", "dispatcher", "admin", ...(method === "GET" ? ["auditor"] : []))) refuse(403, "not_permitted", `role ${clerk.roles.map(({ role }) => role).join()} cannot do this`);
    if (method === "GET") return this.#read(place, id, query);
    const done = this.#act(`${place}/${act}${more && `/${more}`}`, id, body, clerk);
    this.onChange();
    return done;
  }

  #read(place: string, id: string, query: URLSearchParams): unknown {
    if (place === "sessions" && id) return this.detail(id);
    if (place === "sessions") return this.#sessions(query.get("day"));
    if (place === "books") return { items: this.books };
    if (place === "flags") return { items: this.flags.filter(({ resolved }) => resolved === null || query.get("all") === "true") };
    const [collector, open] = [query.get("collector"), query.get("open") === "true"];
    if (place === "receivables") return { items: this.receivables.filter((one) => (!collector || one.collector?.id === collector) && (!open || one.state === "open")) };
    return refuse(404, "not_found");
  }

  #sessions(of: string | null): unknown {
    const today = day(this.now());
    const all = this.rounds.map((round) => this.record(round));
    return { day: of ?? today, items: all.filter((one) => (of ? one.day === of : one.day === today || one.state !== "settled")) };
  }

  #act(what: string, id: string, body: Record<string, unknown>, clerk: Clerk): unknown {
    switch (what) {
      case "sessions/deposits": return this.#confirm(this.#round(id), body);
      case "sessions/settle": return this.#settle(this.#round(id), body);
      case "books/": return this.#lease(body);
      case "books/freeze": return this.#freeze(this.#book(id), body);
      case "books/hand-over": return this.#handOver(this.#book(id), body);
      case "books/flags/resolve": return this.#resolve(id, body, clerk);
      case "receivables/withdraw": return this.#withdraw(id, body);
      default: return refuse(404, "not_found");
    }
  }

  #round(id: string): Round {
    return this.rounds.find(({ session }) => session === id) ?? refuse(404, "not_found");
  }

  #book(id: string): Book {
    return this.books.find(({ book }) => book === id) ?? refuse(404, "not_found");
  }

  #confirm(round: Round, body: Record<string, unknown>): CashSession {
    only(body, "slip", "cash", "cheque", "terminal");
    const slip = text(body, "slip");
    const amounts = { cash: fen(body.cash), cheque: fen(body.cheque), terminal: fen(body.terminal) };
    if (total(amounts) <= 0) refuse(400, "invalid_field", "amounts are below zero, nothing at all, or too much");
    if (round.settled) refuse(409, "state_conflict", "the session is settled");
    const deposit = round.deposits.find((one) => one.slip === slip);
    if (deposit?.confirmed) refuse(409, "state_conflict", `slip ${slip} is confirmed already`);
    if (deposit) deposit.confirmed = amounts;
    else round.deposits.push({ slip, bank: null, declared: null, confirmed: amounts });
    return this.record(round);
  }

  #settle(round: Round, body: Record<string, unknown>): CashSession {
    only(body, "reason");
    if (!round.closing) refuse(409, "state_conflict", "the session is not closed");
    if (round.settled) refuse(409, "state_conflict", "the session is settled");
    const missing = total(this.record(round).to_deposit ?? NOTHING);
    if (missing !== 0 && !body.reason) refuse(409, "state_conflict", `${missing} fen are missing in the deposits: say why`);
    round.settled = true;
    round.depositReason = typeof body.reason === "string" ? text(body, "reason") : null;
    if (missing !== 0) this.#raise(round, "deposit_break", missing);
    return this.record(round);
  }

  #raise(round: Round, kind: string, amount: Fen): void {
    const { collector, session, book } = round;
    this.flags.push({ flag: `${kind}/${session}`, book, kind, collector, session, ticket: null, amount, detail: `${amount / 100} is missing in the deposits of the session`, raised_at: this.now(), choices: CHOICES[kind]!, resolved: null });
  }

  #lease(body: Record<string, unknown>): Book {
    only(body, "collector", "device", "count");
    const like = this.books.find(({ collector }) => collector.id === body.collector) ?? refuse(409, "state_conflict", "the person is no collector");
    if (typeof body.count !== "number" || body.count < 1 || body.count > 200) refuse(400, "invalid_field", "count is not between 1 and 200");
    const first = Math.max(...this.books.map(({ last }) => last)) + 1;
    const book: Book = {
      ...like, book: `${like.book.slice(0, -4)}${`${first}`.padStart(4, "0").slice(-4)}`, first, last: first + body.count - 1, device: text(body, "device"), leased_at: this.now(), state: "leased", taken: false,
      drawn: body.count, used: 0, voided: 0, disputed: 0, missing: 0, returned: 0, frozen: 0, left: body.count, low: false, frozen_reason: null,
    };
    this.books.push(book);
    return book;
  }

  #freeze(book: Book, body: Record<string, unknown>): Book {
    only(body, "reason");
    if (book.state === "frozen") refuse(409, "state_conflict", "the book is frozen already");
    return Object.assign(book, { state: "frozen", frozen_reason: text(body, "reason"), frozen: book.left, left: 0, low: false } satisfies Partial<Book>);
  }

  #handOver(book: Book, body: Record<string, unknown>): Book {
    only(body, "voided", "unused");
    const unused = book.left + book.returned + book.frozen;
    if (body.voided !== book.voided || body.unused !== unused) {
      refuse(409, "state_conflict", `${book.voided} voided and ${unused} unused tickets are expected, not ${body.voided} and ${body.unused}`);
    }
    return Object.assign(book, { state: "handed_over", returned: book.returned + book.left, left: 0, low: false } satisfies Partial<Book>);
  }

  #resolve(id: string, body: Record<string, unknown>, clerk: Clerk): Flag {
    only(body, "flag", "choice", "note");
    const flag = this.flags.find((one) => one.book === id && one.flag === body.flag) ?? refuse(404, "not_found");
    if (flag.resolved) refuse(409, "state_conflict", "it is decided already");
    if (!flag.choices.includes(body.choice as string)) refuse(400, "invalid_field", "choice is not offered");
    if (typeof body.note !== "string") refuse(400, "invalid_field", "note is missing");
    flag.resolved = { choice: body.choice as string, note: body.note, by_name: clerk.name, at: this.now() };
    return flag;
  }

  #withdraw(id: string, body: Record<string, unknown>): Receivable {
    only(body, "reason");
    text(body, "reason");
    const one = this.receivables.find(({ receivable }) => receivable === id) ?? refuse(404, "not_found");
    if (one.state !== "open") refuse(409, "state_conflict", `the receivable is ${one.state}`);
    return Object.assign(one, { state: "withdrawn" } satisfies Partial<Receivable>);
  }

  /** The fold of a journal: what `Ledger` of the protocol makes of it. */
  record(round: Round): CashSession {
    const { session, device, device_name, book, collector, district, opened, float, closing, deposits, entries, settled } = round;
    const receipts = entries.filter(({ act, state }) => act === "receipt" && state !== "disputed");
    const by = (some: JournalEntry[]) => sumOf(some.map(({ method, amount }) => ({ ...NOTHING, [method ?? "cash"]: amount }) as Amounts));
    const voids = receipts.filter(({ state }) => state === "voided");
    const [collected, voided] = [by(receipts), by(voids)];
    const refunded = -entries.filter(({ act }) => act === "refunded").reduce((all, { amount }) => all + amount, 0);
    const net = sumOf([collected, minus(voided), { ...NOTHING, cash: -refunded }]);
    const declared = sumOf(deposits.map((one) => one.declared));
    const confirmed = sumOf(deposits.map((one) => one.confirmed));
    const expected = sumOf([{ ...NOTHING, cash: float }, net, minus(declared)]);
    const left = closing && sumOf([declared, closing.counted, { ...NOTHING, cash: -closing.floatLeft }, minus(confirmed)]);
    const state = settled ? "settled" : closing ? "closed" : "open";
    return {
      session, device, device_name, book, collector, district, day: day(opened), opened_at: opened, closed_at: closing?.at ?? null, state,
      overdue: state !== "settled" && day(opened) < day(this.now()), float, float_left: closing?.floatLeft ?? null, receipts: receipts.length - voids.length, voided_receipts: voids.length,
      collected, voided, refunded, net, deposits: deposits.map((one) => ({ ...one })), to_deposit: left, count_break: closing && total(plus(expected, minus(closing.counted))),
      deposit_break: settled && left ? total(left) : null, count_reason: closing?.reason ?? null, deposit_reason: round.depositReason,
      open_flags: this.flags.filter((flag) => flag.session === session && flag.resolved === null).length,
    };
  }

  detail(id: string): SessionDetail {
    const round = this.#round(id);
    return { ...this.record(round), entries: round.entries, flags: this.flags.filter(({ session }) => session === id) };
  }

  /** The round of a collector, by name. */
  of(name: string, n = 0): Round {
    const found = this.rounds.filter(({ collector }) => collector.name === name)[n];
    if (!found) throw new Error(`${name} has no ${n + 1}. round`);
    return found;
  }
}

function only(body: Record<string, unknown>, ...names: string[]): void {
  const other = Object.keys(body).find((name) => !names.includes(name));
  if (other) refuse(400, "invalid_field", `${other} is not wanted`);
}

function text(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  return typeof value === "string" && value.trim() === value && value !== "" ? value : refuse(400, "invalid_field", `${name} is missing`);
}

function fen(value: unknown): Fen {
  return Number.isInteger(value) && (value as number) >= 0 ? (value as number) : refuse(400, "invalid_field", "amounts are whole fen");
}
