/** What this browser remembers: language and theme. Everything else is asked from the server again. */
import type { Language } from "./i18n/texts";

export type Theme = "system" | "dark" | "light";
export const THEMES: readonly Theme[] = ["system", "dark", "light"];

function recall(key: string): string | null {
  try {
    return localStorage.getItem(`linecrew.${key}`);
  } catch {
    return null;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`linecrew.${key}`, value);
  } catch {
    // Storage can be switched off by policy; the choice then lasts as long as the page.
  }
}

function firstLanguage(): Language {
  const stored = recall("language");
  if (stored === "zh-CN" || stored === "en") return stored;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

function firstTheme(): Theme {
  const stored = recall("theme");
  return stored === "dark" || stored === "light" ? stored : "system";
}

class Prefs {
  language = $state<Language>(firstLanguage());
  theme = $state<Theme>(firstTheme());

  constructor() {
    document.documentElement.lang = this.language;
  }

  setLanguage(language: Language): void {
    this.language = language;
    document.documentElement.lang = language;
    remember("language", language);
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    remember("theme", theme);
  }
}

export const prefs = new Prefs();
