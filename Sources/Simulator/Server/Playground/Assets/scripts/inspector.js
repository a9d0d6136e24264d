// The inspector: every gateway payload and REST exchange as it passes; filtered, paused, opened.

import { h, iconButton, reconcile } from "./dom.js";
import { nameOf } from "./names.js";
import { simulator } from "./simulator.js";
import { clockOf } from "./time.js";
import { t } from "./strings.js";

const KEPT = 400;
const KINDS = ["all", "rest", "gateway"];
const OPEN_DEPTH = 2;

export function inspector(app) {
  let kind = "all";
  let isPaused = false;
  let isScheduled = false;
  let entries = [];
  const filter = h("input", { class: "input", type: "search", placeholder: t("inspector.filter"),
    "aria-label": t("inspector.filter"), oninput: () => draw() });
  const kinds = h("select",
    { class: "input", "aria-label": t("inspector.kind"), onchange({ target }) { kind = target.value; draw(); } },
    KINDS.map((name) => h("option", { value: name }, t(`inspector.${name}`))));
  const list = h("ol", { class: "exchange-list" });
  const pause = iconButton("pause", t("inspector.pause"), () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", String(isPaused));
    if (!isPaused) draw();
  }, { "aria-pressed": "false" });
  const clear = iconButton("trash", t("inspector.clear"), () => { entries = []; draw(); });

  const matches = (entry) => (kind === "all" || entry.kind.startsWith(kind))
    && `${entry.title} ${entry.path} ${entry.who} ${entry.status ?? ""} ${entry.preview}`.toLowerCase().includes(filter.value.toLowerCase());
  const draw = () => {
    isScheduled = false;
    const shown = entries.filter(matches);
    const nothing = t(entries.length ? "choices.none" : "inspector.none");
    const none = { key: "none", stamp: nothing, build: () => h("li", { class: "empty-line" }, nothing) };
    // What was opened stays open, and what has the focus keeps it.
    const rows = shown.map((entry) => ({ key: entry.id, stamp: 0, build: () => row(entry, app) }));
    reconcile(list, rows.length ? rows : [none]);
  };
  const stop = simulator.inspect((entry) => {
    entries = [entry, ...entries].slice(0, KEPT);
    if (isPaused || isScheduled) return;
    isScheduled = true;
    setTimeout(draw, 100);
  });
  draw();
  return { stop, element: h("div", { class: "inspector" },
    h("div", { class: "inspector-tools" }, filter, kinds, pause, clear), list) };
}

/** `user 123` by the name one knows. */
const nameIn = (app, who) => who.replace(/\d{15,20}/,
  (id) => nameOf(app.store.state, app.guildID, id, { username: id }));

function row(entry, app) {
  const tone = entry.status >= 400 ? "is-bad" : entry.kind === "rest" ? "is-rest" : entry.kind === "gateway_in"
    ? "is-in" : "is-out";
  const details = h("details", { class: `exchange ${tone}`, ontoggle() {
    if (!this.open || this.children.length > 1) return;
    this.append(...[["inspector.path", entry.path], ["inspector.request", entry.request],
      ["inspector.answer", entry.preview]].filter(([, text]) => text)
      .map(([key, text]) => h("div", { class: "exchange-part" }, h("p", { class: "muted small" }, t(key)),
        tree(text))));
  } }, h("summary", null,
    h("span", { class: "exchange-kind" }, entry.status ?? { gateway_in: "→", gateway_out: "←", note: "·" }[entry.kind]
    ?? "·"),
    h("span", { class: "exchange-title" }, entry.title),
      h("span", { class: "muted small" }, `${nameIn(app, entry.who)} · ${clockOf(entry.time)}`)));
  return h("li", null, details);
}

/** JSON one can fold; what was cut short is shown as it came. */
function tree(text) {
  try {
    return h("div", { class: "json" }, branch(JSON.parse(text), 0));
  } catch {
    return h("pre", { class: "json", tabindex: "0" }, text);
  }
}

function branch(value, depth) {
  if (value === null || typeof value !== "object") return h("span",
    { class: `json-${value === null ? "null" : typeof value}` }, JSON.stringify(value));
  const items = Object.entries(value);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (!items.length) return h("span", null, open + close);
  return h("details", { class: "json-branch", open: depth < OPEN_DEPTH },
    h("summary", null, `${open} ${items.length} ${close}`),
    h("ul", null, items.map(([key, item]) => h("li", null, h("span", { class: "json-key" }, `${key}: `),
      branch(item, depth + 1)))));
}
