// Where one writes: words, files, emoji, polls, and the picker of slash commands.

import { h, icon, iconButton, isSame } from "./dom.js";
import { openMenu } from "./popover.js";
import { openEmojiPicker } from "./emoji.js";
import { openPollForm } from "./poll.js";
import { commandForm } from "./command-form.js";
import { findCommands } from "./commands.js";
import { UploadTray } from "./uploads.js";
import { channelName, face, findChannel, nameOf } from "./names.js";
import { excerpt } from "./message.js";
import { isForum } from "./forum.js";
import { may, Permission, isThread } from "./permissions.js";
import { now } from "./time.js";
import { t, tn } from "./strings.js";

const TYPING_PAUSE = 8_000;
const LONGEST = 2000;
const COUNTED_FROM = 1800;

export class Composer {
  constructor(app) {
    this.app = app;
    this.entries = [];
    this.active = 0;
    this.lastTyping = 0;
    this.tray = new UploadTray(() => this.changed());
    this.area = h("textarea", { class: "composer-area", rows: 1, "aria-controls": "command-list",
      "aria-autocomplete": "list", dir: "auto" });
    this.area.addEventListener("input", () => this.changed());
    this.area.addEventListener("keydown", (event) => this.pressed(event));
    this.area.addEventListener("paste", (event) => this.tray.add(event.clipboardData.files));
    this.area.addEventListener("blur", () => setTimeout(() => document.activeElement === this.area || this.show([]),
      150));
    this.picker = h("div",
      { class: "command-picker", id: "command-list", role: "listbox", "aria-label": t("commands.label"),
      hidden: true });
    this.counter = h("span", { class: "counter", "aria-live": "off" });
    this.replying = h("div", { class: "replying", hidden: true });
    this.typing = h("p", { class: "typing", "aria-live": "polite" });
    this.slot = h("div");
    this.blocked = h("p", { class: "composer-blocked", hidden: true });
    this.box = h("div", { class: "composer-box" }, this.replying, this.tray.element,
      h("div", { class: "composer-line" },
      iconButton("plus", t("composer.add"), (event) => this.offer(event.currentTarget)), this.area, this.counter,
      iconButton("smile", t("composer.emoji"), (event) => this.pickEmoji(event.currentTarget)),
      iconButton("send", t("composer.send"), () => this.send(), { class: "send" })));
    this.element = h("div", { class: "composer" }, this.picker, this.slot, this.box, this.blocked, this.typing);
    this.watch();
  }

  watch() {
    const { store } = this.app;
    store.watch(({ view, guilds, privateChannels }) => [view.channelID, view.guildID && guilds[view.guildID],
      privateChannels], () => this.arrived());
    store.watch(({ view }) => [view.replyTo, view.isReplyPinging],
      (message, isPinging) => this.showReply(message, isPinging));
    store.watch(({ view, typing, users }) => [view.channelID, typing[view.channelID], users],
      (...slice) => this.showTyping(...slice));
  }

  arrived() {
    const { state } = this.app.store;
    const channel = findChannel(state, state.view.channelID);
    const name = channel ? (channel.guild_id ? "#" : "@") + channelName(state, channel) : "";
    this.area.placeholder = t("composer.placeholder", { name });
    this.area.setAttribute("aria-label", t("composer.placeholder", { name }));
    if (!isSame(this.place, channel?.id)) this.slot.replaceChildren();
    this.place = channel?.id;
    const permission = channel && isThread(channel) ? Permission.sendInThreads : Permission.send;
    const isAllowed = channel && (!channel.guild_id || may(this.app.guild, state.me, permission, channel));
    const bot = channel && !channel.guild_id && channel.recipients?.length === 0;
    // A forum is written to by posts, not from here.
    this.element.hidden = !channel || isForum(channel);
    this.box.hidden = !isAllowed || bot;
    this.blocked.hidden = Boolean(isAllowed);
    this.blocked.textContent = this.whyBlocked(state, channel);
  }

  whyBlocked(state, channel) {
    const until = this.app.guild?.members[state.me]?.communication_disabled_until;
    if (until && Date.parse(until) > now()) return t("composer.timedOut");
    return channel ? t("composer.blocked") : "";
  }

  focus() {
    if (!this.box.hidden && !document.querySelector("dialog[open]")) this.area.focus({ preventScroll: true });
  }

  insert(text) {
    this.area.focus();
    this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
    this.changed();
  }

  changed() {
    const { value } = this.area;
    this.area.style.setProperty("height", "auto");
    this.area.style.setProperty("height", `${Math.min(this.area.scrollHeight, innerHeight * 0.4)}px`);
    this.counter.textContent = value.length >= COUNTED_FROM ? String(LONGEST - value.length) : "";
    this.counter.classList.toggle("is-over", value.length > LONGEST);
    if (/^\/[^\n]{0,60}$/.test(value)) this.suggest(value.slice(1));
    else {
      this.show([]);
      if (value && Date.now() - this.lastTyping > TYPING_PAUSE) this.tellTyping();
    }
  }

  tellTyping() {
    this.lastTyping = Date.now();
    // Nobody misses a typing mark that did not arrive.
    this.app.api.post(`/channels/${this.app.store.state.view.channelID}/typing`).catch(() => {});
  }

  async suggest(query) {
    const number = this.asked = (this.asked ?? 0) + 1;
    const entries = await this.app.commands.entries();
    if (number !== this.asked || !this.area.value.startsWith("/")) return;
    this.active = 0;
    this.show(findCommands(entries, query), true);
  }

  show(entries, isOpen = entries.length > 0) {
    this.entries = entries;
    this.picker.hidden = !isOpen;
    this.picker.replaceChildren(...entries.map((entry, index) => h("div", {
      role: "option", id: `command-${index}`, class: "command", "aria-selected": index === this.active,
      onpointerdown: (event) => { event.preventDefault(); this.choose(entry); },
    }, face(entry.application?.bot ?? entry.application),
      h("span", { class: "command-text" }, h("span", { class: "command-name" }, `/${entry.name}`),
      h("span", { class: "muted small" }, entry.description)),
        h("span", { class: "muted small" }, entry.application?.name))));
    if (isOpen && !entries.length) this.picker.append(h("div",
      { class: "empty-line", role: "option", "aria-disabled": "true", "aria-selected": "false" }, t("commands.none")));
    if (entries.length) this.area.setAttribute("aria-activedescendant", `command-${this.active}`);
    else this.area.removeAttribute("aria-activedescendant");
    this.picker.children[this.active]?.scrollIntoView({ block: "nearest" });
  }

  choose(entry) {
    this.area.value = "";
    this.changed();
    this.slot.replaceChildren(commandForm(this.app, entry, () => this.focus()));
  }

  pressed(event) {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (this.entries.length && (move || ["Enter", "Tab"].includes(event.key))) {
      event.preventDefault();
      if (!move) return this.choose(this.entries[this.active]);
      this.active = (this.active + move + this.entries.length) % this.entries.length;
      return this.show(this.entries);
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      return this.send();
    }
    if (event.key === "Escape") {
      this.show([]);
      this.app.store.dispatch("view/reply", { message: null });
    }
    if (event.key === "ArrowUp" && !this.area.value) this.editLast(event);
  }

  editLast(event) {
    const { messages, view, me } = this.app.store.state;
    const own = messages[view.channelID]?.list.findLast(({ author, isPending }) => author.id === me && !isPending);
    if (!own) return;
    event.preventDefault();
    this.app.act("edit", { message: own });
  }

  send() {
    const content = this.area.value.trim();
    const files = this.tray.files;
    if ((!content && !files.length) || content.length > LONGEST) return;
    this.area.value = "";
    this.tray.clear();
    this.changed();
    this.lastTyping = 0;
    this.app.act("send", { content, files });
  }

  offer(anchor) {
    const { state } = this.app.store;
    const channel = findChannel(state, state.view.channelID);
    const allowed = (permission) => may(this.app.guild, state.me, permission, channel);
    openMenu(anchor, t("composer.add"), [
      allowed(Permission.attach) && { label: t("composer.file"), icon: "file", run: () => this.tray.browse() },
      allowed(Permission.poll) && { label: t("poll.new"), icon: "poll",
        run: () => openPollForm((poll) => this.app.act("send", { content: "", poll })) },
      { label: t("composer.command"), icon: "slash", run: () => { this.area.value = ""; this.insert("/"); } },
      channel?.guild_id && !isThread(channel) && allowed(Permission.createThreads)
        && { label: t("thread.start"), icon: "thread", run: () => this.app.act("startThread", {}) },
    ]);
  }

  pickEmoji(anchor) {
    openEmojiPicker(anchor, this.app.guild?.emojis ?? [],
      ({ id, name, animated }) => this.insert(id ? `<${animated ? "a" : ""}:${name}:${id}>` : name));
  }

  showReply(message, isPinging) {
    const { store } = this.app;
    this.replying.hidden = !message;
    if (!message) return this.replying.replaceChildren();
    this.replying.replaceChildren(icon("reply"),
      h("span", { class: "replying-text", dir: "auto" },
      t("composer.replyTo", { name: nameOf(store.state, this.app.guildID, message.author.id, message.author) }), " ",
      h("span", { class: "muted" }, excerpt(message))),
      h("button", { type: "button", class: "button button-link", "aria-pressed": String(isPinging),
        onclick: () => store.dispatch("view/replyPing") }, t(isPinging ? "composer.pingOn" : "composer.pingOff")),
      iconButton("close", t("composer.cancelReply"), () => store.dispatch("view/reply", { message: null }),
        { class: "is-small" }));
  }

  showTyping(channelID, typing) {
    const { state } = this.app.store;
    const names = Object.keys(typing ?? {}).map((id) => nameOf(state, this.app.guildID, id));
    this.typing.replaceChildren(...(names.length
      ? [h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
      names.length > 3 ? t("typing.many")
        : tn("typing", names.length, { names: new Intl.ListFormat(undefined).format(names) })] : []));
    clearTimeout(this.typingTimer);
    const next = Math.min(...Object.values(typing ?? {}));
    if (Number.isFinite(next)) this.typingTimer = setTimeout(() => this.app.store.dispatch("typing/expired",
      { channelID, at: Date.now() }), Math.max(50, next - Date.now()));
  }
}
