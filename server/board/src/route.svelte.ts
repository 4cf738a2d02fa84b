/** The address after `#`: what is open survives a reload and can be sent to a colleague. */

export type Route =
  | { view: "board" }
  | { view: "item"; id: string }
  | { view: "inbox" }
  | { view: "new" }
  | { view: "phones" };

export function parseHash(hash: string): Route {
  const [, view = "", id = ""] = hash.replace(/^#/, "").split("/");
  if (view === "item" && id) return { view, id: decodeURIComponent(id) };
  if (view === "inbox" || view === "new" || view === "phones") return { view };
  return { view: "board" };
}

export function hashOf(route: Route): string {
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
