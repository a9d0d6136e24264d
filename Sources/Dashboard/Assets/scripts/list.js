// Lists of rows in forms: add, remove, move; names stay consecutive: rules[0].text, rules[1].text.

const announce = (detail) => document.dispatchEvent(new CustomEvent("announce", { detail }));
const rowsOf = (list) => [...list.querySelector("[data-list-rows]").children];
const changed = (list) => list.dispatchEvent(new Event("change", { bubbles: true }));
let made = 0;

// Puts `index` behind the path of the list in every name below the node, also in what stands by in templates.
const number = (node, path, index) => {
  const put = (text) => {
    if (!text.startsWith(`${path}[`)) return text;
    return `${path}[${index}]${text.slice(text.indexOf("]", path.length) + 1)}`;
  };
  for (const element of node.querySelectorAll("[name], [data-list], template")) {
    if (element.name && !element.name.startsWith("list-")) element.name = put(element.name);
    else if (element.name) element.value = put(element.value);
    if (element.dataset.list) element.dataset.list = put(element.dataset.list);
    if (element.content instanceof DocumentFragment) number(element.content, path, index);
  }
};

const refresh = (list) => {
  const rows = rowsOf(list);
  rows.forEach((row, index) => {
    number(row, list.dataset.list, index);
    for (const button of row.querySelector(".list-acts").querySelectorAll("[data-list-move]")) {
      button.hidden = false;
      button.disabled = !rows[index + Number(button.dataset.listMove)];
    }
  });
  list.querySelector(":scope > [data-list-add]").disabled = rows.length >= Number(list.dataset.maximum);
};

// Ids in a copy get an ending of their own, and so does what refers to them.
const copied = (template) => {
  const row = template.content.cloneNode(true).firstElementChild;
  made += 1;
  const ids = new Map([...row.querySelectorAll("[id]")].map((element) => [element.id, `${element.id}-${made}`]));
  for (const element of row.querySelectorAll("*")) {
    for (const name of ["id", "for", "aria-describedby", "aria-labelledby", "data-counter", "data-reveal"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.split(" ").map((id) => ids.get(id) ?? id).join(" "));
    }
  }
  return row;
};

const add = (list) => {
  const row = copied(list.querySelector(":scope > [data-list-template]"));
  list.querySelector("[data-list-rows]").append(row);
  refresh(list);
  start(row);
  row.dispatchEvent(new CustomEvent("grown", { bubbles: true }));
  return row;
};

const move = (list, row, by) => {
  const rows = rowsOf(list);
  const place = rows.indexOf(row) + by;
  if (!rows[place]) return;
  const focused = document.activeElement;
  if (by < 0) rows[place].before(row);
  else rows[place].after(row);
  refresh(list);
  if (focused.disabled) row.querySelector("[data-list-move]:not(:disabled)")?.focus();
  else focused.focus();
  announce(list.dataset.rowMoved.replace("{place}", place + 1).replace("{count}", rows.length));
  changed(list);
};

const remove = (list, row) => {
  const place = rowsOf(list).indexOf(row);
  row.remove();
  refresh(list);
  const rows = rowsOf(list);
  const next = rows[Math.min(place, rows.length - 1)]?.querySelector(".list-acts [data-list-remove]");
  (next ?? list.querySelector(":scope > [data-list-add]")).focus();
  announce(list.dataset.rowRemoved.replace("{place}", place + 1));
  changed(list);
};

function start(root) {
  for (const list of root.querySelectorAll("[data-list][data-maximum]")) {
    refresh(list);
    // No longer what Enter in a field presses.
    for (const button of list.querySelectorAll("[data-list-add], [data-list-remove]")) button.type = "button";
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button || button.closest("[data-list]") !== list) return;
      const row = button.closest("[data-list-row]");
      if ("listAdd" in button.dataset) {
        add(list).querySelector("input, select, textarea")?.focus();
        announce(list.dataset.rowAdded);
        changed(list);
      } else if ("listRemove" in button.dataset) remove(list, row);
      else if ("listMove" in button.dataset) move(list, row, Number(button.dataset.listMove));
    });
    list.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by || !event.altKey || event.target.closest("[data-list]") !== list) return;
      const row = event.target.closest("[data-list-row]");
      if (!row) return;
      event.preventDefault();
      move(list, row, by);
    });
    // A draft that comes back needs as many rows as it had.
    list.addEventListener("resize-list", ({ detail, target }) => {
      if (target !== list) return;
      while (rowsOf(list).length < Math.min(detail, Number(list.dataset.maximum))) add(list);
      for (const row of rowsOf(list).slice(detail)) row.remove();
      refresh(list);
    });
  }
  for (const button of root.querySelectorAll("[data-list-add], [data-list-remove]")) button.type = "button";
}
start(document);
