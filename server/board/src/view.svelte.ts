/** What this desk is looking at: filter, cursor, open form. Kept out of the components so the keyboard and the views share it. */
import { ASSIGN, officeSteps } from "./actions";
import { kinds } from "./kinds.svelte";
import { live } from "./live.svelte";
import { refusedEdits } from "./refused.svelte";
import { router, type Route } from "./route.svelte";
import { grouped, NO_FILTER, undecidedFirst, visible, type Filter } from "./worklist";

const FILTER_KEY = "linecrew.filter";

/** A filter survives a reload but not the shift: an old one would hide items from whoever comes next. */
function recalledFilter(): Filter {
  try {
    return { ...NO_FILTER, ...(JSON.parse(sessionStorage.getItem(FILTER_KEY) ?? "{}") as Partial<Filter>), text: "" };
  } catch {
    return NO_FILTER;
  }
}

class View {
  filter = $state.raw<Filter>(recalledFilter());
  /** The row that j and k stand on. */
  cursor = $state<string | null>(null);
  /** The open form belongs to one item: going to another must not carry a half-made decision along. */
  form = $state.raw<{ item: string; step: string } | null>(null);
  helpOpen = $state(false);
  /** What is looked for in field collection, whichever tab shows. */
  find = $state("");
  /** What is looked for among the phones. */
  findPhone = $state("");
  /** The open invitation of a phone, and for whom if that is chosen already. What it shows is kept nowhere but in its dialog. */
  inviting = $state.raw<{ person: string } | null>(null);

  /** Only "overdue" depends on the time; every other list would be sorted again each second for nothing. */
  rows = $derived(visible(live.board.items.values(), this.filter, live.board.crews, this.filter.focus === "overdue" ? live.now : 0));
  groups = $derived(grouped(this.rows));
  /** Items with a conflict to decide, whatever the filter says: a filter must not hide a decision. */
  undecided = $derived(undecidedFirst(live.board.items.values()));
  /** Everything that waits for a decision here: these items, and refused edits. */
  toDecide = $derived(this.undecided.length + refusedEdits.count);

  narrow(part: Partial<Filter>): void {
    this.filter = { ...this.filter, ...part };
    try {
      sessionStorage.setItem(FILTER_KEY, JSON.stringify(this.filter));
    } catch {
      // Without storage the filter lasts as long as the page.
    }
  }

  /** The form that is open on the item that is open. */
  formOf(id: string): string | null {
    return this.form?.item === id ? this.form.step : null;
  }

  open(id: string): void {
    this.form = null;
    this.cursor = id;
    router.go({ view: "item", id });
  }

  /** Closes the topmost thing and says whether there was one. */
  closeTop(): boolean {
    if (this.helpOpen) this.helpOpen = false;
    else if (router.current.view === "item" && this.formOf(router.current.id)) this.form = null;
    else if (router.current.view === "collection") return this.#closePanel(router.current);
    else if (router.current.view === "phones" && router.current.id !== null) return this.#closePanel(router.current);
    else if (router.current.view !== "board") router.go({ view: "board" });
    else return false;
    return true;
  }

  /** Esc leaves what is open in a place's panel, not the place. */
  #closePanel(route: Extract<Route, { view: "collection" } | { view: "phones" }>): boolean {
    if (route.id === null) return false;
    router.go({ ...route, id: null });
    return true;
  }

  /** Opens the assign form of the open or the current item; with a crew on it that is the reassign form. */
  assign(): void {
    const id = router.current.view === "item" ? router.current.id : this.cursor;
    const row = id ? live.board.items.get(id) : undefined;
    if (!row || !officeSteps(row).includes(ASSIGN)) return;
    this.open(row.id);
    this.form = { item: row.id, step: ASSIGN };
  }

  /** The nth kind as the filter numbers them, from 1; 0 is all of them. */
  onlyKind(nth: number): void {
    const kind = nth === 0 ? "" : [...kinds.catalogue.kinds.keys()][nth - 1];
    if (kind !== undefined) this.narrow({ kind });
  }
}

export const view = new View();
