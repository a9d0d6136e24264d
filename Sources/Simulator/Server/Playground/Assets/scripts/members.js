// Who is here: members under the roles that are shown apart, then those online, then the others.

import { h, icon, reconcile } from "./dom.js";
import { face, nameOf, tintOf } from "./names.js";
import { compareRoles, isTimedOut, permissionsOf, Permission, rolesOf } from "./permissions.js";
import { presenceMark } from "./profile.js";
import { t } from "./strings.js";

const isOnline = (guild, id) => !["offline", "invisible", undefined].includes(guild.presences[id]?.status);

/** @returns {{id: string, name: string, members: Object[]}[]} */
export function memberGroups(state, guild, channel) {
  const seen = Object.values(guild.members).filter(({ user }) => !channel
    || (permissionsOf(guild, user.id, channel) & Permission.viewChannel));
  const groups = new Map();
  for (const member of seen) {
    const online = isOnline(guild, member.user.id);
    const hoisted = online ? rolesOf(guild, member).find(({ hoist }) => hoist) : null;
    const id = online ? hoisted?.id ?? "online" : "offline";
    groups.set(id, [...(groups.get(id) ?? []), member]);
  }
  const named = (id, name) => (groups.has(id) ? [{ id, name, members: sorted(state, guild, groups.get(id)) }] : []);
  return [...Object.values(guild.roles).filter(({ id }) => groups.has(id)).sort(compareRoles).flatMap(({ id, name }) =>
    named(id, name)),
    ...named("online", t("presence.online")), ...named("offline", t("presence.offline"))];
}

const sorted = (state, guild, members) =>
  members.map((member) => ({ member, name: nameOf(state, guild.id, member.user.id, member.user) }))
  .sort((a, b) => a.name.localeCompare(b.name)).map(({ member }) => member);

export function memberPanel(app) {
  const list = h("div", { class: "member-list" });
  app.store.watch(({ guilds, view, users }) => {
    const guild = guilds[view.guildID];
    return [guild?.members, guild?.presences, guild?.roles, guild?.channels[view.channelID], users];
  }, (members, presences, roles, channel, users) => {
    const { guild } = app;
    if (!guild) return list.replaceChildren();
    reconcile(list, memberGroups(app.store.state, guild, channel).flatMap((group) => [
      { key: `group-${group.id}`, stamp: [group.name, group.members.length],
        build: () => h("h3", { class: "member-group" }, h("span", { dir: "auto" }, group.name),
        ` · ${group.members.length}`) },
      ...group.members.map((member) =>
        ({ key: member.user.id, stamp: [member, presences[member.user.id], roles, users[member.user.id], group.id],
        build: () => memberRow(app, guild, member) })),
    ]));
  });
  return h("aside", { class: "member-panel", "aria-label": t("members.label") },
    h("h2", { class: "visually-hidden" }, t("members.label")), list);
}

function memberRow(app, guild, member) {
  const { state } = app.store;
  const user = state.users[member.user.id] ?? member.user;
  const tint = tintOf(guild, member);
  const activity = guild.presences[user.id]?.activities?.[0];
  return h("button", {
    type: "button", class: `member${isOnline(guild, user.id) ? "" : " is-offline"}`,
      dataset: { focus: `member-${user.id}` },
    onclick(event) { app.act("profile", { userID: user.id }, event.currentTarget); },
  }, h("span", { class: "member-face" }, face(user, member, guild.id), presenceMark(guild, user.id)),
  h("span", { class: "member-text" },
    h("span", { class: "member-line" },
    h("span", { class: `member-name ${tint.class ?? ""}`, style: tint.style ?? {}, dir: "auto" },
    nameOf(state, guild.id, user.id)),
    guild.owner_id === user.id ? h("span", { class: "crown", title: t("member.owner") }, icon("crown"),
      h("span", { class: "visually-hidden" }, t("member.owner"))) : null,
    user.bot ? h("span", { class: "badge" }, t("badge.app")) : null,
    isTimedOut(member) ? h("span", { class: "muted", title: t("member.timedOut") }, icon("clock"),
      h("span", { class: "visually-hidden" }, t("member.timedOut"))) : null),
  activity ? h("span", { class: "muted small member-activity", dir: "auto" }, activity.state ?? activity.name) : null));
}
