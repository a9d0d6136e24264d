// Forms that guard what was typed: a bar while something is unsaved, a question before leaving, and a copy in the
// session's storage that is offered after a reload. Secrets are never put there.

const isSecret = (form, name) => {
  const element = form.elements.namedItem(name);
  return ["password", "file", "hidden"].includes(element?.type);
};
const entriesOf = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !isSecret(form, name));
const stateOf = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value.name ?? value)]));

const restore = (form, entries) => {
  // Rows first, outer before inner.
  const resize = (list) => {
    const path = `${list.dataset.list}[`;
    const places = entries.filter(([name]) => name.startsWith(path)).map(([name]) => parseInt(name.slice(path.length), 10));
    list.dispatchEvent(new CustomEvent("resize-list", { detail: Math.max(-1, ...places) + 1 }));
    for (const inner of list.querySelectorAll("[data-list]")) resize(inner);
  };
  for (const list of form.querySelectorAll("[data-list]")) if (!list.parentElement.closest("[data-list]")) resize(list);
  const values = new Map();
  for (const [name, value] of entries) values.set(name, [...(values.get(name) ?? []), value]);
  for (const element of form.elements) {
    if (!element.name || ["password", "file", "hidden", "submit", "button"].includes(element.type)) continue;
    const wanted = values.get(element.name) ?? [];
    if (["checkbox", "radio"].includes(element.type)) element.checked = wanted.includes(element.value);
    else if (element.type === "select-multiple") for (const option of element.options) option.selected = wanted.includes(option.value);
    else if (wanted.length > 0) element.value = wanted.shift();
    element.dispatchEvent(new Event("change", { bubbles: true }));
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }
};

for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = `draft:${location.pathname}:${form.id}`;
  const find = (name) => form.querySelector(`[data-draft-${name}]`);
  const bar = find("bar");
  const words = bar.querySelector("[data-unsaved]");
  const dialog = document.getElementById(form.dataset.draftDialog);
  const before = form.dataset.draft === "unsaved" ? null : stateOf(form);
  let isUnsaved = false;
  let isLeaving = false;
  let target;

  const keep = (isSent) => {
    try {
      if (isUnsaved) sessionStorage.setItem(key, JSON.stringify({ isSent, entries: entriesOf(form) }));
      else sessionStorage.removeItem(key);
    } catch { /* No storage, or it is full: the guard works without. */ }
  };
  const update = () => {
    isUnsaved = stateOf(form) !== before;
    bar.classList.toggle("is-shown", isUnsaved);
    const text = isUnsaved ? words.dataset.unsaved : "";
    if (words.textContent !== text) words.textContent = text;
    keep(false);
  };
  const drop = () => {
    isLeaving = true;
    isUnsaved = false;
    keep(false);
  };

  let stored = null;
  try { stored = JSON.parse(sessionStorage.getItem(key)); } catch { /* As if there were none. */ }
  // Sent and then led on: it was taken. Sent and then reloaded: the answer never came.
  const isTaken = stored?.isSent && performance.getEntriesByType("navigation")[0]?.type === "navigate";
  const offer = find("offer");
  if (stored && !isTaken && before !== null) {
    offer.hidden = false;
    find("restore").addEventListener("click", () => {
      offer.hidden = true;
      restore(form, stored.entries);
      update();
      form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    });
    find("forget").addEventListener("click", () => {
      offer.hidden = true;
      update();
    });
  } else update();

  const onEdit = () => {
    offer.hidden = true;
    update();
  };
  form.addEventListener("input", onEdit);
  form.addEventListener("change", onEdit);
  form.addEventListener("submit", () => {
    keep(true);
    isLeaving = true;
  });
  // Back from the answer, with the page as it was.
  addEventListener("pageshow", (event) => { if (event.persisted) isLeaving = false; });

  const discard = find("discard");
  discard.hidden = false;
  discard.addEventListener("click", () => {
    drop();
    location.reload();
  });
  addEventListener("beforeunload", (event) => { if (isUnsaved && !isLeaving) event.preventDefault(); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (isUnsaved) form.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !isUnsaved || isLeaving || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || link.target || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    target = link.href;
    dialog.returnValue = "";
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "leave" || !target) return;
    drop();
    location.assign(target);
  });
}
