/** The address after `#`: what is open survives a reload and can be sent to a colleague. */

export const COLLECTION_TABS = ["sessions", "breaks", "books", "receivables"] as const;
export type CollectionTab = (typeof COLLECTION_TABS)[number];

export type Route =
  | { view: "board" }
  | { view: "item"; id: string }
  | { view: "inbox" }
  | { view: "new" }
  /** `id` is what is open in the panel. */
  | { view: "phones"; id: string | null }
  | { view: "collection"; tab: CollectionTab; id: string | null };

export function parseHash(hash: string): Route {
  const [, view = "", id = "", part = ""] = hash.replace(/^#/, "").split("/");
  if (view === "item" && id) return { view, id: decodeURIComponent(id) };
  if (view === "inbox" || view === "new") return { view };
  if (view === "phones") return { view, id: opened(id) };
  if (view === "collection") return { view, tab: COLLECTION_TABS.find((tab) => tab === id) ?? "sessions", id: opened(part) };
  return { view: "board" };
}

const opened = (part: string): string | null => (part === "" ? null : decodeURIComponent(part));

export function hashOf(route: Route): string {
  const id = "id" in route && route.id !== null ? `/${encodeURIComponent(route.id)}` : "";
  const place = route.view === "collection" ? `collection/${route.tab}` : route.view;
  return place === "board" ? "#/" : `#/${place}${id}`;
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
