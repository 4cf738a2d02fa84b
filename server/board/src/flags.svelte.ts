/** What has to be decided about money, for everything that counts it or lists it. */
import type { Flag } from "./api/collection";
import { money } from "./api/client";
import { Asked } from "./asked.svelte";

class OpenFlags extends Asked<Flag[]> {
  count = $derived(this.value?.length ?? 0);

  ask(): Promise<void> {
    return this.load(async () => (await money.flags(false)).items.filter(({ resolved }) => resolved === null));
  }
}

export const openFlags = new OpenFlags();
