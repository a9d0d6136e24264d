// Behind the scenes: what passes between bots and the simulator, its clock, and faults to order.

import { button, h, icon, iconButton } from "./dom.js";
import { attempt, moveFocus, toast } from "./popover.js";
import { inspector } from "./inspector.js";
import { simulator } from "./simulator.js";
import { longOf, now } from "./time.js";
import { t, tn } from "./strings.js";

const TABS = ["events", "time", "faults"];
const STEPS = [["time.minute", 60], ["time.hour", 3600], ["time.day", 86400]];

/** Every fault with a button, as the simulator takes the order. The sentences are in the catalog, `fault.<name>`. */
const FAULTS = {
  gateway: ["drop", "reconnect", "invalid_session", "close", "swallow_acks", "delay_events", "duplicate_events",
    "unknown_fields", "unknown_events", "huge_payloads"],
  rest: ["server_error", "lost_answer", "rate_limit", "rate_limit_global", "delay_answer", "slow_body", "cut_body"],
};
const LASTING = { seconds: 30 };
const DETAILS = {
  close: { code: 4000 }, swallow_acks: LASTING, delay_events: { milliseconds: 2000, ...LASTING },
    duplicate_events: LASTING, unknown_fields: LASTING, unknown_events: LASTING,
  server_error: { status: 503, count: 3 }, lost_answer: { status: 502 },
    rate_limit: { scope: "user", milliseconds: 2000, count: 3 },
  rate_limit_global: { fault: "rate_limit", scope: "global", milliseconds: 2000, count: 3 },
    delay_answer: { milliseconds: 3000, count: 3 }, slow_body: { milliseconds: 3000, count: 3 },
};

export function workbench(app) {
  const body = h("div", { class: "workbench-body", role: "tabpanel", id: "workbench-panel", tabindex: "0" });
  const tabs = TABS.map((name) => h("button", {
    type: "button", role: "tab", class: "tab", id: `tab-${name}`, "aria-controls": "workbench-panel",
      onclick() { app.store.dispatch("view/workbench", { tab: name }); },
  }, t(`workbench.${name}`)));
  const list = h("div", { class: "tab-list", role: "tablist", "aria-label": t("workbench.title"), onkeydown(event) {
    const key = { ArrowRight: "ArrowDown", ArrowLeft: "ArrowUp" }[event.key] ?? event.key;
    moveFocus({ key, preventDefault: () => event.preventDefault() }, tabs);
  } }, tabs);
  const panels = { events: inspector, time: timePanel, faults: faultPanel };
  let stop = null;
  app.store.watch(({ view }) => [view.workbench], (name) => {
    stop?.();
    stop = null;
    if (!name) return body.replaceChildren();
    tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(TABS[index] === name));
      tab.tabIndex = TABS[index] === name ? 0 : -1;
    });
    body.setAttribute("aria-labelledby", `tab-${name}`);
    const panel = panels[name](app);
    stop = panel.stop;
    body.replaceChildren(panel.element);
  });
  return h("aside", { class: "workbench", "aria-label": t("workbench.title") },
    h("header", { class: "panel-head" }, h("h2", { class: "panel-title" }, t("workbench.title")),
    iconButton("close", t("close"), () => app.store.dispatch("view/workbench", { tab: null }))), list, body);
}

function timePanel() {
  const clock = h("p", { class: "big-clock" });
  const draw = () => { clock.textContent = longOf(now()); };
  const timer = setInterval(draw, 1000);
  draw();
  attempt(() => simulator.readTime()).then(draw);
  const move = (seconds, key) => attempt(async () => {
    await simulator.advance(seconds);
    draw();
    toast(t("time.moved", { by: t(key) }), "success");
  });
  return { stop: () => clearInterval(timer),
    element: h("div", { class: "stack" }, h("p", { class: "muted" }, t("time.lead")), clock,
    h("div", { class: "actions" },
      STEPS.map(([key, seconds]) => button(t("time.advance", { by: t(key) }), "secondary",
      () => move(seconds, key))))) };
}

function faultPanel() {
  const whom = h("select", { class: "input" }, h("option", { value: "" }, t("faults.everyone")));
  const standing = h("ul", { class: "standing" });
  const lists = Object.entries(FAULTS).map(([kind, names]) => h("section", { class: "fault-group" },
    h("h3", null, t(`faults.${kind}`)), names.map((name) => h("div", { class: "fault" },
    h("div", null, h("p", { class: "fault-name" }, t(`fault.${name}`)),
      h("p", { class: "muted small" }, t(`fault.${name}.does`))),
    h("button", { type: "button", class: "button button-secondary button-small",
      "aria-label": t("faults.orderName", { name: t(`fault.${name}`) }), onclick: () => order(name) }, icon("bolt"),
      t("faults.order"))))));
  const refresh = async () => {
    const answer = await simulator.faults().catch(() => []);
    const list = Array.isArray(answer) ? answer : answer.faults ?? [];
    standing.replaceChildren(...list.map((item) => h("li", null,
      h("span", null, t(`fault.${item.fault}`), item.remaining ? ` · ${tn("faults.left", item.remaining)}` : ""),
      iconButton("close", t("faults.cancel"), () => attempt(() => simulator.cancelFault(item.id)).then(refresh),
        { class: "is-small" }))));
    if (!list.length) standing.replaceChildren(h("li", { class: "muted" }, t("faults.none")));
  };
  const order = async (name) => {
    const done = await attempt(() =>
      simulator.orderFault({ fault: name, ...DETAILS[name],
      ...(whom.value && { application_id: whom.value }) }).then(() => true));
    if (done) toast(t("faults.ordered", { name: t(`fault.${name}`) }), "success");
    refresh();
  };
  simulator.applications().then((answer) => {
    const list = Array.isArray(answer) ? answer : answer.applications ?? [];
    whom.append(...list.map(({ id, name }, index) => h("option", { value: id, selected: index === 0 }, name)));
  }, () => {});
  refresh();
  const timer = setInterval(refresh, 3000);
  return { stop: () => clearInterval(timer),
    element: h("div", { class: "stack" }, h("p", { class: "muted" }, t("faults.lead")),
    h("label", { class: "field" }, h("span", { class: "label" }, t("faults.whom")), whom),
      h("section", null, h("h3", null, t("faults.standing")), standing), lists) };
}
