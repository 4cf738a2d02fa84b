/**
 * The new-work form's content and its idempotency key. Both outlive a failed attempt, a closed form, a lost session and a reload:
 * as long as it is not certain that the server has the work, every attempt carries the same key and cannot create a second one.
 */
import type { Field } from "./api/kinds";
import type { AreaClass, NewWork, Priority } from "./api/types";
import { bodyOf, filled, type Entries } from "./entries";

const DRAFT_KEY = "linecrew.draft";

export interface Draft {
  key: string;
  kind: string;
  district: string;
  name: string;
  phone: string;
  account: string;
  address: string;
  streetCode: string;
  areaClass: AreaClass;
  priority: Priority;
  onRoad: boolean;
  atHeight: boolean;
  /** The kind's own facts, for each kind that was looked at: choosing the wrong one first loses nothing. */
  about: Record<string, Entries>;
  /** An attempt was made whose outcome is unknown: the form says that sending again is safe. */
  sent: boolean;
}

/** Not `crypto.randomUUID`: it is missing on pages that are served without TLS inside the utility's network. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function emptyDraft(district = "", kind = ""): Draft {
  return {
    key: newKey(), kind, district, name: "", phone: "", account: "", address: "", streetCode: "",
    areaClass: "urban", priority: "normal", onRoad: false, atHeight: false, about: {}, sent: false,
  };
}

/** The work as the server takes it; `about` are the kind's fields. */
export function workOf(draft: Draft, about: readonly Field[]): NewWork {
  const [phone, account, streetCode] = [draft.phone.trim(), draft.account.trim(), draft.streetCode.trim()];
  return {
    kind: draft.kind,
    district: draft.district,
    customer: { name: draft.name.trim(), ...(phone && { phone }), ...(account && { account }) },
    site: { address: draft.address.trim(), ...(streetCode && { street_code: streetCode }) },
    area_class: draft.areaClass,
    priority: draft.priority,
    about: bodyOf(about, filled(about, draft.about[draft.kind])),
    ...(draft.onRoad && { on_road: true }),
    ...(draft.atHeight && { at_height: true }),
  };
}

export function recallDraft(): Draft {
  try {
    return { ...emptyDraft(), ...(JSON.parse(sessionStorage.getItem(DRAFT_KEY) ?? "{}") as Partial<Draft>) };
  } catch {
    return emptyDraft();
  }
}

/** An order holds a customer's name and number: it does not stay behind for the next person at this desk. */
export function forgetDraft(): void {
  try {
    sessionStorage.removeItem(DRAFT_KEY);
  } catch {
    // Nothing was kept where there is no storage.
  }
}

export function keepDraft(draft: Draft): void {
  try {
    sessionStorage.setItem(DRAFT_KEY, JSON.stringify(draft));
  } catch {
    // Without storage the draft lives as long as the form.
  }
}
