// Results while one types: the same search as the form's, in JSON. Without this the form leads to a page.

for (const part of document.querySelectorAll("[data-search]")) {
  const input = part.querySelector("input");
  const hits = part.querySelector("[data-search-hits]");
  let timer;
  let last = "";

  const make = (name, className, text) => {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = text;
    return element;
  };
  const show = (found) => {
    const links = found.map(({ title, excerpt, url, group }) => {
      const link = make("a", "guide-hit", "");
      link.href = url;
      link.append(make("strong", "", title), make("span", "muted", `${group}: ${excerpt}`));
      return link;
    });
    hits.replaceChildren(...(links.length > 0 ? links : [make("p", "muted", hits.dataset.none)]));
    hits.hidden = false;
    const count = hits.dataset.count.replace("{count}", links.length);
    document.dispatchEvent(new CustomEvent("announce", { detail: links.length > 0 ? count : hits.dataset.none }));
  };
  const ask = async () => {
    const text = input.value.trim();
    if (text === last) return;
    last = text;
    if (text.length < 2) {
      hits.hidden = true;
      return;
    }
    try {
      const url = `${part.dataset.search}?q=${encodeURIComponent(text)}`;
      const response = await fetch(url, { headers: { Accept: "application/json" } });
      // What was typed meanwhile has a search of its own under way.
      if (response.ok && last === text) show(await response.json());
    } catch { /* The form still works. */ }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hits.hidden = true;
  });
}
