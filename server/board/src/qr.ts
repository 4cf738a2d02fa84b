/** A QR code out of its rows of modules. Pure. */

/** ISO/IEC 18004 asks for four light modules on every side; without them many phones see no code. */
export const QUIET_ZONE = 4;

/** One run of dark modules after the other, as the data of an SVG path whose unit is a module. Null for rows that are no square of `0` and `1`. */
export function pathOf(rows: readonly string[]): string | null {
  const size = rows.length;
  if (size === 0 || rows.some((row) => row.length !== size || /[^01]/.test(row))) return null;
  return rows.flatMap((row, y) => [...row.matchAll(/1+/g)].map(({ index, 0: run }) => `M${index} ${y}h${run.length}v1h-${run.length}z`)).join("");
}
