// Message components, legacy and v2: what a bot puts under or in place of its words.

import { h, icon } from "./dom.js";
import { emojiView, markdown } from "./markdown-view.js";
import { fileCard, picture, veiled } from "./embeds.js";
import { openChoices, choiceSource } from "./choices.js";
import { t } from "./strings.js";

export const Kind = {
  row: 1, button: 2, strings: 3, textInput: 4, users: 5, roles: 6, mentionables: 7, channels: 8, section: 9, text: 10,
  thumbnail: 11, gallery: 12, file: 13, separator: 14, container: 17, label: 18, upload: 19, radios: 21,
    checkboxes: 22, checkbox: 23,
};
export const SELECTS = new Set([Kind.strings, Kind.users, Kind.roles, Kind.mentionables, Kind.channels]);
const BUTTONS = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary", 6: "primary" };

/** @param {{app: Object, message: Object, markdown: Object, busy: Set<string>}} context */
export const components = (list, context) => list.map((item) => component(item, context));

export function component(item, context) {
  if (SELECTS.has(item.type)) return select(item, context);
  return (renderers[item.type] ?? unknown)(item, context);
}

const renderers = {
  [Kind.row]: (item, context) => h("div", { class: "component-row" }, components(item.components, context)),
  [Kind.button]: componentButton,
  [Kind.section]: (item, context) => h("div", { class: "component-section" },
    h("div", { class: "component-section-text" }, components(item.components, context)),
      item.accessory && component(item.accessory, context)),
  [Kind.text]: (item, context) => markdown(item.content ?? "", context.markdown),
  [Kind.thumbnail]: (item) =>
    wrapped(picture(resolved(item.media), { alt: item.description ?? "", class: "component-thumbnail" }), item.spoiler),
  [Kind.gallery]: (item) => h("div", { class: `gallery gallery-${Math.min(item.items.length, 4)}` },
    item.items.map((entry) => wrapped(picture(resolved(entry.media), { alt: entry.description ?? "" }),
      entry.spoiler))),
  [Kind.file]: (item) =>
    wrapped(fileCard({ ...item.file, name: item.name ?? nameIn(item.file?.url), size: item.size }), item.spoiler),
  [Kind.separator]: (item) => h("hr",
    { class: `component-separator${item.divider === false ? " is-blank" : ""}${item.spacing === 2 ? " is-wide" : ""}` }),
  [Kind.container]: (item, context) => wrapped(h("div", {
    class: `component-container${item.accent_color == null ? "" : " has-accent"}`,
    style: item.accent_color == null ? {} : { "--bar": `#${item.accent_color.toString(16).padStart(6, "0")}` },
  }, components(item.components, context)), item.spoiler),
};

const wrapped = (element, isSpoiler) => (isSpoiler ? veiled(element) : element);
const resolved = (media) => media ?? {};
const nameIn = (url = "") => decodeURIComponent(url.split("?")[0].split("/").pop());
const unknown = (item) => h("p", { class: "muted small" }, t("component.unknown", { type: item.type }));

function componentButton(item, { app, message, busy }) {
  const content = [item.emoji && emojiView(item.emoji), item.label && h("span", null, item.label)];
  const label = item.label ? null : item.emoji?.name ?? t("component.button");
  if (item.style === 5) {
    return h("a", { class: "button button-secondary", href: item.url, target: "_blank", rel: "noopener noreferrer",
      "aria-label": label }, content, icon("external"));
  }
  const isBusy = busy.has(item.custom_id);
  return h("button", {
    type: "button", class: `button button-${BUTTONS[item.style] ?? "secondary"}`, disabled: item.disabled || isBusy,
      "aria-busy": isBusy || null,
    "aria-label": label, dataset: { focus: `${message.id}-${item.custom_id}` },
    onclick() { app.act("press", { message, component: item }); },
  }, isBusy ? h("span", { class: "busy-mark" }) : null, content);
}

function select(item, { app, message, busy, markdown: { state, guildID } }) {
  const isBusy = busy.has(item.custom_id);
  const source = choiceSource(item, state, guildID);
  const chosen = source.filter(({ isDefault }) => isDefault).map(({ label }) => label).join(", ");
  const words = chosen || item.placeholder || t("component.choose");
  return h("button", {
    type: "button", class: "select-button", "aria-haspopup": "listbox", disabled: item.disabled || isBusy,
      "aria-busy": isBusy || null,
    dataset: { focus: `${message.id}-${item.custom_id}` },
    onclick(event) {
      openChoices(event.currentTarget, {
        label: words, choices: source, min: item.min_values ?? 1, max: item.max_values ?? 1,
        done: (values) => app.act("press", { message, component: item, values }),
      });
    },
  }, h("span", { class: chosen ? "" : "muted" }, words), isBusy ? h("span", { class: "busy-mark" }) : icon("chevron"));
}
