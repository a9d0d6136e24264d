// One message: who, when, what, and what hangs on it.

import { button, h, icon, iconButton } from "./dom.js";
import { attachments, embed } from "./embeds.js";
import { components } from "./components.js";
import { inlineMarkdown, markdown } from "./markdown-view.js";
import { reactions } from "./emoji.js";
import { poll } from "./poll.js";
import { face, nameOf, tintOf } from "./names.js";
import { Flags } from "./messages.reducer.js";
import { clockOf, dayOf, isSameDay, longOf, stampOf, timeOfID } from "./time.js";
import { hasString, t } from "./strings.js";

const TOGETHER = 7 * 60_000;
const ORDINARY = new Set([0, 19, 20, 23]);
const SYSTEM_ICONS = { 6: "pin", 7: "door", 8: "crown", 18: "thread", 24: "shield", 46: "poll" };

export const timeOf = (message) => (message.timestamp ? Date.parse(message.timestamp) : timeOfID(message.id));

/** Whether a message continues the one before it, under the same face. */
export function isContinuation(message, before) {
  return Boolean(before) && message.author.id === before.author.id && ORDINARY.has(message.type)
    && ORDINARY.has(before.type)
    && !message.message_reference && !message.interaction_metadata && timeOf(message) - timeOf(before) < TOGETHER
    && isSameDay(timeOf(message), timeOf(before))
      && Boolean(message.flags & Flags.ephemeral) === Boolean(before.flags & Flags.ephemeral)
    && message.author.username === before.author.username;
}

export const daySeparator = (time) => h("div", { class: "day", role: "separator", "aria-label": dayOf(time) },
  h("span", null, dayOf(time)));

/** @param {{app: Object, isGrouped: boolean, busy: Set<string>, failure?: Object}} context */
export function messageView(message, context) {
  const { app, isGrouped } = context;
  if (!ORDINARY.has(message.type) && hasString(`system.${message.type}`)) return systemMessage(message, app);
  const state = app.store.state;
  const mentionsMe = message.mention_everyone || message.mentions?.some(({ id }) => id === state.me);
  const classes = ["message", isGrouped && "is-grouped", mentionsMe && "is-mention",
    message.flags & Flags.ephemeral && "is-ephemeral", message.isPending && "is-pending"];
  const name = nameIn(state, message);
  return h("article", {
    class: classes.filter(Boolean).join(" "), dataset: { id: message.id, focus: message.id }, tabindex: "-1",
    "aria-label": t("message.by", { name, time: clockOf(timeOf(message)) }),
  },
  isGrouped ? null : [origin(message, app), h("button", {
    type: "button", class: "face-button", tabindex: "-1", "aria-label": t("profile.open", { name }),
    onclick(event) { app.act("profile", { userID: message.author.id, user: message.author }, event.currentTarget); },
  }, face(message.author, memberOf(state, message), message.guild_id ?? app.guildID))],
  h("div", { class: "message-main" }, isGrouped ? null : head(message, name, app),
    app.store.state.view.editing === message.id ? editor(message, app) : body(message, context),
      foot(message, context)));
}

const memberOf = (state, message) =>
  (message.webhook_id ? null : state.guilds[message.guild_id ?? state.view.guildID]?.members[message.author.id]);
const nameIn = (state, message) => (message.webhook_id && !message.interaction_metadata ? message.author.username
  : nameOf(state, message.guild_id ?? state.view.guildID, message.author.id, message.author));

function head(message, name, app) {
  const state = app.store.state;
  const guild = state.guilds[message.guild_id ?? state.view.guildID];
  const tint = tintOf(guild, memberOf(state, message));
  const time = timeOf(message);
  return h("header", { class: "message-head" },
    h("button", {
      type: "button", class: `author ${tint.class ?? ""}`, style: tint.style ?? {}, dir: "auto",
      onclick(event) { app.act("profile", { userID: message.author.id, user: message.author }, event.currentTarget); },
    }, name),
    message.author.bot || message.webhook_id ? h("span", { class: "badge" }, t("badge.app")) : null,
    h("time", { class: "muted small", datetime: new Date(time).toISOString(), title: longOf(time) }, stampOf(time)),
    message.pinned ? h("span", { class: "pinned-mark", title: t("message.pinned") }, icon("pin"),
      h("span", { class: "visually-hidden" }, t("message.pinned"))) : null);
}

/** What the message answers: another message, or a command. */
function origin(message, app) {
  const { referenced_message: before, interaction_metadata: cause, interaction } = message;
  const { state } = app.store;
  if (message.type === 19 || before) {
    if (!before) return h("div", { class: "origin" }, icon("reply"),
      h("span", { class: "muted" }, t("message.originGone")));
    return h("button", { type: "button", class: "origin", onclick() { app.act("jump", { id: before.id }); } },
      icon("reply"), face(before.author),
      h("span", { class: "origin-name", dir: "auto" }, nameOf(state, app.guildID, before.author.id, before.author)),
      h("span", { class: "origin-text muted", dir: "auto" }, excerpt(before)));
  }
  const name = cause?.name ?? interaction?.name;
  const user = cause?.user ?? interaction?.user;
  if (!name || !user) return null;
  return h("div", { class: "origin" }, icon("slash"), face(user),
    h("span", { class: "origin-name", dir: "auto" }, nameOf(state, app.guildID, user.id, user)),
    h("span", { class: "muted" }, t("message.used", { command: message.type === 23 ? name : `/${name}` })));
}

export const excerpt = ({ content, attachments: files, embeds }) => content?.replace(/\s+/g, " ").slice(0, 140)
  || (files?.length ? t("message.hasFiles") : embeds?.[0]?.title ?? t("message.hasNoText"));

function body(message, { app, busy }) {
  const context = app.context(message.guild_id);
  if (message.flags & Flags.loading) {
    return h("p", { class: "thinking", role: "status" },
      h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), t("message.thinking"));
  }
  const parts = { app, message, busy, markdown: context };
  return [
    message.content ? markdown(message.content, context) : null,
    message.message_snapshots?.map(({ message: copy }) => h("div", { class: "forwarded" },
      h("p", { class: "muted small" }, icon("reply"), t("message.forwarded")),
      copy.content && markdown(copy.content, context), attachments(copy.attachments),
      copy.embeds?.map((data) => embed(data, context)))),
    message.poll ? poll(message.poll, message, app) : null,
    attachments(message.flags & Flags.v2 ? [] : message.attachments),
    message.embeds?.filter(({ type }) => type !== "poll_result").map((data) => embed(data, context)),
    message.components?.length ? h("div", { class: "components" }, components(message.components, parts)) : null,
    message.sticker_items?.map(({ name }) => h("p", { class: "muted" }, t("message.sticker", { name }))),
    message.edited_timestamp
      ? h("span", { class: "edited muted", title: longOf(Date.parse(message.edited_timestamp)) }, t("message.edited"))
      : null,
  ];
}

function foot(message, { app, failure }) {
  const thread = message.thread;
  return [
    reactions(message, app),
    thread ? h("button",
      { type: "button", class: "thread-link", onclick() { app.act("go", { channelID: thread.id }); } }, icon("thread"),
      h("span", { dir: "auto" }, thread.name)) : null,
    failure ? h("p", { class: "interaction-failed", role: "status" }, icon("warning"),
      failure.text ?? t("interaction.failed")) : null,
    message.failure ? h("p", { class: "interaction-failed", role: "status" }, icon("warning"), message.failure,
      button(t("message.retry"), "link", () => app.act("resend", { message })),
        button(t("dismiss"), "link", () => app.act("dismiss", { message }))) : null,
    message.flags & Flags.ephemeral ? h("p", { class: "only-you muted small" }, icon("lock"), t("message.onlyYou"),
      button(t("message.dismiss"), "link", () => app.act("dismiss", { message }))) : null,
  ];
}

function editor(message, app) {
  const close = () => app.store.dispatch("view/edit", { id: null });
  const save = () => { close(); app.act("saveEdit", { message, content: area.value }); };
  const area = h("textarea", { class: "input edit-area", rows: Math.min(8, message.content.split("\n").length + 1),
    "aria-label": t("message.edit"), maxlength: 4000, value: message.content });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.stopPropagation(); close(); }
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); save(); }
  });
  queueMicrotask(() => { area.focus(); area.setSelectionRange(area.value.length, area.value.length); });
  return h("div", { class: "edit" }, area,
    h("div", { class: "actions" }, button(t("save"), "primary", save), button(t("cancel"), "quiet", close)));
}

function systemMessage(message, app) {
  const { state } = app.store;
  const name = nameOf(state, message.guild_id ?? app.guildID, message.author.id, message.author);
  return h("article", { class: "message is-system", dataset: { id: message.id, focus: message.id }, tabindex: "-1" },
    icon(SYSTEM_ICONS[message.type] ?? "info"),
    h("p", { dir: "auto" }, t(`system.${message.type}`, { name, content: message.content ?? "" }), " ",
      h("time", { class: "muted small" }, stampOf(timeOf(message)))),
    message.embeds?.length
      ? message.embeds.map((data) => h("p", { class: "muted" },
      inlineMarkdown(data.description ?? data.title ?? "", app.context()))) : null);
}

/** The acts on a message, shown on the one under the pointer or the focus only. */
export function toolbar(message, app) {
  const act = (name) => (event) => app.act(name, { message }, event.currentTarget);
  const isMine = message.author.id === app.store.state.me;
  return h("div", { class: "toolbar", role: "toolbar", "aria-label": t("message.actions") },
    iconButton("smile", t("reaction.add"), act("pickReaction")), iconButton("reply", t("message.reply"), act("reply")),
    isMine ? iconButton("edit", t("message.edit"), act("edit")) : iconButton("bolt", t("message.apps"),
      act("messageCommands")),
    iconButton("more", t("message.more"), act("messageMenu")));
}
