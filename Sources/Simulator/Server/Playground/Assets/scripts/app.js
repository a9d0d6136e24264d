// One person's session: the store, the API, the gateway, and what the views ask of them.

import { actions } from "./actions.js";
import { Api } from "./api.js";
import { CommandIndex } from "./commands.js";
import { Gateway } from "./gateway.js";
import { openModalForm } from "./modal-form.js";
import { face, nameOfUser } from "./names.js";
import { Store } from "./store.js";
import { h } from "./dom.js";
import { toast } from "./popover.js";
import { makeNonce } from "./time.js";
import { t } from "./strings.js";

/** Longer than the three seconds an application has, so that the simulator's own word comes first. */
const ANSWER_TIME = 6_000;

export class App {
  /** @param {string} userID whom to be @param {string[]} place guild and channel to begin in */
  constructor(userID, place) {
    this.userID = userID;
    this.place = place;
    this.store = new Store();
    this.api = new Api(`user.${userID}`);
    this.commands = new CommandIndex(this);
    this.lastChannels = new Map();
    this.listeners = new Map();
    this.ended = new AbortController();
    this.gateway = new Gateway(`user.${userID}`, (type, data) => this.received(type, data),
      (status) => this.store.dispatch("gateway/status", { status }));
  }

  get guildID() { return this.store.state.view.guildID; }
  get guild() { return this.store.state.guilds[this.guildID]; }

  act(name, data, anchor) { return actions[name](this, data, anchor); }

  /** What markdown needs to know of its surroundings. */
  context(guildID) {
    return { state: this.store.state, guildID: guildID ?? this.guildID,
      act: (name, data, anchor) => this.act(name, data, anchor) };
  }

  findMessage(channelID, id) {
    return this.store.state.messages[channelID]?.list.find((message) => message.id === id);
  }

  /** Hears events that are answers rather than state. @returns {() => void} ends it */
  listen(type, listener) {
    const all = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, all.add(listener));
    return () => all.delete(listener);
  }

  received(type, data) {
    const before = this.store.state;
    this.store.dispatch(type, data);
    for (const listener of this.listeners.get(type) ?? []) listener(data);
    if (type === "INTERACTION_MODAL_CREATE") openModalForm(this, data);
    if (type === "GUILD_CREATE" || type === "READY") this.settle(data, type);
    if (type === "GUILD_DELETE" && !data.unavailable) this.lost(before.guilds[data.id]);
    if (type === "CHANNEL_DELETE" && data.id === before.view.channelID) this.act("go", { guildID: data.guild_id });
  }

  /** Asks for the members a large guild did not send, and finds a first place to be. */
  settle(data, type) {
    if (type === "GUILD_CREATE"
      && (data.members?.length ?? 0) < (data.member_count ?? 0)) this.gateway.requestMembers(data.id);
    const { view, guilds } = this.store.state;
    if (view.channelID || !Object.keys(guilds).length) return;
    const [guildID, channelID] = this.place ?? [];
    if (guildID === "@me") this.act("go", { channelID });
    else if (!guildID || guilds[guildID]) this.act("go", { guildID: guildID ?? Object.keys(guilds)[0], channelID });
  }

  lost(guild) {
    if (!guild) return;
    toast(t("guild.lost", { name: guild.name }), "warning");
    if (this.guildID !== guild.id) return;
    const next = Object.keys(this.store.state.guilds)[0];
    if (next) this.act("go", { guildID: next });
    else this.store.dispatch("view/went", { guildID: null, channelID: null });
  }

  /**
   * Sends an interaction as this person's client does.
   * @param {{command?: string, messageID?: string, customID?: string}|null} shown what the page shows while it waits; null for nothing
   * @returns {Promise<boolean>} whether the simulator took it
   */
  async interact(interaction, shown, files) {
    const nonce = interaction.nonce ?? makeNonce();
    const { view, sessionID } = this.store.state;
    const body = { ...interaction, nonce, guild_id: view.guildID ?? undefined, channel_id: view.channelID,
      session_id: sessionID };
    if (shown) this.store.dispatch("interactions/sent",
      { ...shown, nonce, channelID: view.channelID, isSilent: interaction.type !== 2 });
    try {
      await this.api.post("/interactions", body, { files });
      if (shown) setTimeout(() => this.expire(nonce), ANSWER_TIME);
      return true;
    } catch (error) {
      if (shown) this.store.dispatch("interactions/refused", { nonce, text: error.message });
      else toast(error.message, "error");
      return false;
    }
  }

  expire(nonce) {
    const { [nonce]: interaction } = this.store.state.interactions;
    if (interaction?.status === "sent") this.store.dispatch("interactions/refused", { nonce });
    if (interaction?.status === "done") this.store.dispatch("interactions/dismissed", { nonce });
  }

  applicationLine(application) {
    if (!application) return null;
    return h("p", { class: "application-line muted small" }, face(application.bot ?? application),
      t("modal.from", { name: application.name ?? nameOfUser(application.bot) }));
  }

  close() {
    this.gateway.close();
    this.ended.abort();
  }
}

