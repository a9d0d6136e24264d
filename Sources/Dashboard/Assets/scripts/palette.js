// Getting anywhere by keyboard. Ctrl K or / opens the palette, ? the list of keys, and g with a letter goes to a place
// of the navigation. Keys of one letter can be switched off.

const palette = document.getElementById("palette");
const shortcuts = document.getElementById("shortcuts");

if (palette) {
  const input = palette.querySelector("input");
  const list = palette.querySelector("ul");
  const { none, count } = list.dataset;
  let entries;
  let shown = [];
  let active = 0;

  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  // Only addresses of this site: what the source says is not taken on trust.
  const isOurs = (url) => URL.canParse(url, location) && new URL(url, location).origin === location.origin;
  const gather = () => {
    const own = [];
    for (const link of document.querySelectorAll(".nav-link, .switcher, .menu-entry[href]")) {
      const heading = link.closest(".nav-list")?.previousElementSibling;
      const label = (link.querySelector(".nav-text, .switcher-name") ?? link).textContent.trim();
      own.push({ label, url: link.href, group: heading?.matches(".nav-title") ? heading.textContent : "" });
    }
    return own;
  };
  const make = (name, className, text) => {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = text ?? "";
    return element;
  };

  const point = (place) => {
    shown[active]?.row.classList.remove("is-active");
    shown[active]?.row.setAttribute("aria-selected", "false");
    active = place;
    const row = shown[active]?.row;
    if (!row) return input.removeAttribute("aria-activedescendant");
    row.classList.add("is-active");
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", row.id);
  };
  const fill = () => {
    const parts = plain(input.value).split(/\s+/).filter(Boolean);
    const found = entries.filter((entry) => parts.every((part) => entry.words.includes(part))).slice(0, 60);
    const rows = [];
    let group;
    shown = found.map((entry, index) => {
      if (entry.group && entry.group !== group) {
        const heading = make("li", "picker-group", entry.group);
        heading.setAttribute("role", "presentation");
        rows.push(heading);
      }
      group = entry.group;
      const row = make("li", "palette-entry");
      row.id = `palette-${index}`;
      row.setAttribute("role", "option");
      row.append(make("span", "", entry.label));
      if (entry.hint) row.append(make("span", "picker-hint", entry.hint));
      row.addEventListener("click", () => go(entry.url));
      rows.push(row);
      return { entry, row };
    });
    if (rows.length === 0) {
      rows.push(make("li", "picker-none", none));
      rows[0].setAttribute("role", "presentation");
    }
    list.replaceChildren(...rows);
    point(0);
    if (parts.length > 0) document.dispatchEvent(new CustomEvent("announce", { detail: count.replace("{count}", shown.length) }));
  };
  const take = (found) => {
    entries = found.filter(({ label, url }) => typeof label === "string" && isOurs(url));
    for (const entry of entries) entry.words = plain(`${entry.label} ${entry.hint ?? ""} ${entry.group ?? ""}`);
  };
  // By a link, so that whoever guards unsaved changes hears of it.
  const go = (url) => {
    palette.close();
    const link = document.createElement("a");
    link.href = url;
    document.body.append(link);
    link.click();
    link.remove();
  };
  const open = async () => {
    const isFirst = !entries;
    if (isFirst) take(gather());
    input.value = "";
    palette.showModal();
    fill();
    input.focus();
    if (!isFirst || !palette.dataset.paletteSource) return;
    try {
      const response = await fetch(palette.dataset.paletteSource, { headers: { Accept: "application/json" } });
      const more = response.ok ? await response.json() : [];
      if (Array.isArray(more)) take([...entries, ...more.slice(0, 2000)]);
    } catch { /* The links of the page are there. */ }
    fill();
  };

  input.addEventListener("input", fill);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length > 0) {
      event.preventDefault();
      point((active + step + shown.length) % shown.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (shown[active]) go(shown[active].entry.url);
    }
  });

  for (const button of document.querySelectorAll("[data-palette-open]")) {
    button.hidden = false;
    button.addEventListener("click", open);
  }

  const storage = { get: () => { try { return localStorage.getItem("single-keys"); } catch { return null; } } };
  const single = document.getElementById("single-keys");
  single.checked = storage.get() !== "off";
  single.addEventListener("change", () => {
    try { localStorage.setItem("single-keys", single.checked ? "on" : "off"); } catch { /* For this page only. */ }
  });

  let isGoing = false;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      if (palette.open) palette.close();
      else if (!document.querySelector("dialog[open]")) open();
      return;
    }
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !single.checked || document.querySelector("dialog[open]")) return;
    const key = event.key;
    const place = isGoing && document.querySelector(`.nav-link[data-shortcut="${CSS.escape(key)}"]`);
    isGoing = false;
    if (place) place.click();
    else if (key === "/") open();
    else if (key === "?") shortcuts.showModal();
    else if (key === "g") {
      isGoing = true;
      setTimeout(() => { isGoing = false; }, 1500);
      return;
    } else return;
    event.preventDefault();
  });
}
