// Tabs: turns links above sections into a tab list with arrow keys (ARIA Authoring Practices, "Tabs").

const start = (root) => {
  for (const tabs of root.querySelectorAll("[data-tabs]")) {
    const list = tabs.querySelector(".tab-list");
    const all = [...list.querySelectorAll(".tab")];
    const panelOf = (tab) => document.getElementById(tab.hash.slice(1));

    // A list of tabs is no navigation any more: the landmark gives way to a plain element.
    const plain = document.createElement("div");
    plain.className = list.className;
    plain.setAttribute("role", "tablist");
    plain.setAttribute("aria-label", list.getAttribute("aria-label"));
    plain.append(...list.childNodes);
    list.replaceWith(plain);

    const select = (chosen) => {
      for (const tab of all) {
        tab.setAttribute("aria-selected", tab === chosen);
        tab.tabIndex = tab === chosen ? 0 : -1;
        panelOf(tab).hidden = tab !== chosen;
      }
    };

    for (const tab of all) {
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panelOf(tab).id);
      panelOf(tab).setAttribute("role", "tabpanel");
      panelOf(tab).tabIndex = 0;
      tab.addEventListener("click", (event) => {
        event.preventDefault();
        select(tab);
      });
    }

    plain.addEventListener("keydown", (event) => {
      const forward = getComputedStyle(plain).direction === "rtl" ? -1 : 1;
      const here = all.indexOf(document.activeElement);
      const target = {
        ArrowRight: here + forward, ArrowLeft: here - forward, Home: 0, End: all.length - 1,
      }[event.key];
      if (event.key === " ") {
        event.preventDefault();
        document.activeElement.click();
      }
      if (target === undefined || here < 0) return;
      event.preventDefault();
      const tab = all[(target + all.length) % all.length];
      select(tab);
      tab.focus();
    });

    select(all.find((tab) => tab.hash === location.hash) ?? all[0]);
  }
};
start(document);
// Parts of a page that are replaced are told of with "grown".
document.addEventListener("grown", (event) => start(event.target));
