// Light or dark: what the system is set to, unless the reader chose; kept in a cookie as the dashboard keeps it.

import { iconButton } from "./dom.js";
import { t } from "./strings.js";

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");
const stored = document.cookie.match(/(?:^|; )theme=(light|dark)(?:;|$)/);
if (stored) root.dataset.theme = stored[1];

const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";

export function themeButton() {
  return iconButton(isDark() ? "sun" : "moon", t("theme.dark"), (event) => {
    root.dataset.theme = isDark() ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Lax`;
    event.currentTarget.replaceWith(themeButton());
  }, { class: "theme-toggle", "aria-pressed": String(isDark()) });
}
