// A modal an application opened: labels around text, selects, files, radios and checkboxes, and its answer.

import { button, h, icon } from "./dom.js";
import { openDialog } from "./popover.js";
import { choiceSource, openChoices } from "./choices.js";
import { Kind, SELECTS } from "./components.js";
import { markdown } from "./markdown-view.js";
import { t } from "./strings.js";

/** Shows the modal of an `INTERACTION_MODAL_CREATE` and sends what is filled in. */
export function openModalForm(app, modal) {
  const inputs = [];
  const files = [];
  const body = modal.components.map((item) => top(app, item, inputs, files));
  const problem = h("p", { class: "form-problem", role: "alert", hidden: true });
  const form = h("form", {
    // Our own words name the field; the browser's bubbles cannot.
    class: "form", id: `modal-${modal.id}`, novalidate: true,
    async onsubmit(event) {
      event.preventDefault();
      const missing = inputs.find((input) => !input.isComplete());
      problem.hidden = !missing;
      if (missing) {
        problem.textContent = t("modal.incomplete", { label: missing.label });
        return missing.element.focus();
      }
      files.length = 0;
      const components = modal.components.map((item) => answer(item, inputs, files));
      dialog.close();
      await app.interact({
        type: 5, application_id: modal.application?.id ?? modal.application_id, id: modal.id,
        data: { id: modal.id, custom_id: modal.custom_id, components,
          attachments: files.map(({ name }, id) => ({ id, filename: name })) },
      }, { command: modal.title }, files);
    },
  }, app.applicationLine(modal.application), body, problem);
  const dialog = openDialog(modal.title, form, {
    class: "is-modal-form",
    actions: [button(t("cancel"), "quiet", () => dialog.close()),
      h("button", { class: "button button-primary", form: form.id }, t("modal.submit"))],
  });
  (form.querySelector("input, textarea, select, .select-button"))?.focus();
}

function top(app, item, inputs, files) {
  if (item.type === Kind.text) return markdown(item.content, app.context());
  if (item.type === Kind.row) return item.components.map((inner) => field(app, inner.label, null, inner, inputs));
  return field(app, item.label, item.description, item.component, inputs, files);
}

function field(app, label, description, item, inputs) {
  const isRequired = item.required ?? true;
  const isGroup = [Kind.radios, Kind.checkboxes].includes(item.type);
  const input = inputFor(app, item, isRequired, label);
  Object.assign(input, { item, label });
  inputs.push(input);
  if (item.type === Kind.checkbox) return h("label", { class: "check" }, input.element,
    h("span", null, h("span", { class: "label" }, label),
    description && h("span", { class: "muted small" }, description)));
  return h(isGroup ? "fieldset" : "label", { class: "field" },
    h(isGroup ? "legend" : "span", { class: "label" }, label,
      isRequired ? h("span", { class: "required", title: t("required") }, "*") : null),
    description && h("span", { class: "muted small" }, description), input.element);
}

function inputFor(app, item, isRequired, label) {
  if (SELECTS.has(item.type)) return selectInput(app, item, isRequired, label);
  switch (item.type) {
    case Kind.textInput: return textInput(item, isRequired);
    case Kind.upload: return uploadInput(item, isRequired);
    case Kind.radios: return tickInput(item, "radio", isRequired ? 1 : 0, 1);
    case Kind.checkboxes: return tickInput(item, "checkbox", isRequired ? item.min_values ?? 1 : 0,
      item.max_values ?? item.options.length);
    case Kind.checkbox: {
      const element = h("input", { type: "checkbox", checked: item.default });
      return { element, isComplete: () => true, value: () => ({ value: element.checked }) };
    }
    default: return { element: h("p", { class: "muted small" }, t("component.unknown", { type: item.type })),
      isComplete: () => true, value: () => ({}) };
  }
}

function textInput(item, required) {
  const props = { class: "input", required, placeholder: item.placeholder, value: item.value ?? "",
    minlength: item.min_length, maxlength: item.max_length ?? 4000 };
  const element = item.style === 2 ? h("textarea", { ...props, rows: 4 }) : h("input", props);
  return { element, isComplete: () => element.checkValidity(), value: () => ({ value: element.value }) };
}

function selectInput(app, item, isRequired, label) {
  const choices = choiceSource(item, app.store.state, app.guildID);
  let values = choices.filter(({ isDefault }) => isDefault).map(({ value }) => value);
  const min = isRequired ? item.min_values ?? 1 : 0;
  const words = h("span");
  const show = () => {
    const chosen = choices.filter(({ value }) => values.includes(value)).map((choice) => choice.label);
    words.textContent = chosen.join(", ") || item.placeholder || t("component.choose");
    element.setAttribute("aria-label", `${label}: ${words.textContent}`);
  };
  const element = h("button", {
    type: "button", class: "select-button", "aria-haspopup": "listbox",
    onclick(event) {
      event.preventDefault();
      const current = choices.map((choice) => ({ ...choice, isDefault: values.includes(choice.value) }));
      openChoices(element,
        { label, choices: current, min, max: item.max_values ?? 1, done: (chosen) => { values = chosen; show(); } });
    },
  }, words, icon("chevron"));
  show();
  return { element, isComplete: () => values.length >= min, value: () => ({ values }) };
}

function uploadInput(item, isRequired) {
  const min = isRequired ? item.min_values ?? 1 : 0;
  const max = item.max_values ?? 1;
  const element = h("input", { class: "input", type: "file", multiple: max > 1 });
  return {
    element, isComplete: () => element.files.length >= min && element.files.length <= max,
    value: (files) => ({ values: [...element.files].map((file) => String(files.push(file) - 1)) }),
  };
}

function tickInput(item, type, min, max) {
  const boxes = item.options.map((option) => h("input",
    { type, name: `tick-${item.custom_id}`, value: option.value, checked: option.default }));
  const element = h("div", { class: "ticks" },
    item.options.map((option, index) => h("label", { class: "check" }, boxes[index],
    h("span", null, h("span", null, option.label),
      option.description && h("span", { class: "muted small" }, option.description)))));
  const chosen = () => boxes.filter(({ checked }) => checked).map(({ value }) => value);
  element.focus = () => boxes[0].focus();
  return {
    element, isComplete: () => chosen().length >= min && chosen().length <= max,
    value: () => (type === "radio" ? { value: chosen()[0] ?? null } : { values: chosen() }),
  };
}

/** The component as the submission carries it: kind, id and what was filled in. */
function answer(item, inputs, files) {
  const filled = (inner) =>
    ({ type: inner.type, id: inner.id, custom_id: inner.custom_id,
    ...inputs.find((input) => input.item === inner).value(files) });
  if (item.type === Kind.row) return { type: item.type, id: item.id, components: item.components.map(filled) };
  if (item.type === Kind.label) return { type: item.type, id: item.id, component: filled(item.component) };
  return { type: item.type, id: item.id };
}
