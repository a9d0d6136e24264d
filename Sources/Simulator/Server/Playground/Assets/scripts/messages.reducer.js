// What gateway events do to messages, reactions, polls, typing, unread marks and running interactions.

import { compareIDs } from "./time.js";

export const KEPT_PER_CHANNEL = 800;
export const Flags = { crossposted: 1 << 0, hasThread: 1 << 5, ephemeral: 1 << 6, loading: 1 << 7, silent: 1 << 12,
  v2: 1 << 15 };
const TYPING_LASTS = 9_000;

const empty = { list: [], hasMore: true, status: "unknown" };
const without = (object, key) => {
  const { [key]: _, ...rest } = object;
  return rest;
};

function inChannel(state, id, change) {
  const channel = state.messages[id] ?? empty;
  const next = change(channel);
  return next === channel ? state : { ...state, messages: { ...state.messages, [id]: { ...channel, ...next } } };
}

const edit = (state, { channel_id: channelID, message_id: id }, change) => inChannel(state, channelID, (channel) => {
  const index = channel.list.findIndex((message) => message.id === id);
  if (index < 0) return channel;
  return { list: channel.list.with(index, { ...channel.list[index], ...change(channel.list[index]) }) };
});

/** Where a message belongs; nearly always at the end, before what is still being sent. */
function inserted(list, message) {
  const kept = message.nonce ? list.filter((item) => !(item.isPending && item.nonce === String(message.nonce))) : list;
  const known = kept.findIndex(({ id }) => id === message.id);
  if (known >= 0) return kept.with(known, message);
  const after = kept.findLastIndex((item) => !item.isPending && compareIDs(item.id, message.id) < 0);
  return kept.toSpliced(after + 1, 0, message).slice(-KEPT_PER_CHANNEL);
}

const isMention = (state, { mentions = [], mention_everyone, mention_roles = [], guild_id: guildID }) =>
  mention_everyone
  || mentions.some(({ id }) => id === state.me)
  || mention_roles.some((role) => state.guilds[guildID]?.members[state.me]?.roles.includes(role));

function marked(state, message) {
  const isSeen = message.author.id === state.me || (state.view.channelID === message.channel_id && !document.hidden);
  if (isSeen) return state;
  const { [message.channel_id]: old } = state.unread;
  const mentions = (old?.mentions ?? 0) + (isMention(state, message) ? 1 : 0);
  return { ...state, unread: { ...state.unread, [message.channel_id]: { mentions, first: old?.first ?? message.id } } };
}

const isReaction = (emoji) => ({ emoji: other }) => (emoji.id ? other.id === emoji.id : !other.id
  && other.name === emoji.name);

function react(state, event, difference) {
  const isMine = event.user_id === state.me;
  return edit(state, event, ({ reactions = [] }) => {
    const index = reactions.findIndex(isReaction(event.emoji));
    const old = reactions[index] ?? { emoji: event.emoji, count: 0, me: false };
    const next = { ...old, count: old.count + difference, me: isMine ? difference > 0 : old.me };
    if (next.count < 1) return { reactions: reactions.filter((_, position) => position !== index) };
    return { reactions: index < 0 ? [...reactions, next] : reactions.with(index, next) };
  });
}

function vote(state, event, difference) {
  const isMine = event.user_id === state.me;
  return edit(state, event, ({ poll }) => {
    if (!poll) return {};
    const counts = [...(poll.results?.answer_counts ?? [])];
    const index = counts.findIndex(({ id }) => id === event.answer_id);
    const old = counts[index] ?? { id: event.answer_id, count: 0, me_voted: false };
    const next = { ...old, count: Math.max(0, old.count + difference),
      me_voted: isMine ? difference > 0 : old.me_voted };
    counts.splice(index < 0 ? counts.length : index, 1, next);
    return { poll: { ...poll, results: { ...poll.results, answer_counts: counts } } };
  });
}

/** An interaction ends when its answer arrives, by whatever road. */
function settled(state, message) {
  const id = message.interaction_metadata?.id ?? message.interaction?.id;
  const found = Object.entries(state.interactions).find(([nonce, item]) => nonce === String(message.nonce)
    || (id && item.id === id));
  return found ? { ...state, interactions: without(state.interactions, found[0]) } : state;
}

const updateInteraction = (state, { nonce, ...change }) => (state.interactions[nonce]
  ? { ...state, interactions: { ...state.interactions, [nonce]: { ...state.interactions[nonce], ...change } } }
  : state);

export const messageReducers = {
  // A new session missed what happened in between: history is asked for again.
  READY: (state) => ({ ...state, messages: {}, typing: {}, interactions: {} }),
  MESSAGE_CREATE: (state, message) => {
    const channel = state.messages[message.channel_id];
    // A channel nobody has opened gets its history when it is.
    const isHeld = ["ready", "loading"].includes(channel?.status) || message.flags & Flags.ephemeral;
    const held = isHeld ? inChannel(state, message.channel_id, ({ list }) => ({ list: inserted(list, message) }))
      : state;
    const { [message.author.id]: _, ...typing } = held.typing[message.channel_id] ?? {};
    return settled(marked({ ...held, typing: { ...held.typing, [message.channel_id]: typing } }, message), message);
  },
  MESSAGE_UPDATE: (state, message) => {
    // An answer to a button edits the message it sits on; whatever waited for that has its answer.
    const waiting = Object.entries(state.interactions).find(([, { messageID, status }]) => messageID === message.id
      && status === "sent");
    const settledState = waiting ? { ...state, interactions: without(state.interactions, waiting[0]) } : state;
    return edit(settledState, { ...message, message_id: message.id }, (old) => ({
      // Reactions and votes of the payload do not know who reads it.
      ...message, reactions: old.reactions,
        poll: message.poll ? { ...message.poll, results: message.poll.results ?? old.poll?.results } : old.poll,
    }));
  },
  MESSAGE_DELETE: (state, { channel_id: channelID, id }) => inChannel(state, channelID, ({ list }) => ({
    list: list.filter((message) => message.id !== id),
  })),
  MESSAGE_DELETE_BULK: (state, { channel_id: channelID, ids }) => inChannel(state, channelID, ({ list }) => ({
    list: list.filter(({ id }) => !ids.includes(id)),
  })),
  MESSAGE_REACTION_ADD: (state, event) => react(state, event, 1),
  MESSAGE_REACTION_REMOVE: (state, event) => react(state, event, -1),
  MESSAGE_REACTION_REMOVE_ALL: (state, event) => edit(state, event, () => ({ reactions: [] })),
  MESSAGE_REACTION_REMOVE_EMOJI: (state, event) => edit(state, event, ({ reactions = [] }) => ({
    reactions: reactions.filter((item) => !isReaction(event.emoji)(item)),
  })),
  MESSAGE_POLL_VOTE_ADD: (state, event) => vote(state, event, 1),
  MESSAGE_POLL_VOTE_REMOVE: (state, event) => vote(state, event, -1),
  TYPING_START: (state, { channel_id: channelID, user_id: userID }) => (userID === state.me ? state : {
    ...state, typing: { ...state.typing,
      [channelID]: { ...state.typing[channelID], [userID]: Date.now() + TYPING_LASTS } },
  }),
  "typing/expired": (state, { channelID, at }) => ({
    ...state, typing: { ...state.typing,
      [channelID]: Object.fromEntries(Object.entries(state.typing[channelID]
      ?? {}).filter(([, until]) => until > at)) },
  }),
  "messages/loading": (state, { channelID }) => inChannel(state, channelID, () => ({ status: "loading" })),
  "messages/failed": (state, { channelID, text }) => inChannel(state, channelID, () => ({ status: "failed", text })),
  /** A page of history, newest first as the API gives it. */
  "messages/loaded": (state, { channelID, page, isWhole }) => inChannel(state, channelID, ({ list }) => {
    const known = new Set(list.map(({ id }) => id));
    const merged = [...page.filter(({ id }) => !known.has(id)), ...list.filter(({ isPending }) => !isPending)]
      .sort((a, b) => compareIDs(a.id, b.id));
    return { list: [...merged, ...list.filter(({ isPending }) => isPending)], hasMore: !isWhole, status: "ready" };
  }),
  "messages/sending": (state, { message }) => inChannel(state, message.channel_id, ({ list }) => ({
    list: [...list, { ...message, isPending: true }],
  })),
  "messages/refused": (state, { channelID, nonce, text }) => inChannel(state, channelID, ({ list }) => ({
    list: list.map((item) => (item.isPending && item.nonce === nonce ? { ...item, failure: text } : item)),
  })),
  /** Takes a message off this screen only: dismissed ephemerals, sendings given up. */
  "messages/dismissed": (state, { channelID, id }) => messageReducers.MESSAGE_DELETE(state,
    { channel_id: channelID, id }),
  "unread/read": (state, { channelID }) =>
    (state.unread[channelID] ? { ...state, unread: without(state.unread, channelID) } : state),
  "interactions/sent": (state, { nonce, ...interaction }) => ({
    ...state, interactions: { ...state.interactions,
      [nonce]: { ...interaction, nonce, status: "sent", at: Date.now() } },
  }),
  "interactions/dismissed": (state, { nonce }) => ({ ...state, interactions: without(state.interactions, nonce) }),
  "interactions/refused": (state, { nonce, text }) => updateInteraction(state, { nonce, status: "failed", text }),
  INTERACTION_CREATE: (state, { id, nonce }) => updateInteraction(state, { nonce, id }),
  INTERACTION_SUCCESS: (state, { nonce }) => {
    // A command stays until its message comes; a component is done.
    const item = state.interactions[nonce];
    return item?.messageID || item?.isSilent ? { ...state, interactions: without(state.interactions, nonce) }
      : updateInteraction(state, { nonce, status: "done" });
  },
  INTERACTION_MODAL_CREATE: (state, { nonce }) => ({ ...state, interactions: without(state.interactions, nonce) }),
  INTERACTION_FAILURE: (state, { nonce }) => updateInteraction(state, { nonce, status: "failed" }),
};
