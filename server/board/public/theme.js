// Runs before the first paint, so a night shift is never flashed with a white page. The key is the one in src/prefs.svelte.ts.
try {
  var theme = localStorage.getItem("linecrew.theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch (refused) {
  // Storage can be switched off by policy; the system's colour scheme applies then.
}
