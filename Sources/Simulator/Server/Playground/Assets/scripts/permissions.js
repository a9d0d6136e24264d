// Who may do what: Discord's arithmetic of roles, overwrites and timeouts, and who stands above whom.

import { now } from "./time.js";

export const Permission = {
  kick: 1n << 1n, ban: 1n << 2n, administrator: 1n << 3n, manageChannels: 1n << 4n, manageGuild: 1n << 5n,
    react: 1n << 6n,
  viewChannel: 1n << 10n, send: 1n << 11n, manageMessages: 1n << 13n, attach: 1n << 15n, readHistory: 1n << 16n,
  connect: 1n << 20n, muteMembers: 1n << 22n, deafenMembers: 1n << 23n, moveMembers: 1n << 24n,
  changeNickname: 1n << 26n, manageNicknames: 1n << 27n, manageRoles: 1n << 28n, useCommands: 1n << 31n,
    manageThreads: 1n << 34n,
  createThreads: 1n << 35n, sendInThreads: 1n << 38n, moderate: 1n << 40n, poll: 1n << 49n, pin: 1n << 51n,
};

const ALL = (1n << 64n) - 1n;
const WHILE_TIMED_OUT = Permission.viewChannel | Permission.readHistory;
const bits = (text) => BigInt(text ?? 0);

export const isTimedOut = (member) => Boolean(member?.communication_disabled_until)
  && Date.parse(member.communication_disabled_until) > now();

/** Everything a member may do in the guild, or in one channel of it. */
export function permissionsOf(guild, userID, channel) {
  const member = guild?.members[userID];
  if (!guild || !member) return guild?.owner_id === userID ? ALL : 0n;
  if (guild.owner_id === userID) return ALL;
  const base = member.roles.reduce((sum, id) => sum | bits(guild.roles[id]?.permissions),
    bits(guild.roles[guild.id]?.permissions));
  if (base & Permission.administrator) return ALL;
  const inPlace = channel ? overwritten(base, guild, member, userID, overwritesOf(guild, channel)) : base;
  return isTimedOut(member) ? inPlace & WHILE_TIMED_OUT : inPlace;
}

/** A thread has those of its parent. */
const overwritesOf = (guild, channel) => (isThread(channel) ? guild.channels[channel.parent_id]
  : channel)?.permission_overwrites ?? [];

function overwritten(base, guild, member, userID, overwrites) {
  const apply = (sum, { deny, allow }) => (sum & ~bits(deny)) | bits(allow);
  const everyone = overwrites.find(({ id }) => id === guild.id);
  const ofRoles = overwrites.filter(({ id }) => id !== guild.id && member.roles.includes(id));
  const merged = ofRoles.reduce(({ deny, allow }, item) =>
    ({ deny: deny | bits(item.deny), allow: allow | bits(item.allow) }), { deny: 0n, allow: 0n });
  const own = overwrites.find(({ id }) => id === userID);
  return [everyone, merged, own].filter(Boolean).reduce(apply, base);
}

export const isThread = ({ type }) => type >= 10 && type <= 12;

export function may(guild, userID, permission, channel) {
  if (!guild) return true;
  return (permissionsOf(guild, userID, channel) & permission) === permission;
}

export const compareRoles = (a, b) => b.position - a.position || (BigInt(a.id) < BigInt(b.id) ? -1 : 1);

export const rolesOf = (guild, member) =>
  (member?.roles ?? []).map((id) => guild.roles[id]).filter(Boolean).sort(compareRoles);

/** The height of a member; the owner stands above all. */
function heightOf(guild, userID) {
  if (guild.owner_id === userID) return Infinity;
  return rolesOf(guild, guild.members[userID])[0]?.position ?? 0;
}

export const isAbove = (guild, actorID, targetID) => actorID !== targetID && heightOf(guild, actorID) > heightOf(guild,
  targetID);
export const isRoleBelow = (guild, actorID, role) => heightOf(guild, actorID) > role.position;
