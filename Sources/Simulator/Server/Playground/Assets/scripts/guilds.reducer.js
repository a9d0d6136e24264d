// What gateway events do to guilds, channels, roles, members, presences and voice.

const byID = (list = []) => Object.fromEntries(list.map((item) => [item.id, item]));
const byUser = (list = []) => Object.fromEntries(list.map((item) => [item.user?.id ?? item.user_id, item]));
const without = (object, key) => {
  const { [key]: _, ...rest } = object;
  return rest;
};

const SHOWN = ["username", "global_name", "avatar", "bot"];

function learnUsers(state, users) {
  // Most events bring people who are known already: then nothing may seem to have changed.
  const isNews = (user) => user?.username
    && SHOWN.some((name) => user[name] !== undefined && user[name] !== state.users[user.id]?.[name]);
  const fresh = users.filter(isNews);
  if (!fresh.length) return state;
  const known = { ...state.users };
  for (const user of fresh) known[user.id] = { ...known[user.id], ...user, member: undefined };
  return { ...state, users: known };
}

/** A guild with maps in place of the lists of the wire. */
function indexed(guild) {
  const channels = [...(guild.channels ?? []), ...(guild.threads ?? [])];
  return {
    ...guild,
    roles: byID(guild.roles), emojis: guild.emojis ?? [],
    channels: byID(channels.map((channel) => ({ ...channel, guild_id: guild.id }))),
    members: byUser(guild.members), presences: byUser(guild.presences), voice: byUser(guild.voice_states),
  };
}

function inGuild(state, id, change) {
  const guild = state.guilds[id];
  return guild ? { ...state, guilds: { ...state.guilds, [id]: { ...guild, ...change(guild) } } } : state;
}

const putRole = (state, { guild_id: id, role }) => inGuild(state, id,
  ({ roles }) => ({ roles: { ...roles, [role.id]: role } }));

function putChannel(state, channel) {
  if (!channel.guild_id) {
    const learnt = learnUsers(state, channel.recipients ?? []);
    return { ...learnt, privateChannels: { ...learnt.privateChannels, [channel.id]: channel } };
  }
  return inGuild(state, channel.guild_id, ({ channels }) => ({
    channels: { ...channels, [channel.id]: { ...channels[channel.id], ...channel } },
  }));
}

const dropChannel = (state, { id, guild_id: guildID }) => (guildID
  ? inGuild(state, guildID, ({ channels }) => ({ channels: without(channels, id) }))
  : { ...state, privateChannels: without(state.privateChannels, id) });

function putMember(state, { guild_id: guildID, ...member }) {
  return inGuild(learnUsers(state, [member.user]), guildID, ({ members }) => ({
    members: { ...members, [member.user.id]: { ...members[member.user.id], ...member } },
  }));
}

function putMembers(state, guildID, members, presences) {
  return inGuild(learnUsers(state, members.map(({ user }) => user)), guildID, (guild) => ({
    members: { ...guild.members, ...byUser(members) },
    presences: { ...guild.presences, ...byUser(presences) },
  }));
}

const putPresence = (state, presence) => inGuild(state, presence.guild_id, ({ presences }) => ({
  presences: { ...presences, [presence.user.id]: presence },
}));

export const guildReducers = {
  READY: (state, { user, session_id, guilds = [], private_channels = [] }) => {
    const whole = guilds.filter(({ unavailable, name }) => !unavailable && name !== undefined);
    const next = { ...state, me: user.id, sessionID: session_id, guilds: {}, privateChannels: byID(private_channels),
      awaited: guilds.map(({ id }) => id) };
    const learnt = learnUsers(next, [user, ...private_channels.flatMap(({ recipients }) => recipients ?? [])]);
    return whole.reduce((result, guild) => guildReducers.GUILD_CREATE(result, guild), learnt);
  },
  GUILD_CREATE: (state, guild) => {
    const learnt = learnUsers(state, (guild.members ?? []).map(({ user }) => user));
    const awaited = learnt.awaited.filter((id) => id !== guild.id);
    return { ...learnt, awaited, guilds: { ...learnt.guilds, [guild.id]: indexed(guild) } };
  },
  GUILD_UPDATE: (state, { id, channels, members, threads, presences, voice_states, roles, ...guild }) => inGuild(state,
    id, (old) => ({
    ...guild, emojis: guild.emojis ?? old.emojis, roles: roles ? byID(roles) : old.roles,
  })),
  GUILD_DELETE: (state, { id, unavailable }) => (unavailable ? state : { ...state, guilds: without(state.guilds, id),
    awaited: state.awaited.filter((item) => item !== id) }),
  GUILD_EMOJIS_UPDATE: (state, { guild_id: id, emojis }) => inGuild(state, id, () => ({ emojis })),
  GUILD_ROLE_CREATE: putRole,
  GUILD_ROLE_UPDATE: putRole,
  GUILD_ROLE_DELETE: (state, { guild_id: id, role_id: role }) => inGuild(state, id,
    ({ roles }) => ({ roles: without(roles, role) })),
  GUILD_MEMBER_ADD: (state, member) => inGuild(putMember(state, member), member.guild_id,
    ({ member_count: count }) => ({
    member_count: (count ?? 0) + 1,
  })),
  GUILD_MEMBER_UPDATE: putMember,
  GUILD_MEMBER_REMOVE: (state, { guild_id: id, user }) => inGuild(state, id, (guild) => ({
    members: without(guild.members, user.id), voice: without(guild.voice, user.id),
    member_count: Math.max(0, (guild.member_count ?? 1) - 1),
  })),
  GUILD_MEMBERS_CHUNK: (state, { guild_id: id, members, presences }) => putMembers(state, id, members, presences),
  CHANNEL_CREATE: putChannel,
  CHANNEL_UPDATE: putChannel,
  CHANNEL_DELETE: dropChannel,
  THREAD_CREATE: putChannel,
  THREAD_UPDATE: putChannel,
  THREAD_DELETE: dropChannel,
  THREAD_LIST_SYNC: (state, { threads = [] }) => threads.reduce(putChannel, state),
  PRESENCE_UPDATE: putPresence,
  USER_UPDATE: (state, user) => learnUsers(state, [user]),
  VOICE_STATE_UPDATE: (state, voice) => inGuild(state, voice.guild_id, (guild) => ({
    voice: voice.channel_id ? { ...guild.voice, [voice.user_id]: voice } : without(guild.voice, voice.user_id),
  })),
  MESSAGE_CREATE: (state, { author, mentions = [], webhook_id: webhook }) => learnUsers(state,
    webhook ? mentions : [author, ...mentions]),
  "users/learnt": (state, users) => learnUsers(state, users),
};
