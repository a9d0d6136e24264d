// What lies above the page: popovers beside their anchor, menus, dialogs, toasts.

import { h, icon, iconButton, button } from "./dom.js";
import { t } from "./strings.js";

const GAP = 6;
let opened = null;

/** Shows `content` beside `anchor` until the reader turns elsewhere. One at a time. */
export function openPopover(anchor, content, { label, class: extra = "", role = "dialog", onclose } = {}) {
  opened?.hidePopover();
  const panel = h("div", { class: `popover ${extra}`, popover: "auto", role, "aria-label": label }, content);
  // Inside a modal dialog everything else is inert, so it has to hang in there.
  (anchor.closest("dialog") ?? document.body).append(panel);
  panel.addEventListener("toggle", ({ newState }) => {
    if (newState !== "closed") return;
    if (opened === panel) opened = null;
    const hadFocus = panel.contains(document.activeElement) || document.activeElement === document.body;
    panel.remove();
    if (hadFocus && anchor.isConnected) anchor.focus({ preventScroll: true });
    onclose?.();
  });
  panel.showPopover();
  place(panel, anchor);
  opened = panel;
  (panel.querySelector("[autofocus]")
    ?? panel.querySelector("input, button, [tabindex]"))?.focus({ preventScroll: true });
  return { panel, close: () => panel.isConnected && panel.hidePopover(), place: () => place(panel, anchor) };
}

function place(panel, anchor) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const isBelow = box.bottom + GAP + height <= innerHeight || box.top < innerHeight - box.bottom;
  const top = isBelow ? box.bottom + GAP : box.top - GAP - height;
  const left = box.left + width > innerWidth - GAP ? box.right - width : box.left;
  panel.style.setProperty("top", `${Math.max(GAP, Math.min(top, innerHeight - height - GAP))}px`);
  panel.style.setProperty("left", `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`);
}

/** @param {({label: string, icon?: string, isDanger?: boolean, run: () => void}|null|false)[]} items */
export function openMenu(anchor, label, items) {
  const entries = items.filter(Boolean);
  const menu = openPopover(anchor, entries.map((item) => h("button", {
    type: "button", role: "menuitem", class: `menu-item${item.isDanger ? " is-danger" : ""}`,
    onclick() { menu.close(); item.run(); },
  }, icon(item.icon ?? "chevron"), h("span", null, item.label))), { label, role: "menu", class: "menu" });
  menu.panel.addEventListener("keydown",
    (event) => moveFocus(event, [...menu.panel.querySelectorAll("[role=menuitem]")]));
}

export function moveFocus(event, stops) {
  const here = stops.indexOf(document.activeElement);
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: stops.length - 1 }[event.key];
  if (next === undefined || !stops.length) return;
  event.preventDefault();
  stops[(next + stops.length) % stops.length].focus();
}

/** A modal dialog. Resolves when it is gone. */
export function openDialog(title, content, { class: extra = "", actions = [], onclose } = {}) {
  const heading = h("h2", { id: `dialog-${crypto.getRandomValues(new Uint32Array(1))[0]}` }, title);
  const dialog = h("dialog", { class: `dialog ${extra}`, "aria-labelledby": heading.id },
    h("header", { class: "dialog-head" }, heading, iconButton("close", t("close"), () => dialog.close())),
    h("div", { class: "dialog-body" }, content),
    actions.length ? h("footer", { class: "dialog-foot" }, actions) : null);
  dialog.addEventListener("close", () => {
    dialog.remove();
    onclose?.();
  });
  dialog.addEventListener("pointerdown", (event) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const isInside = event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom;
    if (event.target === dialog && !isInside) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks for one line, such as a reason. Resolves with the words, or null. */
export function askLine(title, label, { value = "", submit, isDanger, isRequired, maxLength = 512 } = {}) {
  return new Promise((resolve) => {
    const input = h("input", { class: "input", value, maxlength: maxLength, required: isRequired, autofocus: true });
    let answer = null;
    const form = h("form",
      { class: "form", onsubmit(event) { event.preventDefault(); answer = input.value; dialog.close(); } },
      h("label", { class: "field" }, h("span", { class: "label" }, label), input),
      h("div", { class: "actions" }, h("button", { class: `button button-${isDanger ? "danger" : "primary"}` }, submit),
        button(t("cancel"), "quiet", () => dialog.close())));
    const dialog = openDialog(title, form, { onclose: () => resolve(answer) });
  });
}

const SHOWN_AT_MOST = 4;

/** A short message at the corner. Errors stay until they are put away. */
export function toast(text, tone = "info") {
  const area = document.getElementById("toasts");
  const note = h("div", { class: `toast tone-${tone}` }, icon({ error: "warning", success: "check" }[tone] ?? "info"),
    h("p", null, text),
    iconButton("close", t("dismiss"), () => note.remove(), { class: "is-small" }));
  area.append(note);
  while (area.children.length > SHOWN_AT_MOST) area.firstElementChild.remove();
  if (tone === "error") return;
  const leave = () => (note.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : note.remove());
  setTimeout(leave, 6000);
}

/** Runs something that asks the API and tells the reader when it is refused. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    toast(error.message, "error");
    return undefined;
  }
}
