// A text field with a list of suggestions under it (ARIA Authoring Practices, "Combobox").

import { h } from "./dom.js";

let count = 0;

/**
 * @param {Object} options
 * @param {(query: string) => Promise<Object[]>|Object[]} options.search choices `{value, label, note?, mark?}`
 * @param {(choice: Object|null) => void} options.onpick null while what is written is no choice
 * @param {boolean} [options.isFree] what is written counts even when it is no choice
 */
export function combobox({ input, search, onpick, isFree = false, delay = 0, emptyText }) {
  const id = `suggestions-${++count}`;
  const list = h("div",
    { class: "suggestions", role: "listbox", id, hidden: true, "aria-label": input.getAttribute("aria-label") ?? "" });
  let choices = [];
  let active = 0;
  let asked = 0;
  let timer;

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const pick = (choice) => {
    input.value = choice.label;
    onpick(choice);
    close();
  };
  const show = () => {
    list.replaceChildren(...choices.map((choice, index) => h("div", {
      class: "choice", role: "option", id: `${id}-${index}`, "aria-selected": index === active,
      onpointerdown(event) { event.preventDefault(); pick(choice); },
    }, choice.mark?.(), h("span", { class: "choice-text" }, h("span", null, choice.label),
      choice.note && h("span", { class: "muted small" }, choice.note)))));
    if (!choices.length && emptyText) list.append(h("div",
      { class: "empty-line", role: "option", "aria-disabled": "true", "aria-selected": "false" }, emptyText));
    list.hidden = !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (choices[active]) input.setAttribute("aria-activedescendant", `${id}-${active}`);
    else input.removeAttribute("aria-activedescendant");
    list.children[active]?.scrollIntoView({ block: "nearest" });
  };
  const ask = async () => {
    const number = ++asked;
    const found = await search(input.value);
    // An older question may be answered after a newer one.
    if (number !== asked || document.activeElement !== input) return;
    choices = found ?? [];
    active = 0;
    show();
  };
  const changed = () => {
    onpick(isFree && input.value ? { value: input.value, label: input.value } : null);
    clearTimeout(timer);
    if (delay) timer = setTimeout(ask, delay);
    else ask();
  };

  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
    "aria-controls": id, autocomplete: "off" })) input.setAttribute(name, value);
  input.addEventListener("input", changed);
  input.addEventListener("focus", ask);
  input.addEventListener("blur", () => { asked++; close(); });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move && choices.length) {
      active = (active + move + choices.length) % choices.length;
      show();
    } else if ((event.key === "Enter" || event.key === "Tab") && choices[active]) {
      pick(choices[active]);
      if (event.key === "Tab") return;
    } else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return h("div", { class: "combobox" }, input, list);
}
