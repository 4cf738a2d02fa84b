/** Reads `text/event-stream` (WHATWG HTML, section 9.2.6) from byte chunks that may end anywhere. Pure: bytes in, messages out. */

export interface Message {
  event: string;
  data: string;
}

/** A message larger than this is a fault, not a snapshot: 300 rows are about 200 KB. */
const MAX_MESSAGE_CHARS = 32 * 1024 * 1024;

export class EventStreamParser {
  #decoder = new TextDecoder();
  #rest = "";
  #event = "";
  #data: string[] = [];

  /** Returns the messages that this chunk completes. */
  push(chunk: Uint8Array): Message[] {
    this.#rest += this.#decoder.decode(chunk, { stream: true });
    if (this.#rest.length > MAX_MESSAGE_CHARS) throw new Error("event stream message is too large");
    // A trailing CR may be half of a CRLF: it waits for the next chunk.
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    return lines.map((line) => this.#line(line)).filter((message) => message !== null);
  }

  #line(line: string): Message | null {
    if (line === "") return this.#dispatch();
    const [, field = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "event") this.#event = value;
    if (field === "data") this.#data.push(value);
    return null;
  }

  #dispatch(): Message | null {
    const message = { event: this.#event || "message", data: this.#data.join("\n") };
    const empty = this.#data.length === 0;
    this.#event = "";
    this.#data = [];
    return empty ? null : message;
  }
}
