// The history of a channel: pages as one scrolls up, days, unread mark, one floating toolbar.

import { button, h, icon, reconcile } from "./dom.js";
import { daySeparator, isContinuation, messageView, timeOf, toolbar } from "./message.js";
import { channelIcon, channelName, findChannel, face, nameOf } from "./names.js";
import { Flags } from "./messages.reducer.js";
import { isSameDay } from "./time.js";
import { t } from "./strings.js";

const PAGE = 50;
const NEAR_THE_TOP = 400;
const none = { list: [], hasMore: true, status: "unknown" };

export class MessageList {
  constructor(app) {
    this.app = app;
    this.items = h("div", { class: "messages", role: "log", "aria-live": "polite", "aria-label": t("messages.label") });
    this.scroller = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": t("messages.region") },
      this.items);
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.items.addEventListener("pointerover", (event) => this.hovered(event.target));
    this.items.addEventListener("focusin", (event) => this.hovered(event.target));
    this.scroller.addEventListener("pointerleave", () => this.bar && !this.bar.contains(document.activeElement)
      && this.bar.remove());
    this.items.addEventListener("contextmenu", (event) => this.menuAsked(event));
    this.scroller.addEventListener("keydown", (event) => this.moved(event));
    app.store.watch(({ view, messages, interactions, guilds, unread, status }) => [
      view.channelID, view.editing, messages[view.channelID] ?? none, interactions, guilds[view.guildID], status,
        unread[view.channelID],
    ], (...slice) => this.render(...slice));
  }

  render(channelID, editing, { list, hasMore, status, text }, interactions, guild, connection) {
    const { app } = this;
    if (!channelID) return this.items.replaceChildren();
    if (status === "unknown" && connection === "ready") app.act("load", { channelID });
    if (channelID !== this.channelID) this.arrive(channelID);
    const entries = [{ key: "top",
      stamp: [channelID, hasMore, status === "failed", list.length === 0 && status !== "ready"],
      build: () => this.top(channelID, hasMore, status, text) }];
    const running = Object.values(interactions).filter((item) => item.channelID === channelID);
    list.forEach((message, index) => {
      const before = list[index - 1];
      if (!before || !isSameDay(timeOf(before), timeOf(message))) {
        entries.push({ key: `day-${message.id}`, stamp: 0, build: () => daySeparator(timeOf(message)) });
      }
      if (message.id === this.firstUnread) entries.push({ key: "unread", stamp: message.id, build: unreadMark });
      const isGrouped = isContinuation(message, before) && message.id !== this.firstUnread;
      const own = running.filter(({ messageID }) => messageID === message.id);
      const busy = own.filter((item) => item.status === "sent").map(({ customID }) => customID);
      const failure = own.find((item) => item.status === "failed");
      const stamp = [message, isGrouped, editing === message.id, busy.join(), failure, guild?.roles,
        guild?.members[message.author.id]];
      entries.push({ key: message.id, stamp,
        build: () => messageView(message, { app, isGrouped, busy: new Set(busy), failure }) });
    });
    for (const item of running.filter(({ command, status: now }) => command && now !== "done")) {
      entries.push({ key: `run-${item.nonce}`, stamp: item, build: () => this.commandRow(item) });
    }
    reconcile(this.items, entries);
  }

  arrive(channelID) {
    this.channelID = channelID;
    this.firstUnread = this.app.store.state.unread[channelID]?.first;
    this.scroller.scrollTop = 0;
    queueMicrotask(() => this.app.store.dispatch("unread/read", { channelID }));
  }

  top(channelID, hasMore, status, text) {
    if (status === "failed") {
      return h("div", { class: "empty" }, icon("lock"), h("p", null, text),
        button(t("messages.again"), "secondary", () => this.app.act("load", { channelID })));
    }
    if (status !== "ready" && !this.app.store.state.messages[channelID]?.list.length) return skeletons();
    if (hasMore) return h("div", { class: "more" }, h("span", { class: "busy-mark" }));
    const channel = findChannel(this.app.store.state, channelID);
    const name = channelName(this.app.store.state, channel);
    return h("div", { class: "beginning" }, h("span", { class: "beginning-icon" }, icon(channelIcon(channel ?? {}))),
      h("h2", { dir: "auto" }, t("messages.beginning", { name })),
        h("p", { class: "muted" }, t("messages.beginningHint")));
  }

  commandRow(item) {
    const { state } = this.app.store;
    const isFailed = item.status === "failed";
    return h("article", { class: `message is-running${isFailed ? " is-failed" : ""}` }, face(state.users[state.me]),
      h("div", { class: "message-main" }, h("p", null, h("strong", null, nameOf(state, this.app.guildID, state.me)),
        " ", h("span", { class: "muted" }, t("message.used", { command: item.command }))),
        isFailed
          ? h("p", { class: "interaction-failed", role: "status" }, icon("warning"),
            item.text ?? t("interaction.noAnswer"),
            button(t("dismiss"), "link",
            () => this.app.store.dispatch("interactions/dismissed", { nonce: item.nonce })))
          : h("p", { class: "thinking", role: "status" }, h("span", { class: "busy-mark" }),
            t("interaction.sending"))));
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const channel = this.app.store.state.messages[this.channelID];
    // The scroller is laid out from its end, so that positions count down from zero.
    if (channel?.status === "ready" && channel.hasMore && scrollHeight - clientHeight + scrollTop < NEAR_THE_TOP) {
      this.app.act("load",
        { channelID: this.channelID,
        before: channel.list.find(({ isPending, flags }) => !isPending && !(flags & Flags.ephemeral))?.id });
    }
  }

  hovered(target) {
    const element = target.closest(".message[data-id]");
    if (!element || this.bar?.parentElement === element) return;
    const message = this.app.findMessage(this.channelID, element.dataset.id);
    if (!message || message.isPending || message.flags & Flags.ephemeral) return;
    this.bar?.remove();
    this.bar = toolbar(message, this.app);
    element.append(this.bar);
  }

  /** The menu of a message by a right click, where the browser's own has nothing to offer. */
  menuAsked(event) {
    const message = this.app.findMessage(this.channelID, event.target.closest(".message[data-id]")?.dataset.id);
    if (!message || event.target.closest("a, img, input, textarea") || !getSelection().isCollapsed) return;
    event.preventDefault();
    this.hovered(event.target);
    this.app.act("messageMenu", { message }, this.bar?.lastElementChild ?? event.target);
  }

  /** Up and down go from message to message. */
  moved(event) {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    if (event.target.closest("input, textarea, [role=toolbar] ~ *")) return;
    const stops = [...this.items.querySelectorAll(".message")];
    const here = stops.indexOf(document.activeElement.closest(".message"));
    const next = here < 0 ? stops.length - 1 : here + (event.key === "ArrowUp" ? -1 : 1);
    if (!stops[next]) return;
    event.preventDefault();
    stops[next].focus();
  }

  jump(id) {
    const element = this.items.querySelector(`[data-id="${CSS.escape(id)}"]`);
    if (!element) return false;
    element.scrollIntoView({ block: "center" });
    element.classList.add("is-found");
    element.focus({ preventScroll: true });
    setTimeout(() => element.classList.remove("is-found"), 2000);
    return true;
  }
}

const unreadMark = () => h("div", { class: "day is-unread", role: "separator", "aria-label": t("messages.new") },
  h("span", null, t("messages.new")));

const skeletons = () => h("div", { class: "skeletons", "aria-hidden": "true" },
  Array.from({ length: 7 }, (_, index) => h("div", { class: "skeleton" },
  h("span", { class: "skeleton-face" }), h("span", { class: `skeleton-lines lines-${index % 3}` }, h("i"), h("i")))));

/** Loads a page of history into the store. */
export async function loadMessages(app, { channelID, before }) {
  if (app.store.state.messages[channelID]?.status === "loading") return;
  app.store.dispatch("messages/loading", { channelID });
  try {
    const page = await app.api.get(`/channels/${channelID}/messages`, { limit: PAGE, ...(before && { before }) });
    // What only one person could see does not outlive the visit.
    const lasting = page.filter(({ flags }) => !(flags & Flags.ephemeral));
    app.store.dispatch("messages/loaded", { channelID, page: lasting, isWhole: page.length < PAGE });
  } catch (error) {
    app.store.dispatch("messages/failed", { channelID, text: error.message });
  }
}
