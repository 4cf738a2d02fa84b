/** Serves dist/ with the real server's CSP, and the API over a `World`. Tests reach in: push, drop, stall, refuse. */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { Collection } from "./collection";
import { KINDS } from "./kinds";
import { Phones } from "./phones";
import { refuse, type Refusal } from "./refusal";
import { Refused } from "./refused";
import { DISPATCHER } from "./timeline";
import { World } from "./world";
import type { Millis, NewWork, Row, Session, StreamEvent } from "../../src/api/types";

const DIST = join(process.cwd(), "dist");
const TYPES: Record<string, string> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
/** 03:12 in Fuzhou, on a day that no test machine's clock shows: what the board counts is the server's time or it is wrong. */
export const NIGHT: Millis = Date.UTC(2026, 10, 22, 19, 12, 0);
/** 17:40 in Fuzhou on the same day: the collectors come back and the cashier counts. */
export const AFTERNOON: Millis = Date.UTC(2026, 10, 23, 9, 40, 0);
const PASSWORD = "storm-night";

export interface Intercept {
  path: RegExp;
  /** `lost`: the request is carried out, but the answer never arrives. */
  how: "lost" | "refused";
  problem?: Refusal & { retry_after_ms?: number };
}

export class MockServer {
  readonly world: World;
  readonly collection: Collection;
  readonly phones: Phones;
  readonly refused: Refused;
  /** What the person at the desk may do. */
  roles = ["dispatcher"];
  /** In which district, null in all. */
  district: string | null = null;
  readonly requests: { method: string; path: string; query: string; body: string }[] = [];
  intercepts: Intercept[] = [];
  /** While true the stream endpoint answers 503, so that a reconnect attempt can be seen to fail. */
  streamRefused = false;
  /** While true the stream is accepted and then says nothing, as behind a proxy that buffers. */
  streamMute = false;
  /** What a search on the server finds beyond the board. */
  archive: Row[] = [];
  signedIn = new Set<string>();
  /** What people call the OpenID Connect provider, and where its sign-in lies. */
  provider: { label: string; url: string } | null = null;
  readonly #streams = new Set<ServerResponse>();
  readonly #server: Server;

  constructor(repeat = 1, at = NIGHT) {
    const started = Date.now();
    this.world = new World(() => at + Date.now() - started, repeat);
    this.world.onRow = (row) => this.push({ type: "item", data: row });
    this.collection = new Collection(this.world.now, this.world.scenario.phones.slice(0, 5));
    this.collection.onChange = () => this.push({ type: "collection", data: { revision: (this.world.revision += 1) } });
    this.phones = new Phones(this.world);
    this.refused = new Refused(this.world);
    this.refused.onChange = () => this.push({ type: "quarantine", data: { revision: (this.world.revision += 1) } });
    this.phones.onPhone = (phone) => this.push({ type: "phone", data: phone });
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  listen(port = 0): Promise<string> {
    return new Promise((resolve) => this.#server.listen(port, "127.0.0.1", () => resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`)));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** The bodies that were sent for a step, in order. */
  sent(step: string): unknown[] {
    return this.requests.filter(({ method, path }) => method === "POST" && path.endsWith(`/steps/${step}`)).map(({ body }) => JSON.parse(body) as unknown);
  }

  push(event: StreamEvent): void {
    for (const stream of this.#streams) write(stream, event);
  }

  /** The bodies that were sent to a place, in order. */
  ordered(path: RegExp): unknown[] {
    return this.requests.filter(({ method, path: to }) => method === "POST" && path.test(to)).map(({ body }) => JSON.parse(body) as unknown);
  }

  pushRow(row: Row): void {
    this.push({ type: "item", data: row });
  }

  dropStreams(): void {
    for (const stream of this.#streams) stream.destroy();
    this.#streams.clear();
  }

  /** Ends every session, as a restart with new keys or a revocation would. */
  expireSessions(): void {
    this.signedIn.clear();
    this.dropStreams();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://mock");
    if (!url.pathname.startsWith("/v1/")) return serveFile(url.pathname, response);
    const body = await readBody(request);
    const path = url.pathname.slice(3);
    this.requests.push({ method: request.method ?? "", path, query: url.search, body });
    try {
      const hit = this.intercepts.findIndex((one) => one.path.test(path));
      const intercept = hit === -1 ? null : this.intercepts.splice(hit, 1)[0]!;
      if (intercept?.how === "refused") throw intercept.problem;
      const reply = this.#route(request, response, url, body);
      if (intercept?.how === "lost") return breakOff(response);
      if (reply) json(response, reply.status ?? 200, reply.body, reply.headers);
    } catch (error) {
      problem(response, error as Refusal);
    }
  }

  #route(request: IncomingMessage, response: ServerResponse, url: URL, body: string): { status?: number; body: unknown; headers?: Record<string, string> } | null {
    const path = url.pathname.slice(3);
    const input = body === "" ? {} : JSON.parse(body);
    if (request.method === "POST" && path !== "/login" && request.headers["x-linecrew"] !== "board") refuse(403, "csrf_header_required");
    if (path === "/login") return this.#login(input);
    if (path === "/oidc") return { body: { label: this.provider?.label ?? null } };
    if (path === "/oidc/begin") return { body: { url: this.provider?.url ?? refuse(404, "not_found") } };
    const token = /linecrew=(\w+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
    if (!this.signedIn.has(token)) refuse(401, "unauthenticated");
    if (path === "/logout") {
      this.signedIn.delete(token);
      return { body: {}, headers: { "Set-Cookie": "linecrew=; Max-Age=0; Path=/" } };
    }
    if (path === "/me") return { body: this.#session() };
    if (path === "/board/stream") return this.#stream(response);
    const money = this.collection.answer(request.method ?? "", path, url.searchParams, input, this.#session().person);
    if (money !== null) return { body: money };
    if (!this.roles.some((role) => role === "dispatcher" || role === "admin")) refuse(403, "not_permitted");
    const phones = this.phones.answer(request.method ?? "", path, input, this.#session().person);
    if (phones !== null) return phones;
    if (path === "/kinds") return { body: KINDS };
    if (path === "/quarantine") return { body: this.refused.list() };
    if (path === "/quarantine/decisions" && request.method === "POST") return { body: this.refused.decide(input, this.#session().person) };
    if (path === "/work" && request.method === "POST") return this.#create(input, request.headers["idempotency-key"] as string | undefined);
    const [, id = "", step] = /^\/work\/([^/]+)(?:\/steps\/(\w+))?$/.exec(path) ?? [];
    if (id && step && request.method === "POST") return { body: this.world.act(id, step, input) };
    if (id && !step) return { body: this.world.detail(id) };
    if (path === "/work") return { body: { items: this.archive, next: null } };
    return refuse(404, "not_found");
  }

  #login({ username, password, cookie }: Record<string, unknown>): { body: unknown; headers: Record<string, string> } {
    if (password !== PASSWORD || username !== "xujingyi") refuse(401, "wrong_credentials");
    if (cookie !== true) refuse(400, "invalid_field", "cookie");
    const token = `t${this.requests.length}`;
    this.signedIn.add(token);
    return { body: { ...this.#session(), access_token: null }, headers: { "Set-Cookie": `linecrew=${token}; HttpOnly; SameSite=Strict; Path=/` } };
  }

  #session(): Session {
    const person = { ...DISPATCHER, username: "xujingyi", roles: this.roles.map((role) => ({ role, district: this.district })), crew: null };
    return { person, expires_at: this.world.now() + 8 * 3_600_000, server_time: this.world.now() };
  }

  #create(input: NewWork, key: string | undefined): { status: number; body: unknown; headers: Record<string, string> } {
    const { row, replayed } = this.world.create(input, key);
    return { status: replayed ? 200 : 201, body: row, headers: replayed ? { "Idempotency-Replayed": "true" } : {} };
  }

  #stream(response: ServerResponse): null {
    if (this.streamRefused) refuse(503, "busy");
    if (!this.roles.some((role) => role !== "auditor")) refuse(403, "not_permitted");
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
    if (this.streamMute) response.flushHeaders();
    else write(response, { type: "snapshot", data: this.world.snapshot() });
    return null;
  }
}

function write(stream: ServerResponse, { type, data }: StreamEvent): void {
  stream.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
}

/**
 * Ends the connection inside the answer. Before its first byte would not do: Chromium then repeats the request by itself, POST included,
 * when the connection had been used before.
 */
function breakOff(response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": 4096 });
  response.write("{", () => response.destroy());
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
}

function problem(response: ServerResponse, { status, code, detail, ...more }: Refusal): void {
  const body = { type: `https://linecrew.dev/problems/${code}`, title: code, status, code, detail: detail ?? null, retry_after_ms: null, ...more };
  response.writeHead(status, { "Content-Type": "application/problem+json" }).end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

async function serveFile(path: string, response: ServerResponse): Promise<void> {
  const file = join(DIST, normalize(path === "/" ? "/index.html" : path));
  try {
    const content = await readFile(file);
    const security = { "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", "X-Content-Type-Options": "nosniff" };
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", ...security }).end(content);
  } catch {
    response.writeHead(404).end();
  }
}
