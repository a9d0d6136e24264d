// What stands where messages would be when there is none to show: a forum, nothing open, nobody's server.

import { button, h, icon } from "./dom.js";
import { forum, isForum } from "./forum.js";
import { findChannel, isText } from "./names.js";
import { attempt } from "./popover.js";
import { simulator } from "./simulator.js";
import { t } from "./strings.js";

export function emptyPlace(app) {
  const place = h("div", { class: "empty-place" });
  const slice = ({ view, guilds, awaited, me }) => [view.channelID, guilds, awaited, me];
  app.store.watch(slice, (channelID, guilds, awaited, me) => {
    const channel = channelID && findChannel(app.store.state, channelID);
    place.hidden = Boolean(channel && isText(channel)) || !me || (!channel && awaited.length > 0);
    app.list.scroller.hidden = !place.hidden;
    if (place.hidden) return;
    if (isForum(channel)) place.replaceChildren(forum(app, channel));
    else place.replaceChildren(Object.keys(guilds).length ? nothingOpen(app) : nobodysServer(app));
  });
  return place;
}

const words = (key) => [icon("door"), h("h2", null, t(`${key}.title`)), h("p", { class: "muted" }, t(`${key}.hint`))];
const nothingOpen = (app) => h("div", { class: "empty" }, words("nowhere"),
  button(t("you.switch"), "primary", () => app.switchPerson()));

/** Somebody new, or somebody who was sent away: the servers they may walk into. */
function nobodysServer(app) {
  const ways = h("div", { class: "stack" });
  const join = (guild) => attempt(() => simulator.join(guild.id, app.userID));
  simulator.guilds().then((guilds) => ways.replaceChildren(...guilds.map((guild) => button(
    t("alone.join", { name: guild.name }), "primary", () => join(guild)))), () => {});
  return h("div", { class: "empty" }, words("alone"), ways,
    button(t("you.switch"), "secondary", () => app.switchPerson()));
}
