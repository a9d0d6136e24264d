// Pickers: a select with many options becomes a field to type in with a list that narrows (ARIA Authoring Practices,
// "Combobox"); one for several shows what was picked as chips. The select stays in the form and keeps the values.

// The namespace of drawings, from one that every page has.
const SVG = document.querySelector("svg").namespaceURI;
const outlines = {
  text: "M9.5 4l-2 16M16.5 4l-2 16M4.5 9h16M3.5 15h16",
  voice: "M4 9.5v5h4l5 4v-13l-5 4zM16.5 9a4 4 0 0 1 0 6M18.5 6.5a7.5 7.5 0 0 1 0 11",
  category: "M4 7h16M4 12h10M4 17h7",
  person: "M8 8a4 4 0 1 0 8 0 4 4 0 1 0-8 0M4.5 20v-.5a6 6 0 0 1 6-6h3a6 6 0 0 1 6 6v.5",
  close: "M6 6l12 12M18 6L6 18",
};
const atMost = 200;
let made = 0;

const element = (name, className, text = "") => {
  const result = document.createElement(name);
  result.className = className;
  result.textContent = text;
  return result;
};

const drawing = (mark, color) => {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", mark === "role" ? "spot" : "icon");
  const shape = document.createElementNS(SVG, mark === "role" ? "circle" : "path");
  if (mark === "role") {
    for (const [name, value] of [["cx", 12], ["cy", 12], ["r", 7]]) shape.setAttribute(name, value);
    if (/^#[0-9a-f]{6}$/i.test(color ?? "")) shape.setAttribute("fill", color);
  } else shape.setAttribute("d", outlines[mark] ?? "");
  svg.append(shape);
  return svg;
};

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const enhance = (select) => {
  const options = [...select.options];
  const words = options.map((option) => plain(`${option.label} ${option.dataset.hint ?? ""}`));
  const id = `picker-${made += 1}`;
  const texts = select.dataset;
  let shown = [];
  let active = -1;

  const box = element("div", select.multiple ? "picker is-many" : "picker");
  const chips = element("span", "picker-chips");
  const mark = element("span", "picker-mark");
  const input = element("input", select.multiple ? "picker-input" : "input picker-input");
  const list = element("ul", "picker-list");
  for (const [name, value] of [
    ["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", id],
    ["autocomplete", "off"], ["spellcheck", "false"], ["type", "text"], ["id", `${id}-input`], ["placeholder", texts.hint],
  ]) input.setAttribute(name, value);
  for (const name of ["aria-describedby", "aria-invalid"]) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  input.disabled = select.disabled;
  list.id = id;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  if (select.multiple) list.setAttribute("aria-multiselectable", "true");
  const label = select.labels[0];
  if (label) {
    label.htmlFor = input.id;
    label.id ||= `${id}-label`;
    list.setAttribute("aria-labelledby", label.id);
  }
  if (select.multiple) {
    const frame = element("div", "input picker-frame");
    frame.append(chips, input);
    frame.addEventListener("pointerdown", (event) => {
      if (event.target !== frame && event.target !== chips) return;
      event.preventDefault();
      input.focus();
    });
    box.append(frame, list);
  } else box.append(mark, input, list);
  select.className = "visually-hidden";
  select.tabIndex = -1;
  select.setAttribute("aria-hidden", "true");
  select.after(box);
  select.addEventListener("invalid", () => input.focus());

  const isPicked = (option) => option.selected && option.value !== "";
  const display = () => {
    if (select.multiple) {
      chips.replaceChildren(...options.filter(isPicked).map((option) => {
        const chip = element("button", "chip");
        chip.type = "button";
        chip.disabled = select.disabled;
        chip.setAttribute("aria-label", texts.remove.replace("{name}", option.label));
        if (option.dataset.mark) chip.append(drawing(option.dataset.mark, option.dataset.color));
        chip.append(element("span", "", option.label), drawing("close"));
        chip.addEventListener("click", () => {
          pick(option, false);
          input.focus();
        });
        return chip;
      }));
      input.value = "";
      return;
    }
    const option = select.selectedOptions[0];
    input.value = option && option.value !== "" ? option.label : "";
    input.placeholder = option?.value === "" ? option.label : texts.hint;
    mark.replaceChildren(...(option?.dataset.mark ? [drawing(option.dataset.mark, option.dataset.color)] : []));
    box.classList.toggle("has-mark", Boolean(option?.dataset.mark));
  };

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    box.closest(".list-row, .card, .sheet, .field")?.classList.remove("has-open-picker");
  };
  const point = (place) => {
    list.children[shown[active]?.place]?.classList.remove("is-active");
    active = place;
    const row = shown[active] && list.children[shown[active].place];
    if (!row) return input.removeAttribute("aria-activedescendant");
    row.classList.add("is-active");
    row.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", row.id);
  };
  const fill = (query) => {
    const parts = plain(query).split(/\s+/).filter(Boolean);
    shown = [];
    let group;
    const rows = [];
    options.forEach((option, index) => {
      if (shown.length >= atMost || !parts.every((part) => words[index].includes(part))) return;
      if (select.multiple && option.value === "") return;
      const heading = option.parentElement.label;
      if (heading && heading !== group) {
        const row = element("li", "picker-group", heading);
        row.setAttribute("role", "presentation");
        rows.push(row);
      }
      group = heading;
      const row = element("li", "picker-option");
      row.id = `${id}-${index}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", option.selected);
      if (option.disabled) row.setAttribute("aria-disabled", "true");
      if (option.dataset.mark) row.append(drawing(option.dataset.mark, option.dataset.color));
      row.append(element("span", "picker-label", option.label));
      if (option.dataset.hint) row.append(element("span", "picker-hint", option.dataset.hint));
      row.addEventListener("click", () => option.disabled || pick(option, !option.selected));
      if (!option.disabled) shown.push({ option, place: rows.length });
      rows.push(row);
    });
    if (rows.length === 0) {
      const row = element("li", "picker-none", texts.none);
      row.setAttribute("role", "presentation");
      rows.push(row);
    }
    list.replaceChildren(...rows);
  };
  const open = (query) => {
    if (input.disabled) return;
    fill(query);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    box.closest(".list-row, .card, .sheet, .field")?.classList.add("has-open-picker");
    active = -1;
    point(query ? 0 : shown.findIndex(({ option }) => option.selected && !select.multiple));
    if (query) document.dispatchEvent(new CustomEvent("announce", { detail: texts.count.replace("{count}", shown.length) }));
  };
  const pick = (option, isOn) => {
    if (select.multiple) option.selected = isOn;
    else select.value = option.value;
    display();
    select.dispatchEvent(new Event("change", { bubbles: true }));
    if (select.multiple && !list.hidden) {
      const place = active;
      fill("");
      point(Math.max(place, shown.findIndex((entry) => entry.option === option)));
    } else close();
  };

  // Wherever else it is changed: a draft that comes back, a form that is reset.
  select.addEventListener("change", () => { if (document.activeElement !== input || !select.multiple) display(); });
  select.form?.addEventListener("reset", () => setTimeout(display));
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    open(input.value);
  });
  input.addEventListener("change", (event) => event.stopPropagation());
  input.addEventListener("click", () => list.hidden && open(""));
  input.addEventListener("focus", () => select.multiple || input.select());
  input.addEventListener("blur", () => {
    close();
    // The chips stay: one of them may be what is being pressed.
    if (select.multiple) input.value = "";
    else display();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  input.addEventListener("keydown", (event) => {
    const isOpen = !list.hidden;
    if (event.altKey && event.key !== "ArrowDown") return;
    if (["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      if (!isOpen) return open("");
      const step = event.key === "ArrowDown" ? 1 : -1;
      point(active < 0 && step < 0 ? shown.length - 1 : (active + step + shown.length) % (shown.length || 1));
    } else if (event.key === "Enter" && isOpen) {
      event.preventDefault();
      const entry = shown[active];
      if (entry) pick(entry.option, select.multiple ? !entry.option.selected : true);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      close();
      display();
    } else if (event.key === "Backspace" && select.multiple && input.value === "") {
      const last = options.filter(isPicked).at(-1);
      if (last) pick(last, false);
    }
  });
  display();
};

const start = (root) => {
  for (const select of root.querySelectorAll("select[data-picker]")) {
    if (select.multiple || select.options.length > 8) enhance(select);
  }
};
start(document);
document.addEventListener("grown", (event) => start(event.target));
