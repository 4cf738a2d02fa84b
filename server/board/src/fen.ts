/**
 * Money as people read and type it. Amounts are whole fen (1/100 yuan) everywhere; yuan exist only as text, and the text is made of digits,
 * never of a fraction: 0.1 + 0.2 is not 0.3 in a browser. Pure.
 */
import type { Amounts, Fen } from "./api/collection";

/** The most that one deposit can be: a hundred million yuan, as the server has it. */
export const MAX_FEN: Fen = 10_000_000_000;

const MINUS = "\u2212";

/** `1,234.50`; the same in both languages. */
export function yuan(fen: Fen): string {
  const digits = `${Math.abs(fen)}`.padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${fen < 0 ? MINUS : ""}${whole}.${digits.slice(-2)}`;
}

/**
 * What somebody typed, in fen; null when it is no amount. A comma only groups thousands: `86,40` is refused, not read as 8,640. An input
 * method for Chinese leaves full-width digits and signs behind.
 */
export function parseYuan(text: string): Fen | null {
  const plain = text.normalize("NFKC").replace(/。/g, ".").replace(/^\s*¥?\s*|\s*元?\s*$/g, "");
  const [, whole = "", fen = ""] = /^(\d{1,12}|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?$/.exec(plain) ?? [];
  if (whole === "") return null;
  const amount = Number(whole.replaceAll(",", "") + fen.padEnd(2, "0"));
  return amount <= MAX_FEN ? amount : null;
}

export const NOTHING: Amounts = { cash: 0, cheque: 0, terminal: 0 };

export function total({ cash, cheque, terminal }: Amounts): Fen {
  return cash + cheque + terminal;
}

export function plus(a: Amounts, b: Amounts): Amounts {
  return { cash: a.cash + b.cash, cheque: a.cheque + b.cheque, terminal: a.terminal + b.terminal };
}

export function minus(amounts: Amounts): Amounts {
  return { cash: -amounts.cash, cheque: -amounts.cheque, terminal: -amounts.terminal };
}

/** By each method: what is too much in cash does not make up for slips that are missing. */
export function same(a: Amounts, b: Amounts): boolean {
  return a.cash === b.cash && a.cheque === b.cheque && a.terminal === b.terminal;
}

export function sumOf(all: readonly (Amounts | null)[]): Amounts {
  return all.reduce<Amounts>((sum, one) => (one ? plus(sum, one) : sum), NOTHING);
}
