/** The reactive shell around the catalogue: asked for once somebody has signed in, and again until it is there. */
import { api, ApiError } from "./api/client";
import { catalogueOf, NO_CATALOGUE, type Catalogue } from "./catalogue";
import { retryDelay } from "./stream";

class KindsShell {
  catalogue = $state.raw<Catalogue>(NO_CATALOGUE);
  error = $state.raw<ApiError | null>(null);
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  async load(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.catalogue = catalogueOf(await api.kinds());
      this.error = null;
      this.#attempt = 0;
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      this.error = cause;
      // Without the session or the permission more attempts would not help; signing in asks again.
      if (cause.code === "unauthenticated" || cause.code === "not_permitted") return;
      this.#timer = setTimeout(() => void this.load(), retryDelay((this.#attempt += 1), cause.retryAfterMs, Math.random));
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

export const kinds = new KindsShell();
