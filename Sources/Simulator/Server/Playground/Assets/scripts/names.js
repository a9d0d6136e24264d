// How people, channels and guilds are called and what they look like.

import { h } from "./dom.js";
import { rolesOf, permissionsOf, Permission, isThread } from "./permissions.js";
import { compareIDs } from "./time.js";
import { t } from "./strings.js";

export const nameOfUser = (user) => user?.global_name || user?.username || t("person.unknown");

/** Nickname, display name, user name: the first there is. */
export function nameOf(state, guildID, userID, fallback) {
  const nick = state.guilds[guildID]?.members[userID]?.nick;
  return nick || nameOfUser(state.users[userID] ?? fallback);
}

const SHADES = 8;
const shadeOf = (id) => Number(BigInt(id ?? 0) % BigInt(SHADES));
const initialOf = (name) => [...name.trim()].find((letter) => /\p{L}|\p{N}/u.test(letter))?.toUpperCase() ?? "?";

/** A path on this host, or null: pictures of strangers are never fetched. */
export function localAddress(address) {
  if (!address) return null;
  try {
    const url = new URL(address, location.href);
    if (url.protocol === "blob:") return address;
    const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
    return url.origin === location.origin || (isLoopback && url.port === location.port) ? url.pathname + url.search
      : null;
  } catch {
    return null;
  }
}

/** A picture over a letter, so that something is there while it loads and when it does not. */
function portrait(kind, name, id, address) {
  const picture = address && h("img", {
    src: address, alt: "", loading: "lazy", decoding: "async", onerror() { this.remove(); },
  });
  return h("span", { class: `${kind} shade-${shadeOf(id)}`, "aria-hidden": "true" }, initialOf(name), picture);
}

export function face(user, member, guildID) {
  const own = member?.avatar && guildID && `/guilds/${guildID}/users/${user.id}/avatars/${member.avatar}.png?size=128`;
  const general = user?.avatar ? `/avatars/${user.id}/${user.avatar}.png?size=128` : null;
  return portrait("face", nameOfUser(user), user?.id, own || general);
}

export function crest(guild) {
  return portrait("crest", guild.name, guild.id, guild.icon && `/icons/${guild.id}/${guild.icon}.png?size=128`);
}

/** The colour a name is written in, made readable on both grounds. */
export function tintOf(guild, member) {
  const role = guild && rolesOf(guild, member).find(({ color }) => color);
  return role ? tintProps(role.color) : {};
}

export function tintProps(color) {
  return color ? { class: "tinted",
    style: { "--tint-light": readable(color, false), "--tint-dark": readable(color, true) } } : {};
}

/** Mixes a colour with black or white until it has 4.5:1 against the ground of its theme. */
function readable(color, isDark) {
  const channels = [color >> 16, color >> 8, color].map((value) => value & 255);
  const ground = isDark ? 0.0203 : 0.84;
  for (let share = 0; share <= 1; share += 0.05) {
    const mixed = channels.map((value) => Math.round(value + ((isDark ? 255 : 0) - value) * share));
    const light = luminance(mixed);
    const contrast = (Math.max(light, ground) + 0.05) / (Math.min(light, ground) + 0.05);
    if (contrast >= 4.6) return `rgb(${mixed.join(" ")})`;
  }
  return isDark ? "#fff" : "#000";
}

const luminance = (rgb) => rgb
  .map((value) => value / 255)
  .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);

const CHANNEL_ICONS = { 1: "message", 2: "sound", 3: "users", 5: "megaphone", 10: "thread", 11: "thread", 12: "thread",
  13: "sound", 15: "forum", 16: "forum" };
export const channelIcon = ({ type }) => CHANNEL_ICONS[type] ?? "hash";

export const findChannel = (state, id) => state.privateChannels[id]
  ?? Object.values(state.guilds).map(({ channels }) => channels[id]).find(Boolean);

export function channelName(state, channel) {
  if (!channel) return t("channel.unknown");
  if (channel.name) return channel.name;
  return (channel.recipients ?? []).filter(({ id }) => id !== state.me).map(nameOfUser).join(", ")
    || t("channel.unknown");
}

export const isVoice = ({ type }) => type === 2 || type === 13;
export const isText = (channel) => [0, 1, 2, 3, 5, 13].includes(channel.type) || isThread(channel);
const isSeen = (guild, me) => (channel) => (permissionsOf(guild, me, channel) & Permission.viewChannel) !== 0n;
const inOrder = (a, b) => isVoice(a) - isVoice(b) || a.position - b.position || compareIDs(a.id, b.id);

/** The channels a person sees, under their categories; the first group has none. */
export function channelGroups(guild, me) {
  const all = Object.values(guild.channels).filter((channel) => !isThread(channel));
  const seen = all.filter((channel) => channel.type !== 4).filter(isSeen(guild, me));
  const group = (id) => seen.filter((channel) => (channel.parent_id ?? null) === id).sort(inOrder);
  const categories = all.filter(({ type }) => type === 4).sort(inOrder);
  return [{ category: null, channels: group(null) },
    ...categories.map((category) => ({ category, channels: group(category.id) }))]
    .filter(({ channels }) => channels.length);
}

/** The open threads under a channel that the reader may see, newest first. */
export const threadsOf = (guild, channelID) => Object.values(guild.channels)
  .filter((channel) => isThread(channel) && channel.parent_id === channelID && !channel.thread_metadata?.archived)
  .sort((a, b) => compareIDs(b.id, a.id));
