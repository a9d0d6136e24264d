// A forum: its posts, newest first, and the way to write one.

import { button, h, icon } from "./dom.js";
import { attempt, openDialog } from "./popover.js";
import { nameOf, threadsOf } from "./names.js";
import { stampOf, timeOfID } from "./time.js";
import { t, tn } from "./strings.js";

export const isForum = (channel) => channel?.type === 15 || channel?.type === 16;

export function forum(app, channel) {
  const posts = threadsOf(app.guild, channel.id);
  return h("div", { class: "forum" },
    h("div", { class: "actions" }, button(t("forum.new"), "primary", () => writePost(app, channel))),
    posts.length ? h("ul", { class: "stack" }, posts.map((post) => h("li", null, card(app, post))))
      : h("p", { class: "empty-line" }, t("forum.none")));
}

const card = (app, post) => h("button",
  { type: "button", class: "post", onclick() { app.act("go", { channelID: post.id }); } },
  icon("forum"), h("span", { class: "choice-text" }, h("strong", { dir: "auto" }, post.name),
    h("span", { class: "muted small", dir: "auto" },
      [nameOf(app.store.state, app.guildID, post.owner_id), stampOf(timeOfID(post.id)),
      tn("forum.messages", post.message_count ?? 0)].join(" \u00b7 "))));

function writePost(app, channel) {
  const title = h("input", { class: "input", required: true, maxlength: 100, autofocus: true });
  const text = h("textarea", { class: "input", required: true, maxlength: 2000, rows: 5 });
  const form = h("form", {
    class: "form",
    async onsubmit(event) {
      event.preventDefault();
      const post = await attempt(() => app.api.post(`/channels/${channel.id}/threads`,
        { name: title.value, message: { content: text.value } }));
      if (!post) return;
      dialog.close();
      app.store.dispatch("THREAD_CREATE", post);
      app.act("go", { channelID: post.id });
    },
  },
  h("label", { class: "field" }, h("span", { class: "label" }, t("forum.title")), title),
  h("label", { class: "field" }, h("span", { class: "label" }, t("forum.text")), text),
  h("div", { class: "actions" }, h("button", { class: "button button-primary" }, t("forum.post"))));
  const dialog = openDialog(t("forum.new"), form);
}
