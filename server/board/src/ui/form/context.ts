/** What the fields of one form have to know about where the form stands. */
import type { Reporter } from "../../api/detail";
import type { Row } from "../../api/types";

export interface FormContext {
  /** Goes before each input's name, such as `about.`. */
  prefix: string;
  district: string;
  /** The item that the form belongs to; null for a new one. */
  row: Row | null;
  /** Who else reported the same fault and was not asked yet. */
  unasked: readonly Reporter[];
  /** The field that the server refused. */
  refused: string | null;
}

/** Up to so many choices are laid open; more would push the form off the screen. */
export const OPEN_CHOICES = 8;
