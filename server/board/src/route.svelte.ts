/** The address after `#`: what is open survives a reload and can be sent to a colleague. */

export const COLLECTION_TABS = ["sessions", "breaks", "books", "receivables"] as const;
export type CollectionTab = (typeof COLLECTION_TABS)[number];

export type Route =
  | { view: "board" }
  | { view: "item"; id: string }
  | { view: "inbox" }
  | { view: "new" }
  | { view: "phones" }
  /** `id` is what is open in the tab's panel. */
  | { view: "collection"; tab: CollectionTab; id: string | null };

export function parseHash(hash: string): Route {
  const [, view = "", id = "", part = ""] = hash.replace(/^#/, "").split("/");
  if (view === "item" && id) return { view, id: decodeURIComponent(id) };
  if (view === "inbox" || view === "new" || view === "phones") return { view };
  if (view === "collection") return { view, tab: COLLECTION_TABS.find((tab) => tab === id) ?? "sessions", id: part === "" ? null : decodeURIComponent(part) };
  return { view: "board" };
}

export function hashOf(route: Route): string {
  if (route.view === "collection") return `#/collection/${route.tab}${route.id === null ? "" : `/${encodeURIComponent(route.id)}`}`;
  return route.view === "item" ? `#/item/${encodeURIComponent(route.id)}` : route.view === "board" ? "#/" : `#/${route.view}`;
}

class Router {
  current = $state.raw<Route>(parseHash(location.hash));

  constructor() {
    window.addEventListener("hashchange", () => (this.current = parseHash(location.hash)));
  }

  go(route: Route): void {
    location.hash = hashOf(route);
  }

  /** Moves along a list without leaving one history entry for each step. */
  replace(route: Route): void {
    history.replaceState(null, "", hashOf(route));
    this.current = route;
  }
}

export const router = new Router();
