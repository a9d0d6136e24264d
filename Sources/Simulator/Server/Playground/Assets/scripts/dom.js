// The one way elements are made here. Text stays text: nothing in the page ever parses markup from data.

import { outlines } from "./icons.js";

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected", "multiple", "indeterminate", "open"]);

/**
 * Makes an element. `on…` props are listeners, `style` and `dataset` are objects, null and false are left out.
 * @param {string} tag
 * @param {Object|null} props
 * @param {...(Node|string|number|Array|null|false)} children
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) setProp(element, name, value);
  element.append(...flatten(children));
  return element;
}

function setProp(element, name, value) {
  if (value == null || (value === false && !name.startsWith("aria-"))) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "style") for (const [key, item] of Object.entries(value)) element.style.setProperty(key, item);
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (PROPERTIES.has(name)) element[name] = value;
  else if ((name === "href" || name === "src") && !isSafeAddress(value)) return;
  else element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
}

const flatten = (children) => children.flat(Infinity).filter((child) => child != null && child !== false
  && child !== "");

/** Only addresses that cannot run anything. */
export function isSafeAddress(value) {
  return /^(https?:\/\/|blob:|\/(?!\/)|#)/i.test(String(value));
}

/** A line drawing in the colour of the text around it; the words beside it carry the meaning. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", outlines[name] ?? outlines.info);
  svg.append(path);
  return svg;
}

/** A square button with a drawing only; its label is read out and shown as a tooltip. */
export function iconButton(name, label, onclick, props = {}) {
  const { class: extra = "", ...rest } = props;
  return h("button", { type: "button", class: `icon-button ${extra}`, "aria-label": label, title: label, onclick,
    ...rest },
    icon(name));
}

export function button(label, kind, onclick, props = {}) {
  return h("button", { type: "button", class: `button button-${kind}`, onclick, ...props }, label);
}

/**
 * Brings the children of `parent` to `entries` and touches only what changed.
 * @param {Element} parent
 * @param {{key: string, stamp: unknown, build: () => Element}[]} entries `stamp` is compared by identity, arrays item by item.
 */
export function reconcile(parent, entries) {
  const known = new Map([...parent.children].map((child) => [child.reconcileKey, child]));
  const focusedKey = document.activeElement?.closest?.("[data-focus]")?.dataset.focus;
  let cursor = parent.firstElementChild;
  for (const { key, stamp, build } of entries) {
    let child = known.get(key);
    known.delete(key);
    if (!child || !isSame(child.reconcileStamp, stamp)) {
      const fresh = build();
      fresh.reconcileKey = key;
      fresh.reconcileStamp = stamp;
      if (child) {
        if (child === cursor) cursor = fresh;
        child.replaceWith(fresh);
      }
      child = fresh;
    }
    if (child === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(child, cursor);
  }
  for (const child of known.values()) child.remove();
  // A rebuilt element takes the focus back from the body it fell to.
  if (focusedKey && document.activeElement === document.body) {
    parent.querySelector(`[data-focus="${CSS.escape(focusedKey)}"]`)?.focus({ preventScroll: true });
  }
}

export function isSame(left, right) {
  if (!Array.isArray(left) || !Array.isArray(right)) return Object.is(left, right);
  return left.length === right.length && left.every((item, index) => Object.is(item, right[index]));
}
