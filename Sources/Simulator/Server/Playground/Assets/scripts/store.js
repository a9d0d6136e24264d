// What the page knows: one state, changed by pure reducers only, watched slice by slice.

import { isSame } from "./dom.js";
import { guildReducers } from "./guilds.reducer.js";
import { messageReducers } from "./messages.reducer.js";
import { viewReducers, initialView } from "./view.reducer.js";

const reducerLists = [guildReducers, messageReducers, viewReducers];

export const initialState = Object.freeze({
  me: null,
  sessionID: null,
  status: "connecting",
  guilds: {},
  /** Guilds that READY named and that have not been told of yet. */
  awaited: [],
  privateChannels: {},
  users: {},
  messages: {},
  typing: {},
  unread: {},
  interactions: {},
  ...initialView,
});

/** The state after an event. An event nobody has a reducer for changes nothing. */
export function reduce(state, type, data) {
  return reducerLists.reduce((next, reducers) => reducers[type]?.(next, data) ?? next, state);
}

export class Store {
  constructor() {
    this.state = initialState;
    this.watchers = new Set();
    this.isScheduled = false;
  }

  dispatch(type, data = {}) {
    const next = reduce(this.state, type, data);
    if (next === this.state) return;
    this.state = next;
    if (this.isScheduled) return;
    this.isScheduled = true;
    // Hidden pages get no animation frames; they still have to follow.
    if (document.hidden) setTimeout(() => this.notify(), 50);
    else requestAnimationFrame(() => this.notify());
  }

  notify() {
    this.isScheduled = false;
    for (const watcher of this.watchers) watcher();
  }

  /**
   * Calls `render` now and whenever what `select` returns has changed.
   * @param {(state: Object) => Array} select cheap, and free of new objects inside the array
   * @returns {() => void} ends the watch
   */
  watch(select, render) {
    let seen;
    const look = () => {
      const slice = select(this.state);
      if (seen && isSame(seen, slice)) return;
      seen = slice;
      render(...slice);
    };
    this.watchers.add(look);
    look();
    return () => this.watchers.delete(look);
  }
}
