/**
 * The server's time, carried forward by the browser's monotonic clock. The wall clock of a dispatch desk is never read: it may be wrong,
 * and it may be corrected in the middle of a shift. Pure: the monotonic instant is an argument.
 */
import type { Millis } from "./api/types";

/** After this long a better (larger) offset may be an artefact of drift, and the newest sample is taken as it is. */
const SAMPLE_LIFE_MS = 60_000;

export interface ServerTime {
  offset: Millis;
  sampledAt: Millis;
}

/**
 * A `server_time` arrives late by its travel time, never early, so of two fresh samples the larger offset is the better one: a tick
 * that waited in a slow link's buffer does not turn the clocks back.
 */
export function sampled(held: ServerTime | null, serverTime: Millis, monotonic: Millis): ServerTime {
  const offset = serverTime - monotonic;
  const fresh = held !== null && monotonic - held.sampledAt < SAMPLE_LIFE_MS;
  return fresh && held.offset >= offset ? held : { offset, sampledAt: monotonic };
}

export function at(time: ServerTime, monotonic: Millis): Millis {
  return Math.round(time.offset + monotonic);
}
