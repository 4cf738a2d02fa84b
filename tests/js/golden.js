/** The files that Rust and JavaScript exchange. */
import { readFileSync, writeFileSync } from "node:fs";

const folder = new URL("../golden/documents/", import.meta.url);

export const bytes = (name) => new Uint8Array(readFileSync(new URL(name, folder)));
export const text = (name) => readFileSync(new URL(name, folder), "utf8");
export const json = (name) => JSON.parse(text(name));

/** Writes a file when LINECREW_BLESS is set; else gives the one that is kept. */
export function blessOr(name, now) {
  if (process.env.LINECREW_BLESS) writeFileSync(new URL(name, folder), now);
  return bytes(name);
}
