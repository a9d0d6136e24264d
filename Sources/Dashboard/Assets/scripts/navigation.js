// The navigation: closes on a phone when a place is chosen, and is kept narrow or wide on a large screen.

const navigation = document.getElementById("navigation");
const close = () => navigation?.matches(":popover-open") && navigation.hidePopover();
navigation?.addEventListener("click", (event) => event.target.closest("a") && close());
matchMedia("(min-width: 60.01rem)").addEventListener("change", (query) => query.matches && close());

const root = document.documentElement;
const toggle = navigation?.querySelector("[data-sidebar-toggle]");
const isNarrow = () => root.dataset.sidebar === "collapsed";
const show = () => {
  toggle.setAttribute("aria-pressed", isNarrow());
  for (const link of navigation.querySelectorAll(".nav-link")) {
    link.title = isNarrow() ? link.querySelector(".nav-text").textContent : "";
  }
};
if (/(?:^|; )sidebar=collapsed(?:;|$)/.test(document.cookie)) root.dataset.sidebar = "collapsed";
if (toggle) {
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    if (isNarrow()) delete root.dataset.sidebar;
    else root.dataset.sidebar = "collapsed";
    const secure = location.protocol === "https:" ? "; Secure" : "";
    const value = isNarrow() ? "collapsed" : "open";
    document.cookie = `sidebar=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    show();
  });
  show();
}
