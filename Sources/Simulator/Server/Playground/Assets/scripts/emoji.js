// Reactions under a message, and the small picker of emoji.

import { h, iconButton } from "./dom.js";
import { openPopover } from "./popover.js";
import { emojiView } from "./markdown-view.js";
import { t, tn } from "./strings.js";

/** Words to search by, and the emoji. */
const COMMON = {
  "👍": "thumbs up yes", "👎": "thumbs down no", "❤️": "heart love", "😂": "joy laugh", "😄": "smile happy",
    "😍": "heart eyes", "😮": "wow surprised",
  "😢": "sad cry", "😡": "angry", "🤔": "thinking", "👀": "eyes look", "🎉": "party tada", "🔥": "fire hot",
    "✅": "check done", "❌": "cross no", "⭐": "star",
  "🙏": "thanks please", "👏": "clap", "💯": "hundred", "🚀": "rocket", "🎮": "game controller", "🎲": "dice",
    "🗡️": "sword dagger", "🛡️": "shield",
  "🏆": "trophy win", "👑": "crown", "🍕": "pizza", "☕": "coffee", "🌙": "moon night", "☀️": "sun", "🐉": "dragon",
    "🐱": "cat", "🎵": "music note",
  "📌": "pin", "⚠️": "warning", "❓": "question", "💬": "speech message", "🔔": "bell", "🔒": "lock", "🎁": "gift",
    "😴": "sleep", "🤖": "robot bot", "👋": "wave hello", "💀": "skull",
};

export const emojiPath = ({ id, name }) => encodeURIComponent(id ? `${name}:${id}` : name);

/** @param {(emoji: {id: string|null, name: string, animated?: boolean}) => void} done */
export function openEmojiPicker(anchor, emojis, done) {
  const own = emojis.map(({ id, name, animated }) => ({ id, name, animated, words: name }));
  const all = [...own, ...Object.entries(COMMON).map(([name, words]) => ({ id: null, name, words }))];
  const search = h("input",
    { class: "input", type: "search", placeholder: t("emoji.search"), "aria-label": t("emoji.search"),
    autofocus: true });
  const grid = h("div", { class: "emoji-grid" });
  const show = () => {
    const query = search.value.toLowerCase();
    const found = all.filter(({ words, name }) => words.toLowerCase().includes(query) || name === query);
    grid.replaceChildren(...found.map((emoji) => h("button", {
      type: "button", class: "emoji-button", "aria-label": emoji.words, title: emoji.words,
      onclick() { popover.close(); done(emoji); },
    }, emojiView(emoji))));
    if (!found.length) grid.replaceChildren(h("p", { class: "empty-line" }, t("choices.none")));
  };
  search.addEventListener("input", show);
  search.addEventListener("keydown", (event) => event.key === "Enter" && grid.querySelector("button")?.click());
  show();
  const popover = openPopover(anchor, [search, grid], { label: t("emoji.pick"), class: "emoji-picker" });
  popover.panel.addEventListener("keydown", (event) => moveInGrid(event, [...grid.querySelectorAll("button")], search));
}

function moveInGrid(event, stops, search) {
  const columns = 8;
  const here = stops.indexOf(document.activeElement);
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: here < 0 ? 1 : columns, ArrowUp: -columns }[event.key];
  if (!step || (here < 0 && event.key !== "ArrowDown")) return;
  event.preventDefault();
  if (here + step < 0) search.focus();
  else stops[Math.min(here + step, stops.length - 1)]?.focus();
}

export function reactions(message, app) {
  if (!message.reactions?.length) return null;
  return h("div", { class: "reactions" }, message.reactions.map((reaction) => {
    const name = reaction.emoji.name ?? "";
    return h("button", {
      type: "button", class: "reaction", "aria-pressed": reaction.me ? "true" : "false",
        "aria-label": tn("reaction.label", reaction.count, { name }),
      dataset: { focus: `${message.id}-${reaction.emoji.id ?? name}` },
      onclick() { app.act("react", { message, emoji: reaction.emoji, isOn: !reaction.me }); },
    }, emojiView(reaction.emoji), h("span", null, reaction.count));
  }), iconButton("smile", t("reaction.add"), (event) => app.act("pickReaction", { message }, event.currentTarget),
    { class: "is-small reaction-add" }));
}

