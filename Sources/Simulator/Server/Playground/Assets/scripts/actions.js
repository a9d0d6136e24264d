// What the reader can do, by name: each asks the API and lets the gateway tell what came of it.

import { askLine, attempt, openDialog, openMenu, toast } from "./popover.js";
import { button, h } from "./dom.js";
import { emojiPath, openEmojiPicker } from "./emoji.js";
import { excerpt } from "./message.js";
import { loadMessages } from "./message-list.js";
import { openMessageCommands } from "./commands.js";
import { openPins } from "./pins.js";
import { openProfile } from "./profile.js";
import { findChannel, channelGroups, isText } from "./names.js";
import { may, Permission } from "./permissions.js";
import { compareIDs, makeNonce } from "./time.js";
import { t } from "./strings.js";

const HASH_SEPARATOR = "/";

/** @type {Object<string, (app: Object, data: Object, anchor?: Element) => unknown>} */
export const actions = {
  load: loadMessages,
  profile: openProfile,
  pins: openPins,
  messageCommands: openMessageCommands,

  go(app, { guildID, channelID }) {
    const { state } = app.store;
    const channel = channelID && findChannel(state, channelID);
    const guild = state.guilds[channel?.guild_id ?? guildID];
    const target = channel ?? firstChannel(state, guild);
    if (!target && !guild) return actions.goHome(app);
    app.store.dispatch("view/went", { guildID: guild?.id ?? null, channelID: target?.id ?? null });
    if (target) app.lastChannels.set(guild?.id ?? null, target.id);
    history.replaceState(null, "",
      `#${[state.me, guild?.id ?? "@me", target?.id].filter(Boolean).join(HASH_SEPARATOR)}`);
    if (!matchMedia("(pointer: coarse)").matches) app.composer?.focus();
  },

  goHome(app) {
    const direct = Object.keys(app.store.state.privateChannels)[0] ?? null;
    app.store.dispatch("view/went", { guildID: null, channelID: direct });
  },

  goGuild(app, { guildID }) {
    const last = app.lastChannels.get(guildID);
    actions.go(app, { guildID, channelID: last && findChannel(app.store.state, last) ? last : undefined });
  },

  jump(app, { id }) {
    if (!app.list.jump(id)) toast(t("message.notLoaded"));
  },

  async send(app, { content, files = [], poll }) {
    const { view, me, users } = app.store.state;
    const { channelID, guildID, replyTo, isReplyPinging } = view;
    const nonce = makeNonce();
    const body = {
      content, nonce, ...(poll && { poll }),
      ...(replyTo && { message_reference: { message_id: replyTo.id },
        allowed_mentions: { parse: ["users", "roles", "everyone"], replied_user: isReplyPinging } }),
      ...(files.length && { attachments: files.map(({ name }, id) => ({ id, filename: name })) }),
    };
    app.store.dispatch("view/reply", { message: null });
    app.store.dispatch("messages/sending", { message: {
      id: `pending-${nonce}`, nonce, channel_id: channelID, guild_id: guildID, type: replyTo ? 19 : 0,
        content: content || files.map(({ name }) => name).join(", "),
      author: users[me], referenced_message: replyTo, mentions: [], flags: 0,
        timestamp: new Date(Date.now()).toISOString(), draft: { body, files },
    } });
    await deliver(app, channelID, nonce, body, files);
  },

  async resend(app, { message }) {
    app.store.dispatch("messages/refused", { channelID: message.channel_id, nonce: message.nonce, text: undefined });
    await deliver(app, message.channel_id, message.nonce, message.draft.body, message.draft.files);
  },

  dismiss: (app, { message }) => app.store.dispatch("messages/dismissed",
    { channelID: message.channel_id, id: message.id }),
  reply: (app, { message }) => { app.store.dispatch("view/reply", { message }); app.composer.focus(); },
  edit: (app, { message }) => app.store.dispatch("view/edit", { id: message.id }),
  saveEdit: (app, { message, content }) => (content === message.content ? null : content.trim()
    ? attempt(() => app.api.patch(`/channels/${message.channel_id}/messages/${message.id}`, { content }))
    : actions.remove(app, { message })),

  async remove(app, { message }) {
    if (await confirmed(t("message.deleteTitle"), `${excerpt(message)}`, t("message.delete"))) {
      await attempt(() => app.api.delete(`/channels/${message.channel_id}/messages/${message.id}`));
    }
  },

  react: (app, { message, emoji, isOn }) => attempt(() => app.api[isOn ? "put" : "delete"](
    `/channels/${message.channel_id}/messages/${message.id}/reactions/${emojiPath(emoji)}/@me`)),
  pickReaction: (app, { message }, anchor) => openEmojiPicker(anchor, app.guild?.emojis ?? [],
    (emoji) => actions.react(app, { message, emoji, isOn: true })),

  messageMenu(app, { message }, anchor) {
    const { state } = app.store;
    const isMine = message.author.id === state.me;
    const channel = findChannel(state, message.channel_id);
    const allowed = (permission) => may(app.guild, state.me, permission, channel);
    const base = `/channels/${message.channel_id}`;
    openMenu(anchor, t("message.more"), [
      { label: t("message.reply"), icon: "reply", run: () => actions.reply(app, { message }) },
      isMine && { label: t("message.edit"), icon: "edit", run: () => actions.edit(app, { message }) },
      { label: t("message.apps"), icon: "bolt", run: () => actions.messageCommands(app, { message }, anchor) },
      channel?.guild_id && !message.thread && allowed(Permission.createThreads)
        && { label: t("thread.start"), icon: "thread", run: () => actions.startThread(app, { message }) },
      (allowed(Permission.pin) || allowed(Permission.manageMessages)) && {
        label: t(message.pinned ? "message.unpin" : "message.pin"), icon: "pin",
        run: () => attempt(() => app.api[message.pinned ? "delete" : "put"](`${base}/messages/pins/${message.id}`)),
      },
      { label: t("message.copyID"), icon: "copy", run: () => navigator.clipboard?.writeText(message.id) },
      (isMine || allowed(Permission.manageMessages)) && { label: t("message.delete"), icon: "trash", isDanger: true,
        run: () => actions.remove(app, { message }) },
    ]);
  },

  async startThread(app, { message }) {
    const channelID = message?.channel_id ?? app.store.state.view.channelID;
    const name = await askLine(t("thread.start"), t("thread.name"),
      { submit: t("thread.create"), isRequired: true, maxLength: 100 });
    if (!name) return;
    const path = message ? `/channels/${channelID}/messages/${message.id}/threads` : `/channels/${channelID}/threads`;
    const thread = await attempt(() => app.api.post(path,
      { name, auto_archive_duration: 1440, ...(message ? {} : { type: 11 }) }));
    if (!thread) return;
    app.store.dispatch("THREAD_CREATE", thread);
    actions.go(app, { channelID: thread.id });
  },

  /** A button or a select of a message. */
  press: (app, { message, component, values }) => app.interact({
    type: 3, message_id: message.id, message_flags: message.flags ?? 0, application_id: message.application_id
      ?? message.author.id,
    data: { component_type: component.type, custom_id: component.custom_id,
      ...(values && { type: component.type, values }) },
  }, { messageID: message.id, customID: component.custom_id }),

  command: (app, { name }) => app.composer.insert(`/${name} `),

  joinVoice(app, { channel }) {
    app.gateway.setVoice(channel.guild_id, channel.id);
    actions.go(app, { channelID: channel.id });
  },
  leaveVoice: (app) => Object.values(app.store.state.guilds).filter(({ voice }) => voice[app.store.state.me])
    .forEach(({ id }) => app.gateway.setVoice(id, null)),
  setMute(app, { guildID, voice, change }) {
    app.gateway.setVoice(guildID, voice.channel_id, { mute: voice.self_mute, deaf: voice.self_deaf, ...change });
  },

  async leaveGuild(app, { guild }) {
    if (!await confirmed(t("guild.leaveTitle", { name: guild.name }), t("guild.leaveText"), t("guild.leave"))) return;
    await attempt(() => app.api.delete(`/users/@me/guilds/${guild.id}`));
  },
};

async function deliver(app, channelID, nonce, body, files) {
  try {
    const message = await app.api.post(`/channels/${channelID}/messages`, body, { files });
    // The gateway usually was first; when it is away, the answer itself is shown.
    app.store.dispatch("MESSAGE_CREATE", { ...message, nonce });
  } catch (error) {
    app.store.dispatch("messages/refused", { channelID, nonce, text: error.message });
  }
}

const isLater = (one, other) => compareIDs(one.last_message_id ?? "0", other.last_message_id ?? "0") > 0;

function firstChannel(state, guild) {
  if (!guild) return Object.values(state.privateChannels)[0];
  const all = channelGroups(guild, state.me).flatMap(({ channels }) => channels);
  // Where people talked last.
  const ofText = all.filter(({ type }) => type === 0);
  return ofText.reduce((best, item) => (isLater(item, best) ? item : best), ofText[0]) ?? all.find(isText);
}

export function confirmed(title, text, verb) {
  return new Promise((resolve) => {
    let answer = false;
    const dialog = openDialog(title, h("p", { dir: "auto" }, text), {
      onclose: () => resolve(answer),
      actions: [button(t("cancel"), "quiet", () => dialog.close()),
        button(verb, "danger", () => { answer = true; dialog.close(); }, { autofocus: true })],
    });
  });
}

