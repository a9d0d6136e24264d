// A person beside their name: roles, since when, and what the reader may do about them.

import { button, h, icon, iconButton } from "./dom.js";
import { askLine, attempt, openMenu, openPopover, toast } from "./popover.js";
import { face, nameOf, nameOfUser, tintOf, tintProps } from "./names.js";
import { openChoices } from "./choices.js";
import { openUserCommands } from "./commands.js";
import { compareRoles, isAbove, isRoleBelow, isTimedOut, may, Permission, rolesOf } from "./permissions.js";
import { dayOf, now, relativeOf, timeOfID } from "./time.js";
import { t } from "./strings.js";

const TIMEOUTS = [["timeout.minute", 60], ["timeout.fiveMinutes", 300], ["timeout.hour", 3600], ["timeout.day", 86400],
  ["timeout.week", 604800]];

export function openProfile(app, { userID, user: given }, anchor) {
  const { state } = app.store;
  const user = state.users[userID] ?? given;
  if (!user) return;
  const { guild } = app;
  const member = guild?.members[userID];
  const tint = tintOf(guild, member);
  const popover = openPopover(anchor, h("div", { class: "profile" },
    h("div", { class: "profile-head" }, face(user, member, guild?.id), presenceMark(guild, userID)),
    h("h2", { class: tint.class, style: tint.style ?? {}, dir: "auto", tabindex: "-1", autofocus: true },
      nameOf(state, guild?.id, userID, user)),
    h("p", { class: "muted", dir: "auto" },
      [nameOfUser(user), user.username].filter((name, index, all) => all.indexOf(name) === index).join(" · "),
      user.bot ? h("span", { class: "badge" }, t("badge.app")) : null),
    guild && !member ? h("p", { class: "note" }, t("profile.notHere")) : null,
    member && isTimedOut(member) ? h("p", { class: "note tone-warning" }, icon("clock"),
      t("profile.timedOut", { when: relativeOf(Date.parse(member.communication_disabled_until)) })) : null,
    member ? roleChips(app, guild, member) : null,
    h("dl", { class: "facts" }, h("dt", null, t("profile.since")), h("dd", null, dayOf(timeOfID(userID))),
      member?.joined_at ? [h("dt", null, t("profile.joined")), h("dd", null, dayOf(Date.parse(member.joined_at)))]
        : null),
    h("div", { class: "profile-actions" }, acts(app, guild, member, user, () => popover.close()))),
      { label: t("profile.label", { name: nameOfUser(user) }), class: "profile-panel" });
}

export function presenceMark(guild, userID) {
  const status = guild?.presences[userID]?.status ?? "offline";
  return h("span", { class: `presence presence-${status}`, title: t(`presence.${status}`) },
    h("span", { class: "visually-hidden" }, t(`presence.${status}`)));
}

function roleChips(app, guild, member) {
  const { me } = app.store.state;
  const canEdit = may(guild, me, Permission.manageRoles);
  const editable = Object.values(guild.roles).filter((role) => role.id !== guild.id && !role.managed
    && isRoleBelow(guild, me, role)).sort(compareRoles);
  const path = `/guilds/${guild.id}/members/${member.user.id}/roles`;
  const edit = (event) => openChoices(event.currentTarget, {
    label: t("profile.roles"), min: 0, max: 250,
    choices: editable.map(({ id, name }) => ({ value: id, label: name, isDefault: member.roles.includes(id) })),
    done: (chosen) => attempt(() =>
      Promise.all(editable.filter(({ id }) => chosen.includes(id) !== member.roles.includes(id))
      .map(({ id }) => app.api[chosen.includes(id) ? "put" : "delete"](`${path}/${id}`)))),
  });
  return h("div", { class: "role-chips" }, rolesOf(guild, member).map((role) => {
    const { class: extra = "", style = {} } = tintProps(role.color);
    return h("span", { class: `role-chip ${extra}`, style }, h("span", { class: "role-dot" }),
      h("span", { dir: "auto" }, role.name));
  }), canEdit && editable.length ? iconButton("plus", t("profile.editRoles"), edit, { class: "is-small" }) : null);
}

function acts(app, guild, member, user, close) {
  const { me } = app.store.state;
  const isMe = user.id === me;
  const act = (label, kind, run) => button(label, kind, (event) => run(event.currentTarget),
    { class: `button button-${kind} button-small` });
  const can = (permission) => guild && member && may(guild, me, permission) && isAbove(guild, me, user.id);
  const path = `/guilds/${guild?.id}/members/${user.id}`;
  const patch = (body, reason) => attempt(() => app.api.patch(path, body, { reason }));
  const withReason = async (title, run) => {
    close();
    const reason = await askLine(title, t("reason"), { submit: title, isDanger: true });
    if (reason !== null && await attempt(async () => { await run(reason); return true; })) toast(t("profile.done"),
      "success");
  };
  const name = nameOfUser(user);
  const voice = guild?.voice[user.id];
  return [
    isMe ? null : act(t("profile.message"), "secondary", async () => {
      close();
      const channel = await attempt(() => app.api.post("/users/@me/channels", { recipient_id: user.id }));
      if (channel) { app.store.dispatch("CHANNEL_CREATE", channel); app.act("go", { channelID: channel.id }); }
    }),
    guild && member ? act(t("message.apps"), "secondary",
      (anchor) => openUserCommands(app, { userID: user.id }, anchor)) : null,
    (isMe && may(guild, me, Permission.changeNickname) && guild) || can(Permission.manageNicknames)
      ? act(t("profile.nickname"), "secondary", async () => {
      close();
      const nick = await askLine(t("profile.nickname"), t("profile.nicknameFor", { name }),
        { value: member?.nick ?? "", submit: t("save"), maxLength: 32 });
      if (nick !== null) await attempt(() => app.api.patch(isMe ? `/guilds/${guild.id}/members/@me` : path,
        { nick: nick || null }));
    }) : null,
    voice && can(Permission.moveMembers) ? act(t("profile.move"), "secondary",
      (anchor) => openMenu(anchor, t("profile.move"), [
      ...Object.values(guild.channels).filter(({ type, id }) => type === 2
        && id !== voice.channel_id).map(({ id, name: label }) =>
        ({ label, icon: "sound", run: () => patch({ channel_id: id }) })),
      { label: t("profile.disconnect"), icon: "close", isDanger: true, run: () => patch({ channel_id: null }) },
    ])) : null,
    can(Permission.moderate) ? act(t(isTimedOut(member) ? "profile.timeoutEnd" : "profile.timeout"), "secondary",
      (anchor) => (isTimedOut(member)
      ? patch({ communication_disabled_until: null }).then(close)
      : openMenu(anchor, t("profile.timeout"), TIMEOUTS.map(([key, seconds]) => ({
        label: t(key), icon: "clock",
          run: () => withReason(t("profile.timeout"),
          (reason) => app.api.patch(path,
          { communication_disabled_until: new Date(now() + seconds * 1000).toISOString() }, { reason })),
      }))))) : null,
    can(Permission.kick) ? act(t("profile.kick"), "danger",
      () => withReason(t("profile.kickName", { name }), (reason) => app.api.delete(path, { reason }))) : null,
    can(Permission.ban) ? act(t("profile.ban"), "danger",
      () => withReason(t("profile.banName", { name }),
      (reason) => app.api.put(`/guilds/${guild.id}/bans/${user.id}`, { delete_message_seconds: 0 }, { reason })))
      : null,
  ];
}
