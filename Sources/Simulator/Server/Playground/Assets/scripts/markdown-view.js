// The tree of markdown as elements: mentions with names and colours, spoilers that open, code that can be copied.

import { h, icon, iconButton } from "./dom.js";
import { parseMarkdown, parseInline } from "./markdown.js";
import { channelIcon, channelName, findChannel, localAddress, nameOf, tintProps } from "./names.js";
import { formatTimestamp, longOf } from "./time.js";
import { t } from "./strings.js";

/**
 * @param {string} text
 * @param {{state: Object, guildID?: string, act: (name: string, data: Object, anchor?: Element) => void}} context
 */
export function markdown(text, context) {
  const tree = parseMarkdown(text);
  const isJumbo = tree.length === 1 && tree[0].kind === "text" && isOnlyEmoji(tree[0].children);
  return h("div", { class: `prose${isJumbo ? " is-jumbo" : ""}`, dir: "auto" },
    tree.map((node) => render(node, context)));
}

export const inlineMarkdown = (text, context) => parseInline(text).map((node) => render(node, context));

const isOnlyEmoji = (nodes) => nodes.every((node) => (typeof node === "string"
  ? /^(\s|\p{Extended_Pictographic}|\u200d|\ufe0f|[\u{1f3fb}-\u{1f3ff}])*$/u.test(node) && node.length < 60
    : node.kind === "emoji"));

const all = (nodes, context) => nodes.map((node) => render(node, context));

const renderers = {
  text: ({ children }, context) => h("p", null, all(children, context)),
  bold: ({ children }, context) => h("strong", null, all(children, context)),
  italics: ({ children }, context) => h("em", null, all(children, context)),
  underline: ({ children }, context) => h("u", null, all(children, context)),
  strike: ({ children }, context) => h("s", null, all(children, context)),
  spoiler: ({ children }, context) => spoiler(all(children, context)),
  quote: ({ children }, context) => h("blockquote", null, all(children, context)),
  // Headings of a message are no headings of the page.
  heading: ({ level, children }, context) => h("p", { class: `prose-heading prose-heading-${level}` },
    all(children, context)),
  subtext: ({ children }, context) => h("p", { class: "prose-subtext" }, all(children, context)),
  list: ({ start, items }, context) => h(start == null ? "ul" : "ol", start == null ? null : { start },
    items.map((item) => h("li", null, all(item, context)))),
  code: ({ language, text }) => h("div", { class: "code-block" },
    h("pre", { tabindex: "0", "aria-label": language ? t("markdown.codeIn", { language }) : t("markdown.code") },
      h("code", null, text)),
    iconButton("copy", t("markdown.copy"), () => navigator.clipboard?.writeText(text), { class: "is-small" })),
  inlineCode: ({ text }) => h("code", { class: "inline-code" }, text),
  link: ({ url, children, isMasked }, context) => h("a",
    { href: url, target: "_blank", rel: "noopener noreferrer", title: isMasked ? url : null }, all(children, context)),
  emoji: (emoji) => emojiView(emoji),
  time: ({ at, style }) => (Math.abs(at) > 8.64e15 ? `<t:${at}>`
    : h("time", { class: "time-chip", datetime: new Date(at).toISOString(), title: longOf(at) },
    formatTimestamp(at, style))),
  user: ({ id }, { state, guildID, act }) => h("button", {
    type: "button", class: "mention", onclick(event) { act("profile", { userID: id }, event.currentTarget); },
  }, `@${nameOf(state, guildID, id)}`),
  role: ({ id }, { state, guildID }) => roleMention(state.guilds[guildID]?.roles[id]),
  channel: ({ id }, { state, act }) => channelMention(findChannel(state, id), state, act),
  everyone: ({ name }) => h("span", { class: "mention" }, name),
  command: ({ name }, { act }) => h("button",
    { type: "button", class: "mention", onclick() { act("command", { name }); } }, `/${name}`),
  place: ({ name }) => h("span", { class: "mention" }, `#${name}`),
};

const render = (node, context) => (typeof node === "string" ? node : renderers[node.kind](node, context));

function roleMention(role) {
  const { class: extra = "", style } = tintProps(role?.color);
  return h("span", { class: `mention ${extra}`, style }, `@${role?.name ?? t("role.unknown")}`);
}

const channelMention = (channel, state, act) => h("button", {
  type: "button", class: "mention mention-channel", disabled: !channel,
    onclick() { act("go", { channelID: channel.id }); },
}, channel && icon(channelIcon(channel)), channelName(state, channel));

function spoiler(children) {
  const content = h("span", { class: "spoiler-content", inert: true }, children);
  const veil = h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": t("markdown.spoiler") },
    content);
  const open = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    content.inert = false;
    veil.classList.add("is-open");
    for (const name of ["role", "tabindex", "aria-label"]) veil.removeAttribute(name);
    veil.removeEventListener("click", open);
    veil.removeEventListener("keydown", open);
  };
  veil.addEventListener("click", open);
  veil.addEventListener("keydown", open);
  return veil;
}

/** A custom emoji as its picture, another as its letter. */
export function emojiView({ id, name }) {
  if (!id) return h("span", { class: "emoji" }, name ?? "");
  const label = `:${name}:`;
  return h("img", {
    class: "emoji", src: localAddress(`/emojis/${id}.png?size=48`), alt: label, title: label, loading: "lazy",
    onerror() { this.replaceWith(label); },
  });
}
