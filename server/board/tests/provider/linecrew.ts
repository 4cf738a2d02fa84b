/** A real server in a process of its own, with one dispatcher in it. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Client } from "./provider";

export const BIN = process.env.LINECREW_BIN ?? "";

/** A port that was free a moment ago: the provider has to know the address before the server has it. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

export class Linecrew {
  readonly url: string;
  readonly #data = mkdtempSync(join(tmpdir(), "linecrew-provider-"));
  #process: ChildProcess | null = null;
  /** Everything that it has logged. */
  log = "";

  constructor(readonly port: number) {
    this.url = `http://127.0.0.1:${port}`;
  }

  admin(...words: string[]): string {
    return execFileSync(BIN, ["admin", ...words, "--data", this.#data], { encoding: "utf8" });
  }

  async serve(issuer: string, client: Client): Promise<void> {
    const options = ["--oidc-issuer", issuer, "--oidc-client-id", client.id, "--oidc-label", "统一认证", "--public-url", this.url];
    if (client.secret !== null) {
      const file = join(this.#data, "client-secret");
      writeFileSync(file, `${client.secret}\n`);
      chmodSync(file, 0o600);
      options.push("--oidc-client-secret-file", file);
    }
    const started = spawn(BIN, ["serve", "--data", this.#data, "--listen", `127.0.0.1:${this.port}`, ...options], { stdio: ["ignore", "pipe", "pipe"] });
    this.#process = started;
    started.stderr.setEncoding("utf8").on("data", (text: string) => (this.log += text));
    for await (const line of createInterface(started.stdout)) if (line.startsWith("listening on ")) return;
    throw new Error(`the server did not start: ${this.log}`);
  }

  async stop(): Promise<void> {
    const running = this.#process;
    if (running && running.exitCode === null) {
      const ended = new Promise((done) => running.once("exit", done));
      running.kill("SIGTERM");
      await ended;
    }
    rmSync(this.#data, { recursive: true, force: true });
  }
}
