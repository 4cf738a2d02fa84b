/**
 * The new-report form's content and its idempotency key. Both outlive a failed attempt, a closed form, a lost session and a reload:
 * as long as it is not certain that the server has the report, every attempt carries the same key and cannot create a second one.
 */
import type { AreaClass, FaultCategory, NewDispatch, Priority } from "./api/types";

const DRAFT_KEY = "linecrew.draft";

export interface Draft {
  key: string;
  district: string;
  name: string;
  phone: string;
  address: string;
  streetCode: string;
  areaClass: AreaClass;
  category: FaultCategory | "";
  description: string;
  priority: Priority;
  /** An attempt was made whose outcome is unknown: the form says that sending again is safe. */
  sent: boolean;
}

/** Not `crypto.randomUUID`: it is missing on pages that are served without TLS inside the utility's network. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function emptyDraft(district = ""): Draft {
  return {
    key: newKey(), district, name: "", phone: "", address: "", streetCode: "",
    areaClass: "urban", category: "", description: "", priority: "normal", sent: false,
  };
}

export function bodyOf(draft: Draft): NewDispatch {
  const [phone, streetCode] = [draft.phone.trim(), draft.streetCode.trim()];
  return {
    district: draft.district,
    customer: { name: draft.name.trim(), ...(phone && { phone }) },
    site: { address: draft.address.trim(), ...(streetCode && { street_code: streetCode }) },
    area_class: draft.areaClass,
    fault: { category: draft.category || "other", description: draft.description.trim() },
    priority: draft.priority,
  };
}

export function recallDraft(): Draft {
  try {
    return { ...emptyDraft(), ...(JSON.parse(sessionStorage.getItem(DRAFT_KEY) ?? "{}") as Partial<Draft>) };
  } catch {
    return emptyDraft();
  }
}

/** A report holds a customer's name and number: it does not stay behind for the next person at this desk. */
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
