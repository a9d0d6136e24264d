// The page: finds out who the reader is, and puts the parts together.

import { h, icon, iconButton, reconcile } from "./dom.js";
import { App } from "./app.js";
import { Composer } from "./composer.js";
import { MessageList } from "./message-list.js";
import { channelPanel, rail } from "./sidebar.js";
import { memberPanel } from "./members.js";
import { openSwitcher, welcome } from "./people.js";
import { simulator } from "./simulator.js";
import { workbench } from "./workbench.js";
import { acceptDrops } from "./uploads.js";
import { channelIcon, channelName, findChannel } from "./names.js";
import { inlineMarkdown } from "./markdown-view.js";
import { emptyPlace } from "./empty-place.js";
import { themeButton } from "./theme.js";
import { loadStrings, t } from "./strings.js";

let app = null;

/** `#person/guild/channel`, so that an address leads back to the place and to the person. */
const address = () => location.hash.slice(1).split("/").filter(Boolean);

function start() {
  const [userID, ...place] = address();
  app?.close();
  document.body.replaceChildren(h("div", { id: "toasts", role: "status", "aria-live": "polite" }));
  if (!userID) {
    document.title = t("title");
    return document.body.prepend(welcome((id) => { location.hash = id; }));
  }
  app = new App(userID, place);
  app.switchPerson = () => openSwitcher(app, (id) => { location.hash = id; });
  document.body.prepend(...hall(app));
  app.gateway.connect();
  // Without its clock times are shown by ours; the traffic will tell that the simulator is away.
  simulator.readTime().catch(() => {});
  // For the curious at the console, and for tests.
  window.playground = app;
}

function hall(app) {
  app.list = new MessageList(app);
  app.composer = new Composer(app);
  const main = h("main", { class: "room", id: "content", tabindex: "-1" }, topbar(app),
    h("div", { class: "room-body" }, emptyPlace(app), app.list.scroller), app.composer.element);
  acceptDrops(main, app.composer.tray);
  const veil = h("div", { class: "veil-behind", onclick() { app.store.dispatch("view/sheet", { sheet: null }); } });
  const frame = h("div", { class: "hall" }, h("div", { class: "side" }, rail(app), channelPanel(app)), main,
    memberPanel(app), workbench(app), veil);
  app.store.watch(({ view, me }) => [view.isMembersShown, view.sheet, view.workbench, view.guildID, me],
    (isMembersShown, sheet, tab, guildID) => {
    frame.className = ["hall", isMembersShown && guildID && "has-members", sheet && `shows-${sheet}`,
      tab && "has-workbench"].filter(Boolean).join(" ");
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && app.store.state.view.sheet
    && app.store.dispatch("view/sheet", { sheet: null }), { signal: app.ended.signal });
  return [h("a", { class: "skip-link", href: "#content",
    onclick(event) { event.preventDefault(); app.composer.focus(); } }, t("skip")), connectionBar(app), frame];
}

function topbar(app) {
  const bar = h("header", { class: "topbar" });
  app.store.watch(({ view, guilds, privateChannels }) => [view.channelID,
    guilds[view.guildID]?.channels[view.channelID], privateChannels[view.channelID], view.isMembersShown,
    view.workbench, view.guildID], (channelID, guildChannel, direct, isMembersShown, tab, guildID) => {
    const channel = guildChannel ?? direct;
    const name = channelName(app.store.state, channel);
    document.title = channel ? t("titleIn", { name }) : t("title");
    const toggle = (iconName, label, isOn, onclick, props) => iconButton(iconName, label, onclick,
      { "aria-pressed": String(Boolean(isOn)), dataset: { focus: label }, ...props });
    const parent = guildChannel?.parent_id && [10, 11, 12].includes(guildChannel.type) && findChannel(app.store.state,
      guildChannel.parent_id);
    reconcile(bar, [{ key: "bar", stamp: [channel, isMembersShown, tab, channelID, guildID],
      build: () => h("div", { class: "topbar-line" },
      iconButton("menu", t("nav.open"), () => app.store.dispatch("view/sheet", { sheet: "side" }),
        { class: "only-narrow" }),
      [parent ? h("button",
        { type: "button", class: "button button-link", onclick() { app.act("go", { channelID: parent.id }); } },
        `#${parent.name} ›`) : null,
        h("h1", { class: "topbar-title", dir: "auto" }, icon(channel ? channelIcon(channel) : "door"),
          h("span", null, channel ? name : t("title"))),
        channel?.topic ? h("p", { class: "topic muted small", dir: "auto", title: channel.topic },
          inlineMarkdown(channel.topic, app.context())) : null],
      h("div", { class: "topbar-acts" },
        channel ? iconButton("pin", t("pins.title"), (event) => app.act("pins", { channelID }, event.currentTarget))
          : null,
        guildID ? toggle("users", t("members.toggle"), isMembersShown,
          () => (matchMedia("(max-width: 64rem)").matches ? app.store.dispatch("view/sheet", { sheet: "members" })
          : app.store.dispatch("view/members"))) : null,
        toggle("wrench", t("workbench.toggle"), tab,
          () => app.store.dispatch("view/workbench", { tab: tab ? null : "events" })),
        themeButton())) }]);
  });
  return bar;
}

function connectionBar(app) {
  const bar = h("div", { class: "connection", role: "status", hidden: true });
  app.store.watch(({ status }) => [status], (status) => {
    bar.hidden = status === "ready" || status === "connecting";
    bar.textContent = bar.hidden ? "" : t(`connection.${status}`);
  });
  return bar;
}

await loadStrings("/playground/strings/en.json");
document.title = t("title");
addEventListener("hashchange", () => address()[0] !== app?.userID && start());
start();
