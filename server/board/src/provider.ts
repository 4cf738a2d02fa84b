/** Leaving for an OpenID Connect provider, and what was open when somebody comes back. Of it only the place within the board is kept. */
import { parseHash, router } from "./route.svelte";

const KEY = "linecrew.place";

/** Goes to the provider's page. */
export function leave(url: string): void {
  try {
    sessionStorage.setItem(KEY, location.hash);
  } catch {
    // Storage can be switched off by policy; the board then opens at its beginning.
  }
  location.assign(url);
}

/** Opens what was open before, once, unless the address says something else. */
export function returnToPlace(): void {
  try {
    const hash = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    if (hash && location.hash === "") router.replace(parseHash(hash));
  } catch {
    // As above.
  }
}
