/** Refused edits that wait for a decision, for everything that counts them or lists them. */
import { api } from "./api/client";
import { Asked } from "./asked.svelte";

class RefusedEdits extends Asked<Awaited<ReturnType<typeof api.quarantine>>> {
  batches = $derived(this.value?.batches ?? []);
  count = $derived(this.batches.reduce((sum, { edits }) => sum + edits.length, 0));

  ask(): Promise<void> {
    return this.load(api.quarantine);
  }
}

export const refusedEdits = new RefusedEdits();
