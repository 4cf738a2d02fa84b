/** The reactive shell around the pure modules: the board as of now, the link it comes over, and the server's time. */
import type { ApiError } from "./api/client";
import type { Millis, Row, StreamEvent } from "./api/types";
import { at, sampled, type ServerTime } from "./serverTime";
import { EMPTY_BOARD, reduce, withItem, type Board } from "./store";
import { followBoard } from "./stream";

export type Link =
  | { state: "connecting" }
  | { state: "live" }
  | { state: "reconnecting"; since: Millis; error: ApiError };

class Live {
  board = $state.raw<Board>(EMPTY_BOARD);
  link = $state.raw<Link>({ state: "connecting" });
  /** Server time, moved forward once a second. */
  now = $state<Millis>(0);
  /** Server time of the last stream message: what is shown is true as of then. */
  dataAsOf = $state<Millis>(0);

  #time: ServerTime | null = null;
  #touched = new Map<string, number>();
  #stop: (() => void) | null = null;

  constructor() {
    // Four looks a second keep the shown second within 250 ms of the server's; views only run when it changes.
    setInterval(() => this.#advance(), 250);
  }

  start(): void {
    this.stop();
    this.link = { state: "connecting" };
    this.#stop = followBoard({ event: (event) => this.#receive(event), lost: (error) => this.#lost(error) });
  }

  stop(): void {
    this.#stop?.();
    this.#stop = null;
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

  /** True when the row changed a moment ago, so that its view can show it once. */
  justChanged(id: string): boolean {
    return performance.now() - (this.#touched.get(id) ?? -Infinity) < 1500;
  }

  #receive(event: StreamEvent): void {
    if (event.type === "snapshot" || event.type === "tick") this.sample(event.data.server_time);
    if (event.type === "item") this.accept(event.data);
    else this.board = reduce(this.board, event);
    this.dataAsOf = this.#exactNow();
    if (this.link.state !== "live") this.link = { state: "live" };
  }

  #lost(error: ApiError): void {
    const since = this.link.state === "reconnecting" ? this.link.since : this.#exactNow();
    this.link = { state: "reconnecting", since, error };
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
