/** An answer of the server that is shown, and asked for again when something changed; the last good one stays in sight meanwhile. */
import { ApiError } from "./api/client";

export class Asked<T> {
  value = $state.raw<T | null>(null);
  /** Why the last attempt failed: what is shown is then old. */
  error = $state.raw<ApiError | null>(null);
  #asked = 0;
  #shown = 0;

  /** Two that are under way may be answered in the other order: an older answer never replaces a newer one. */
  async load(ask: () => Promise<T>): Promise<void> {
    const turn = (this.#asked += 1);
    try {
      const value = await ask();
      if (turn > this.#shown) [this.value, this.error, this.#shown] = [value, null, turn];
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      if (turn === this.#asked) this.error = cause;
    }
  }

  /** The question is another one now: its answer must not stand under the old one's. */
  forget(): void {
    [this.value, this.error, this.#shown] = [null, null, this.#asked];
  }
}

/** One order to the server at a time. */
export class Sending {
  working = $state(false);
  error = $state.raw<ApiError | null>(null);

  /** The answer; null when there was none or one is under way. */
  async send<T>(order: () => Promise<T>): Promise<T | null> {
    if (this.working) return null;
    this.working = true;
    this.error = null;
    try {
      return await order();
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      this.error = cause;
      return null;
    } finally {
      this.working = false;
    }
  }
}
