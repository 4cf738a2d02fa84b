/** Lights an element up once when its revision changed a moment ago, so that a change far from the eye is still noticed. */
import type { Attachment } from "svelte/attachments";

const FLASH_MS = 1400;

/** Runs again whenever `revision` changes; a row that moved to another group is a new element and is lit there. */
export function flash(revision: number, justChanged: () => boolean): Attachment<HTMLElement> {
  return (element) => {
    if (revision === 0 || !justChanged() || window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    // Through the animation API and not a style attribute, which the page's CSP refuses.
    const lit = getComputedStyle(element).getPropertyValue("--accent");
    const animation = element.animate([{ boxShadow: `inset 0 0 0 999px color-mix(in srgb, ${lit} 30%, transparent)` }, { boxShadow: "inset 0 0 0 999px transparent" }], { duration: FLASH_MS, easing: "ease-out" });
    return () => animation.cancel();
  };
}
