/** Orders phones by how much they need a dispatcher's eye. Pure. */
import type { Millis, Phone } from "./api/types";

/** An edit that waits longer than this on a phone is worth a call: an urban arrival limit is 45 min. */
export const STALE_EDIT_MS = 30 * 60_000;

export type Trouble = "refused" | "stale_edits" | "pending_offline" | "offline" | "behind" | "fine";
const ORDER: readonly Trouble[] = ["refused", "stale_edits", "pending_offline", "offline", "behind", "fine"];

export function troubleOf(phone: Phone, now: Millis): Trouble {
  if (phone.needs_attention > 0) return "refused";
  if (phone.pending_edits > 0 && oldestAge(phone, now) > STALE_EDIT_MS) return "stale_edits";
  if (phone.pending_edits > 0 && !phone.connected) return "pending_offline";
  if (!phone.connected) return "offline";
  return phone.behind_entries > 0 ? "behind" : "fine";
}

export function byTrouble(phones: Iterable<Phone>, now: Millis): Phone[] {
  return [...phones].sort(
    (a, b) =>
      ORDER.indexOf(troubleOf(a, now)) - ORDER.indexOf(troubleOf(b, now)) ||
      (a.oldest_pending_at ?? Infinity) - (b.oldest_pending_at ?? Infinity) ||
      (a.last_contact ?? 0) - (b.last_contact ?? 0) ||
      a.installation.localeCompare(b.installation),
  );
}

function oldestAge(phone: Phone, now: Millis): Millis {
  return phone.oldest_pending_at === null ? 0 : now - phone.oldest_pending_at;
}
