// The theme button: light or dark, kept in a cookie so that the server renders it and no page flashes.

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");
const stored = document.cookie.match(/(?:^|; )theme=(light|dark)(?:;|$)/);
if (stored) root.dataset.theme = stored[1];

const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
const buttons = document.querySelectorAll("[data-theme-toggle]");
const show = () => buttons.forEach((button) => button.setAttribute("aria-pressed", isDark()));

for (const button of buttons) {
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${root.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    show();
  });
}
system.addEventListener("change", show);
show();
