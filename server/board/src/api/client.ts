/** The one place that talks HTTP. It knows no view and keeps no state. */
import type { Amounts, Book, CashSession, Flag, Receivable, SessionDetail } from "./collection";
import type { Decision, Detail, RefusedBatch, RefusedEdit } from "./detail";
import type { Kinds } from "./kinds";
import type { Body, Crew, Invitation, NewWork, Phone, Problem, Row, Session } from "./types";

/** Long enough for a busy server behind a mobile link, short enough that a dispatcher does not wonder. */
export const REQUEST_TIMEOUT_MS = 20_000;

/**
 * A call that did not succeed. `code` is the server's stable code, or one of ours for what happens before the server answers:
 * `network` (no answer), `timeout`, `unexpected_response` (a proxy or captive portal answered instead of Linecrew).
 */
export class ApiError extends Error {
  override name = "ApiError";
  readonly code: string;
  readonly status: number;
  readonly detail: string | null;
  readonly retryAfterMs: number | null;
  readonly state: string | null;

  constructor(problem: Partial<Problem> & { code: string }) {
    super(problem.title ?? problem.code);
    this.code = problem.code;
    this.status = problem.status ?? 0;
    this.detail = problem.detail ?? null;
    this.retryAfterMs = problem.retry_after_ms ?? null;
    this.state = problem.state ?? null;
  }
}

let signedOut: () => void = () => {};

/** Registers what happens when any call finds the session gone; the call itself still fails with `unauthenticated`. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

export const api = {
  login: (username: string, password: string) => send<Session>("POST", "/login", { username, password, cookie: true }),
  logout: () => exchange("POST", "/logout", {}),
  me: () => send<Session>("GET", "/me"),
  /** What to write on the second button of the sign-in; null when there are passwords only. */
  provider: () => send<{ label: string | null }>("GET", "/oidc"),
  /** Begins a sign-in at the provider, which lies at `url`. */
  beginAtProvider: () => send<{ url: string }>("POST", "/oidc/begin", {}),

  kinds: () => send<Kinds>("GET", "/kinds"),
  detail: (id: string) => send<Detail>("GET", `/work/${id}`),
  search: (q: string, kind = "", limit = 50) => send<{ items: Row[]; next: string | null }>("GET", `/work?${new URLSearchParams({ q, ...(kind && { kind }), limit: `${limit}` })}`),
  quarantine: () => send<{ items: RefusedEdit[]; batches: RefusedBatch[] }>("GET", "/quarantine"),
  decide: (batch: string, decision: "admit" | "dismiss", reason: string) => send<Decision>("POST", "/quarantine/decisions", { batch, decision, reason }),
  create: (work: NewWork, idempotencyKey: string) => send<Row>("POST", "/work", work, { "Idempotency-Key": idempotencyKey }),
  step: (id: string, step: string, body: Body) => send<Row>("POST", `/work/${id}/steps/${step}`, body),

  /** Those in use and those revoked of late. */
  phones: () => send<Items<Phone>>("GET", "/phones"),
  crews: () => send<Items<Crew>>("GET", "/crews"),
  invite: (person: string, valid_minutes: number) => send<Invitation>("POST", "/invites", { person, valid_minutes }),
  revoke: (installation: string, reason: string) => send<Phone>("POST", `/phones/${installation}/revoke`, { reason }),
};

interface Items<T> {
  items: T[];
}

/** Field collection. An answer is the thing as it is now; a rule that refuses says in `detail` which and why. */
export const money = {
  /** Of one day, or today's and all that are not settled. */
  sessions: (day = "") => send<Items<CashSession> & { day: string }>("GET", `/collection/sessions${query({ day })}`),
  session: (id: string) => send<SessionDetail>("GET", `/collection/sessions/${id}`),
  confirm: (session: string, slip: string, amounts: Amounts) => send<CashSession>("POST", `/collection/sessions/${session}/deposits`, { slip, ...amounts }),
  settle: (session: string, reason: string) => send<CashSession>("POST", `/collection/sessions/${session}/settle`, { ...(reason && { reason }) }),

  books: () => send<Items<Book>>("GET", "/collection/books"),
  lease: (collector: string, device: string, count: number) => send<Book>("POST", "/collection/books", { collector, device, count }),
  freeze: (book: string, reason: string) => send<Book>("POST", `/collection/books/${book}/freeze`, { reason }),
  handOver: (book: string, voided: number, unused: number) => send<Book>("POST", `/collection/books/${book}/hand-over`, { voided, unused }),

  flags: (all: boolean) => send<Items<Flag>>("GET", `/collection/flags${query({ all: all ? "true" : "" })}`),
  resolve: ({ book, flag }: Flag, choice: string, note: string) => send<Flag>("POST", `/collection/books/${book}/flags/resolve`, { flag, choice, note }),

  receivables: (collector: string, open: boolean) => send<Items<Receivable>>("GET", `/collection/receivables${query({ collector, open: open ? "true" : "" })}`),
  withdraw: (receivable: string, reason: string) => exchange("POST", `/collection/receivables/${receivable}/withdraw`, { reason }),
};

/** What is empty is left out. */
function query(parts: Record<string, string>): string {
  const said = Object.entries(parts).filter(([, value]) => value !== "");
  return said.length > 0 ? `?${new URLSearchParams(said)}` : "";
}

/** Opens the board stream. The caller reads the body; a refusal is an `ApiError` like any other call's. */
export async function openStream(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const response = await reach("/v1/board/stream", { headers: { Accept: "text/event-stream" }, cache: "no-store", signal });
  if (!response.ok) throw await problemOf(response);
  const kind = response.headers.get("Content-Type") ?? "";
  if (!kind.startsWith("text/event-stream") || !response.body) throw unexpected(response);
  return response.body;
}

async function send<T>(method: "GET" | "POST", path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const response = await exchange(method, path, body, headers);
  // A 200 that is not our JSON came from something in between: it is never success.
  if (!isJson(response)) throw unexpected(response);
  return readJson<T>(response);
}

async function exchange(method: "GET" | "POST", path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const init: RequestInit = { method, cache: "no-store", signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS), headers };
  if (method === "POST") {
    init.headers = { ...headers, "Content-Type": "application/json", "X-Linecrew": "board" };
    init.body = JSON.stringify(body);
  }
  const response = await reach(`/v1${path}`, init);
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { credentials: "same-origin", ...init });
  } catch (cause) {
    const timedOut = cause instanceof DOMException && cause.name === "TimeoutError";
    throw new ApiError({ code: timedOut ? "timeout" : "network" });
  }
}

async function readJson<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch (cause) {
    throw new ApiError({ code: cause instanceof SyntaxError ? "unexpected_response" : "network", status: response.status });
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  if (!isJson(response)) return unexpected(response);
  const problem = await readJson<Partial<Problem>>(response);
  if (problem.code === "unauthenticated") signedOut();
  return problem.code ? new ApiError({ ...problem, code: problem.code, status: response.status }) : unexpected(response);
}

function unexpected(response: Response): ApiError {
  return new ApiError({ code: "unexpected_response", status: response.status, detail: `HTTP ${response.status}` });
}

function isJson(response: Response): boolean {
  return /^application\/([\w.-]+\+)?json\b/.test(response.headers.get("Content-Type") ?? "");
}
