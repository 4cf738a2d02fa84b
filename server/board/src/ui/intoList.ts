/** From a search straight into what it found. */
export function intoList(event: KeyboardEvent): void {
  if ((event.key !== "Enter" && event.key !== "ArrowDown") || event.isComposing) return;
  event.preventDefault();
  document.querySelector<HTMLElement>("[data-row]")?.focus();
}
