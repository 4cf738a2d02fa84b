/** Looking for text in what a list shows. Pure. */

/** Every word has to appear somewhere, as in the list of work items. */
export function found(text: string, fields: readonly (string | null)[]): boolean {
  const all = fields.join("\n").toLowerCase();
  return text.toLowerCase().split(/\s+/).every((word) => all.includes(word));
}
