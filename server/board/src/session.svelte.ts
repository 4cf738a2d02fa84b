/** Who is at this desk. A session that ends keeps the person, so the view stays where it was under the sign-in form. */
import { NO_RIGHTS, rightsOf } from "./actions";
import { api, ApiError, onSignedOut } from "./api/client";
import type { Person, Session } from "./api/types";
import { forgetDraft } from "./draft";
import { openFlags } from "./flags.svelte";
import { kinds } from "./kinds.svelte";
import { live } from "./live.svelte";
import { leave, returnToPlace } from "./provider";
import { refusedEdits } from "./refused.svelte";
import { view } from "./view.svelte";

class Desk {
  person = $state.raw<Person | null>(null);
  phase = $state<"starting" | "signed_out" | "signed_in" | "expired" | "unreachable">("starting");
  rights = $derived(this.person ? rightsOf(this.person) : NO_RIGHTS);
  startError = $state.raw<ApiError | null>(null);

  constructor() {
    onSignedOut(() => this.#expire());
  }

  /** Picks up the cookie of an earlier visit, if it still holds. */
  async resume(): Promise<void> {
    this.phase = "starting";
    try {
      this.#enter(await api.me());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.startError = error;
      this.phase = error.code === "unauthenticated" ? "signed_out" : "unreachable";
    }
  }

  async signIn(username: string, password: string): Promise<void> {
    const session = await api.login(username, password);
    if (!rightsOf(session.person).collection) {
      await api.logout().catch(() => undefined);
      throw new ApiError({ code: "board_role_required" });
    }
    this.#enter(session);
  }

  /** Leaves this page for the provider's; whoever signs in there comes back with a session and finds the same view. */
  async signInAtProvider(): Promise<void> {
    leave((await api.beginAtProvider()).url);
  }

  async signOut(): Promise<void> {
    await api.logout();
    this.#forget();
    this.person = null;
    this.phase = "signed_out";
  }

  #enter(session: Session): void {
    if (!rightsOf(session.person).collection) {
      this.phase = "signed_out";
      return;
    }
    if (this.person && this.person.id !== session.person.id) this.#forget();
    live.sample(session.server_time);
    this.person = session.person;
    this.phase = "signed_in";
    returnToPlace();
    // Who sees no work is not told what it is made of.
    if (this.rights.work) void kinds.load();
    live.start(this.rights.work);
  }

  #forget(): void {
    live.clear();
    kinds.stop();
    forgetDraft();
    openFlags.forget();
    refusedEdits.forget();
    view.find = view.findPhone = "";
    view.inviting = null;
  }

  #expire(): void {
    if (this.phase === "starting" || this.phase === "signed_out") return;
    live.stop();
    kinds.stop();
    this.phase = this.person ? "expired" : "signed_out";
  }
}

export const desk = new Desk();
