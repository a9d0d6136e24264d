// The pinned messages of a channel.

import { button, h } from "./dom.js";
import { attempt, openPopover } from "./popover.js";
import { markdown } from "./markdown-view.js";
import { face, nameOf } from "./names.js";
import { excerpt, timeOf } from "./message.js";
import { stampOf } from "./time.js";
import { t } from "./strings.js";

export async function openPins(app, { channelID }, anchor) {
  const list = h("div", { class: "pins" }, h("span", { class: "busy-mark" }));
  const popover = openPopover(anchor, [h("h2", { tabindex: "-1", autofocus: true }, t("pins.title")), list],
    { label: t("pins.title"), class: "pins-panel" });
  const answer = await attempt(() => app.api.get(`/channels/${channelID}/messages/pins`));
  const pins = (answer?.items ?? []).map(({ message }) => message);
  list.replaceChildren(...pins.map((message) => h("article", { class: "pin" }, face(message.author),
    h("div", null, h("p", null,
      h("strong", { dir: "auto" }, nameOf(app.store.state, app.guildID, message.author.id, message.author)), " ",
      h("span", { class: "muted small" }, stampOf(timeOf(message)))),
      message.content ? markdown(message.content, app.context()) : h("p", { class: "muted" }, excerpt(message)),
      button(t("pins.jump"), "link", () => { popover.close(); app.act("jump", { id: message.id }); })))));
  if (!pins.length) list.replaceChildren(h("p", { class: "empty-line" }, t("pins.none")));
  popover.place();
}
