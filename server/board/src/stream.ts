/**
 * Keeps the board stream open: reads it, notices when it has died silently, and reconnects with back-off. `fetch` and not `EventSource`,
 * because a refused `EventSource` hides the status and the server's `retry_after_ms`, and it reconnects without jitter.
 */
import { ApiError, openStream } from "./api/client";
import type { StreamEvent } from "./api/types";
import { EventStreamParser } from "./sse";

/** The server ticks every 15 s; docs/api.md calls the connection dead after 40 s of silence. */
export const SILENCE_LIMIT_MS = 40_000;
const KNOWN_EVENTS: ReadonlySet<string> = new Set<StreamEvent["type"]>(["snapshot", "item", "phone", "collection", "quarantine", "tick"]);
const BACKOFF_FIRST_MS = 500;
const BACKOFF_LIMIT_MS = 20_000;

export interface StreamListener {
  event: (event: StreamEvent) => void;
  /** The stream is gone and the next attempt starts after `retryInMs`. */
  lost: (error: ApiError, retryInMs: number) => void;
}

/** Full jitter below a doubling ceiling, never earlier than the server asked: a hundred boards must not come back in step. */
export function retryDelay(attempt: number, retryAfterMs: number | null, random: () => number): number {
  const ceiling = Math.min(BACKOFF_LIMIT_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt, 10));
  return (retryAfterMs ?? 0) + Math.round(ceiling * (0.2 + 0.8 * random()));
}

/** Runs until the returned function is called, or until the session or the permission is gone (more attempts would not help then). */
export function followBoard(listener: StreamListener): () => void {
  const stop = new AbortController();
  void follow(listener, stop.signal);
  return () => stop.abort();
}

async function follow(listener: StreamListener, stop: AbortSignal): Promise<void> {
  for (let attempt = 0; !stop.aborted; attempt += 1) {
    const error = await readOnce(stop, (event) => {
      attempt = 0;
      listener.event(event);
    });
    if (stop.aborted) return;
    const delay = retryDelay(attempt, error.retryAfterMs, Math.random);
    listener.lost(error, delay);
    if (error.code === "unauthenticated" || error.code === "not_permitted") return;
    await pause(delay, stop);
  }
}

/** Reads one connection to its end and says why it ended. */
async function readOnce(stop: AbortSignal, deliver: (event: StreamEvent) => void): Promise<ApiError> {
  const connection = new AbortController();
  const close = () => connection.abort();
  stop.addEventListener("abort", close, { once: true });
  let watchdog = setTimeout(close, SILENCE_LIMIT_MS);
  const alive = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(close, SILENCE_LIMIT_MS);
  };
  try {
    await readMessages(await openStream(connection.signal), deliver, alive);
    return new ApiError({ code: "network" });
  } catch (error) {
    return error instanceof ApiError ? error : new ApiError({ code: connection.signal.aborted ? "timeout" : "network" });
  } finally {
    clearTimeout(watchdog);
    close();
    stop.removeEventListener("abort", close);
  }
}

async function readMessages(body: ReadableStream<Uint8Array>, deliver: (event: StreamEvent) => void, alive: () => void): Promise<void> {
  const reader = body.getReader();
  const parser = new EventStreamParser();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const { event, data } of parser.push(value)) {
      alive();
      // An event that this version does not know is the next server version's: it is skipped, never an error.
      if (KNOWN_EVENTS.has(event)) deliver({ type: event, data: JSON.parse(data) } as StreamEvent);
    }
  }
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const end = () => {
      over.abort();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, ms);
    stop.addEventListener("abort", end, { signal: over.signal });
    // A laptop that finds its network again should not wait out an old back-off.
    window.addEventListener("online", end, { signal: over.signal });
  });
}
