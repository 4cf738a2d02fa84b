/** What may kill a passer-by is red in the list, before anybody has read the row. */
import type { Row } from "../api/types";
import { isBody } from "../told";

const DANGERS: ReadonlySet<unknown> = new Set(["line_down", "fire_or_smoke"]);

export function isDangerous({ about }: Pick<Row, "about">): boolean {
  return isBody(about.fault) && DANGERS.has(about.fault.category);
}
