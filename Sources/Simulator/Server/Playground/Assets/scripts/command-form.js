// The options of a slash command as a form: types, required marks, choices, autocomplete, pickers, files.

import { h, icon, iconButton } from "./dom.js";
import { channels, fuzzyFilter, people, roles } from "./choices.js";
import { combobox } from "./combobox.js";
import { commandData } from "./commands.js";
import { makeNonce } from "./time.js";
import { t } from "./strings.js";

const Type = { string: 3, integer: 4, boolean: 5, user: 6, channel: 7, role: 8, mentionable: 9, number: 10,
  attachment: 11 };
const SUGGESTED_AT_MOST = 25;
const PAUSE = 250;
const ANSWER_TIME = 4_000;

/** @param {() => void} onclose called when the form goes, whether the command was run or not */
export function commandForm(app, entry, onclose) {
  const values = new Map();
  const files = new Map();
  const fields = h("div", { class: "command-fields" });
  const optional = h("div", { class: "command-optional" });
  const waiting = new Map();

  const collect = (focused) => entry.options.filter(({ name }) => values.has(name)
    || name === focused).map(({ name, type }) => ({
    type, name, value: values.get(name) ?? "", ...(name === focused && { focused: true }),
  }));

  const ask = (option) => async (query) => {
    values.set(option.name, query);
    const nonce = makeNonce();
    const answer = new Promise((resolve) => {
      waiting.set(nonce, resolve);
      setTimeout(resolve, ANSWER_TIME, []);
    });
    const sent = await app.interact({ type: 4, nonce, application_id: entry.command.application_id,
      data: commandData(entry, collect(option.name)) }, null);
    const choices = sent ? await answer : [];
    waiting.delete(nonce);
    return choices.map(({ name, value }) => ({ label: name, value }));
  };
  const stopListening = app.listen("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE",
    ({ nonce, choices }) => waiting.get(String(nonce))?.(choices ?? []));

  const set = (option) => (choice) => {
    if (choice === null || choice.value === "") values.delete(option.name);
    else values.set(option.name, cast(option, choice.value));
  };

  const add = (option) => {
    const control = controlFor(app, option, set(option), ask(option), files, values);
    const remove = option.required ? null : iconButton("close", t("command.removeOption", { name: option.name }),
      () => {
      values.delete(option.name);
      field.remove();
      offer(option);
    }, { class: "is-small" });
    const field = h("div", { class: "command-field" },
      h("label", { class: "command-label" },
        h("span", { class: "command-option" }, option.name,
        option.required ? h("span", { class: "required", title: t("required") }, "*") : null),
        control, h("span", { class: "muted small" }, option.description)), remove);
    fields.append(field);
    return field;
  };
  const offer = (option) => optional.append(h("button", {
    type: "button", class: "chip", title: option.description,
    onclick() { this.remove(); add(option).querySelector("input, select")?.focus(); },
  }, icon("plus"), option.name));

  for (const option of entry.options) option.required ? add(option) : offer(option);

  const close = () => { stopListening(); form.remove(); onclose(); };
  const run = () => {
    const uploads = [...files.entries()].filter(([name]) => values.has(name));
    uploads.forEach(([name], index) => values.set(name, index));
    const data = commandData(entry, collect(),
      { attachments: uploads.map(([, file], id) => ({ id, filename: file.name })) });
    app.interact({ type: 2, application_id: entry.command.application_id, data }, { command: `/${entry.name}` },
      uploads.map(([, file]) => file));
    close();
  };
  const form = h("form", {
    class: "command-form", "aria-label": t("command.form", { name: entry.name }),
    onsubmit(event) {
      event.preventDefault();
      if (complete(form)) run();
    },
    onkeydown(event) { if (event.key === "Escape") { event.stopPropagation(); close(); } },
  },
  h("header", { class: "command-head" }, icon("slash"), h("strong", null, `/${entry.name}`),
    h("span", { class: "muted" }, entry.description),
    iconButton("close", t("command.close"), close, { class: "is-small" })),
  fields, optional,
  h("div", { class: "actions" }, h("button", { class: "button button-primary" }, icon("send"), t("command.run"))));

  /** A field whose words are no choice says so as any invalid field does. */
  const complete = (element) => {
    for (const input of element.querySelectorAll("[data-pick]")) {
      const isMissing = input.value !== "" && !values.has(input.dataset.pick);
      input.setCustomValidity(isMissing ? t("command.pickOne") : "");
    }
    return element.reportValidity();
  };
  queueMicrotask(() => (form.querySelector("input, select") ?? form.querySelector(".button-primary")).focus());
  return form;
}

function cast({ type }, value) {
  if (type === Type.integer || type === Type.number) return Number(value);
  if (type === Type.boolean) return value === true || value === "true";
  return value;
}

function controlFor(app, option, set, ask, files, values) {
  const { state } = app.store;
  const base = { class: "input", required: option.required, "aria-label": option.name };
  const pickFrom = (list) => combobox({
    input: h("input", { ...base, dataset: { pick: option.name } }), onpick: set, emptyText: t("choices.none"),
    search: (query) => fuzzyFilter(list, query, ({ label, note = "" }) => `${label} ${note}`).slice(0,
      SUGGESTED_AT_MOST),
  });
  if (option.choices?.length) return pickFrom(option.choices.map(({ name, value }) => ({ label: name, value })));
  if (option.autocomplete) return combobox({ input: h("input", base), onpick: set, search: ask, delay: PAUSE,
    isFree: true, emptyText: t("choices.none") });
  switch (option.type) {
    case Type.user: return pickFrom(people(state, app.guild));
    case Type.channel: return pickFrom(channels(state, app.guild, option.channel_types));
    case Type.role: return pickFrom(roles(app.guild));
    case Type.mentionable: return pickFrom([...people(state, app.guild), ...roles(app.guild)]);
    case Type.boolean: return h("select", { ...base, onchange({ target }) { set({ value: target.value }); } },
      h("option", { value: "" }, "–"), h("option", { value: "true" }, t("yes")),
        h("option", { value: "false" }, t("no")));
    case Type.attachment: return h("input", { ...base, type: "file", onchange({ target: { files: [file] } }) {
      if (!file) return void values.delete(option.name);
      files.set(option.name, file);
      values.set(option.name, 0);
    } });
    case Type.integer:
    case Type.number: return h("input", {
      ...base, type: "number", step: option.type === Type.integer ? 1 : "any", min: option.min_value,
        max: option.max_value, oninput({ target }) { set({ value: target.value }); },
    });
    default: return h("input", { ...base, minlength: option.min_length, maxlength: option.max_length ?? 6000,
      oninput({ target }) { set({ value: target.value }); } });
  }
}

