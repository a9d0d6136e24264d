// The way around: the rail of servers, the channels of one of them, and who one is.

import { h, icon, iconButton, reconcile } from "./dom.js";
import { openMenu } from "./popover.js";
import { channelGroups, channelIcon, channelName, crest, face, isVoice, nameOf, threadsOf } from "./names.js";
import { Permission } from "./permissions.js";
import { presenceMark } from "./profile.js";
import { bringIn, inviteStranger } from "./people.js";
import { t } from "./strings.js";

export function rail(app) {
  const list = h("ul", { class: "rail-list" });
  app.store.watch(({ guilds, view, unread, privateChannels }) => [guilds, view.guildID, view.channelID, unread,
    privateChannels], (guilds, current, channelID, unread, direct) => {
    const home = Object.keys(direct).some((id) => unread[id]);
    reconcile(list, [{ key: "home", stamp: [current === null, home],
      build: () => railItem(t("rail.direct"), h("span", { class: "crest crest-home" }, icon("message")),
      current === null, home ? { mentions: 0 } : null, () => app.act("goHome")) },
      ...Object.values(guilds).map((guild) => {
        const marks = Object.keys(guild.channels).map((id) => unread[id]).filter(Boolean);
        const mentions = marks.reduce((sum, mark) => sum + mark.mentions, 0);
        return {
          key: guild.id, stamp: [guild.name, guild.icon, current === guild.id, marks.length > 0, mentions],
          build: () => railItem(guild.name, crest(guild), current === guild.id, marks.length ? { mentions } : null,
            () => app.act("goGuild", { guildID: guild.id })),
        };
      })]);
  });
  return h("nav", { class: "rail", "aria-label": t("rail.label") }, list);
}

const railItem = (name, picture, isCurrent, mark, onclick) => h("li", { class: "rail-item" }, h("button", {
  type: "button", class: "rail-button", "aria-current": isCurrent ? "page" : null,
    "aria-label": mark ? t("rail.unread", { name }) : name, title: name, onclick, dataset: { focus: `rail-${name}` },
}, picture), mark ? h("span", { class: mark.mentions ? "mention-count" : "unread-dot" }, mark.mentions || null) : null);

export function channelPanel(app) {
  const head = h("header", { class: "panel-head" });
  const list = h("nav", { class: "channel-list", "aria-label": t("channels.label") });
  const folded = new Set();
  const draw = (guild, channelID, unread, direct, users) => {
    const entries = guild ? guildEntries(app, guild, channelID, unread, folded, users)
      : directEntries(app, direct, channelID, unread);
    reconcile(head, [{ key: "head", stamp: [guild?.id, guild?.name, guild?.owner_id],
      build: () => guildHead(app, guild) }]);
    reconcile(list, entries);
  };
  const slice = ({ guilds, view, unread, privateChannels, users }) => [guilds[view.guildID], view.channelID, unread,
    privateChannels, users];
  app.store.watch(slice, draw);
  app.listen("folded",
    (id) => { folded.has(id) ? folded.delete(id) : folded.add(id); draw(...slice(app.store.state)); });
  return h("div", { class: "channel-panel" }, head, list, youCard(app));
}

function guildHead(app, guild) {
  if (!guild) return h("h2", { class: "panel-title" }, t("rail.direct"));
  return h("div", { class: "guild-head" }, h("h2", { class: "panel-title", dir: "auto" }, guild.name),
    iconButton("chevron", t("guild.menu", { name: guild.name }),
    ({ currentTarget: anchor }) => openMenu(anchor, guild.name, [
    { label: t("people.stranger"), icon: "door", run: () => inviteStranger(app, guild) },
    { label: t("people.bringIn"), icon: "users", run: () => bringIn(app, guild, anchor) },
    { label: t("guild.copyID"), icon: "copy", run: () => navigator.clipboard?.writeText(guild.id) },
    guild.owner_id !== app.store.state.me && { label: t("guild.leave"), icon: "close", isDanger: true,
      run: () => app.act("leaveGuild", { guild }) },
  ])));
}

function guildEntries(app, guild, current, unread, folded, users) {
  const { me } = app.store.state;
  const voiceOf = (id) => Object.values(guild.voice).filter((voice) => voice.channel_id === id);
  return channelGroups(guild, me).flatMap(({ category, channels }) => {
    const isFolded = category && folded.has(category.id);
    const head = category && { key: category.id, stamp: [category.name, isFolded],
      build: () => categoryHead(app, category, isFolded) };
    const shown = channels.filter((channel) => !isFolded || channel.id === current || unread[channel.id]);
    return [head, ...shown.flatMap((channel) => [
      { key: channel.id, stamp: [channel, channel.id === current, unread[channel.id]],
        build: () => channelRow(app, channel, channel.id === current, unread[channel.id]) },
      ...threadsOf(guild, channel.id).map((thread) =>
        ({ key: thread.id, stamp: [thread, thread.id === current, unread[thread.id]],
        build: () => channelRow(app, thread, thread.id === current, unread[thread.id], "is-thread") })),
      ...(isVoice(channel)
        ? voiceOf(channel.id).map((voice) =>
        ({ key: `voice-${voice.user_id}`, stamp: [voice, guild.members[voice.user_id], users[voice.user_id]],
        build: () => voiceRow(app, guild, voice) })) : []),
    ])].filter(Boolean);
  });
}

const categoryHead = (app, category, isFolded) => h("button", {
  type: "button", class: "category", "aria-expanded": String(!isFolded), dataset: { focus: `category-${category.id}` },
  onclick() { for (const listener of app.listeners.get("folded")) listener(category.id); },
}, icon("chevron"), h("span", { dir: "auto" }, category.name));

function channelRow(app, channel, isCurrent, mark, extra = "") {
  const name = channelName(app.store.state, channel);
  const isPrivate = channel.permission_overwrites?.some(({ id, deny }) => id === channel.guild_id
    && (BigInt(deny) & Permission.viewChannel));
  return h("button", {
    type: "button", class: `channel ${extra}${mark ? " is-unread" : ""}`, "aria-current": isCurrent ? "page" : null,
      dataset: { focus: channel.id },
    onclick() { app.act(isVoice(channel)
      && app.store.state.guilds[channel.guild_id].voice[app.store.state.me]?.channel_id !== channel.id ? "joinVoice"
      : "go", { channelID: channel.id, channel }); },
  }, icon(isPrivate ? "lock" : channelIcon(channel)), h("span", { class: "channel-name", dir: "auto" }, name),
  mark ? [h("span", { class: "visually-hidden" }, t("channel.unread")),
    mark.mentions ? h("span", { class: "mention-count" }, mark.mentions) : h("span", { class: "unread-dot" })] : null);
}

const voiceRow = (app, guild, voice) => h("button", {
  type: "button", class: "voice-member",
    onclick(event) { app.act("profile", { userID: voice.user_id }, event.currentTarget); },
}, face(app.store.state.users[voice.user_id], guild.members[voice.user_id], guild.id),
  h("span", { class: "channel-name", dir: "auto" }, nameOf(app.store.state, guild.id, voice.user_id)),
voice.self_mute || voice.mute ? icon("muted") : null);

const directEntries = (app, direct, current, unread) => {
  const rows = Object.values(direct).map((channel) =>
    ({ key: channel.id, stamp: [channel, channel.id === current, unread[channel.id]],
    build: () => channelRow(app, channel, channel.id === current, unread[channel.id]) }));
  return rows.length ? rows
    : [{ key: "none", stamp: 0, build: () => h("p", { class: "empty-line" }, t("rail.noDirect")) }];
};

/** Who the reader is, where they talk, and the way to be somebody else. */
function youCard(app) {
  const card = h("section", { class: "you", "aria-label": t("you.label") });
  app.store.watch(({ me, users, guilds, view }) => [users[me], guilds, view.guildID], (user, guilds, guildID) => {
    if (!user) return;
    const place = Object.values(guilds).find(({ voice }) => voice[user.id]);
    const voice = place?.voice[user.id];
    card.replaceChildren(voice ? h("div", { class: "you-voice" }, icon("sound"),
      h("span", { class: "channel-name", dir: "auto" }, place.channels[voice.channel_id]?.name ?? ""),
      iconButton(voice.self_mute ? "muted" : "mic", t(voice.self_mute ? "voice.unmute" : "voice.mute"),
        () => app.act("setMute", { guildID: place.id, voice, change: { mute: !voice.self_mute } }),
        { class: "is-small", "aria-pressed": String(Boolean(voice.self_mute)) }),
      iconButton("close", t("voice.leave"), () => app.act("leaveVoice"), { class: "is-small" })) : "",
    h("div", { class: "you-line" },
      h("button", { type: "button", class: "you-face", "aria-label": t("you.profile"),
      onclick(event) { app.act("profile", { userID: user.id }, event.currentTarget); } },
      face(user, guilds[guildID]?.members[user.id], guildID)),
      h("span", { class: "you-name" }, h("strong", { dir: "auto" }, nameOf(app.store.state, guildID, user.id)),
        h("span", { class: "muted small" }, user.username)),
      h("button", { type: "button", class: "button button-secondary button-small", onclick() { app.switchPerson(); } },
        icon("swap"), t("you.switch"))));
  });
  return card;
}

