/** The reactive shell around the pure modules: the board as of now, the link it comes over, and the server's time. */
import type { ApiError } from "./api/client";
import type { Millis, Phone, Row, StreamEvent } from "./api/types";
import { at, sampled, type ServerTime } from "./serverTime";
import { EMPTY_BOARD, reduce, withItem, type Board } from "./store";
import { followBoard } from "./stream";

export type Link =
  | { state: "connecting" }
  | { state: "live" }
  /** Whoever only reads about money has no stream: what is shown is asked for now and then. */
  | { state: "asking" }
  | { state: "reconnecting"; since: Millis; error: ApiError };

/** A round of collection sends many entries at once: what shows money asks again at most this often. */
const COLLECTION_PAUSE_MS = 500;
/** How old what an auditor sees may be. */
export const ASK_MS = 30_000;

class Live {
  board = $state.raw<Board>(EMPTY_BOARD);
  link = $state.raw<Link>({ state: "connecting" });
  /** Server time, moved forward once a second. */
  now = $state<Millis>(0);
  /** Server time of the last stream message: what is shown is true as of then. */
  dataAsOf = $state<Millis>(0);
  /** Counts up when something about money may have changed: whatever shows it reads this and asks again. */
  collection = $state(0);
  /** Counts up when other refused edits may wait for a decision, likewise. */
  quarantine = $state(0);

  #time: ServerTime | null = null;
  #touched = new Map<string, number>();
  #stop: (() => void) | null = null;
  #work = true;
  #asking: ReturnType<typeof setInterval> | undefined;
  #collectionTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    // Four looks a second keep the shown second within 250 ms of the server's; views only run when it changes.
    setInterval(() => this.#advance(), 250);
  }

  /** `work`: whether the person sees work items. Without the stream there would be none. */
  start(work: boolean): void {
    this.stop();
    this.#work = work;
    this.link = { state: "connecting" };
    this.#stop = followBoard({ event: (event) => this.#receive(event), lost: (error) => this.#lost(error) });
  }

  stop(): void {
    this.#stop?.();
    this.#stop = null;
    clearInterval(this.#asking);
  }

  /** Forgets everything: the next person at this desk may hold other districts. */
  clear(): void {
    this.stop();
    this.board = EMPTY_BOARD;
    this.link = { state: "connecting" };
    this.#touched.clear();
  }

  sample(serverTime: Millis): void {
    this.#time = sampled(this.#time, serverTime, performance.now());
    this.#advance();
  }

  /** Takes the row that a POST answered, in case the stream is slower or down. */
  accept(row: Row): void {
    const before = this.board;
    this.board = withItem(before, row);
    if (this.board !== before) this.#touch(row.id);
  }

  /** Takes the phone that a POST answered, likewise. */
  acceptPhone(phone: Phone): void {
    this.board = reduce(this.board, { type: "phone", data: phone });
  }

  /** True when the row changed a moment ago, so that its view can show it once. */
  justChanged(id: string): boolean {
    return performance.now() - (this.#touched.get(id) ?? -Infinity) < 1500;
  }

  /** Money was changed from this desk, or may have been: nobody waits for the stream to say so. */
  collectionChanged(): void {
    clearTimeout(this.#collectionTimer);
    this.#collectionTimer = undefined;
    this.collection += 1;
  }

  #receive(event: StreamEvent): void {
    if (event.type === "collection") this.#collectionTimer ??= setTimeout(() => this.collectionChanged(), COLLECTION_PAUSE_MS);
    // Whatever happened while the stream was away was told to nobody.
    if (event.type === "snapshot" && this.board.known) this.collectionChanged();
    // Before the first one as well: between the first answer about refused edits and the stream another may have come.
    if (event.type === "quarantine" || event.type === "snapshot") this.quarantine += 1;
    if (event.type === "snapshot" || event.type === "tick") this.sample(event.data.server_time);
    if (event.type === "item") this.accept(event.data);
    else this.board = reduce(this.board, event);
    this.dataAsOf = this.#exactNow();
    if (this.link.state !== "live") this.link = { state: "live" };
  }

  #lost(error: ApiError): void {
    if (error.code === "not_permitted" && !this.#work) return this.#ask();
    const since = this.link.state === "reconnecting" ? this.link.since : this.#exactNow();
    this.link = { state: "reconnecting", since, error };
  }

  #ask(): void {
    this.link = { state: "asking" };
    clearInterval(this.#asking);
    this.#asking = setInterval(() => this.collectionChanged(), ASK_MS);
  }

  #touch(id: string): void {
    this.#touched.set(id, performance.now());
  }

  #exactNow(): Millis {
    return this.#time ? at(this.#time, performance.now()) : 0;
  }

  #advance(): void {
    const now = this.#exactNow();
    if (Math.floor(now / 1000) !== Math.floor(this.now / 1000)) this.now = now;
  }
}

export const live = new Live();

/** Runs one call that answers a row, and shows that row at once. */
export async function change(call: Promise<Row>): Promise<Row> {
  const row = await call;
  live.accept(row);
  return row;
}
