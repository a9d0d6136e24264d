// Choosing from a list: what a select offers, and the popover in which one or several are ticked.

import { button, h, icon } from "./dom.js";
import { moveFocus, openPopover } from "./popover.js";
import { channelIcon, channelName, face, nameOf } from "./names.js";
import { compareRoles, isThread } from "./permissions.js";
import { emojiView } from "./markdown-view.js";
import { t } from "./strings.js";

const SHOWN_AT_MOST = 60;

/** The letters in their order, anywhere; the closer together and to the start, the better. Null when they are not there. */
export function fuzzyScore(words, query) {
  const text = words.toLowerCase();
  let at = -1;
  let score = 0;
  for (const letter of query.toLowerCase()) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return null;
    score += next - at - 1 + (at < 0 ? next : 0);
    at = next;
  }
  return score;
}

export function fuzzyFilter(list, query, wordsOf) {
  if (!query) return list;
  return list.map((item) => ({ item, score: fuzzyScore(wordsOf(item), query) }))
    .filter(({ score }) => score !== null).sort((a, b) => a.score - b.score).map(({ item }) => item);
}

/** Everything a select component, or an option of a command, lets one choose. */
export function choiceSource(item, state, guildID) {
  const defaults = new Set((item.default_values ?? []).map(({ id }) => id));
  const guild = state.guilds[guildID];
  const marked = (choices) => choices.map((choice) => ({ ...choice, isDefault: defaults.has(choice.value) }));
  if (item.type === 3) {
    return (item.options ?? []).map((option) => ({
      value: option.value, label: option.label, note: option.description, isDefault: option.default,
        mark: option.emoji && (() => emojiView(option.emoji)),
    }));
  }
  if (item.type === 5) return marked(people(state, guild));
  if (item.type === 6) return marked(roles(guild));
  if (item.type === 7) return marked([...people(state, guild), ...roles(guild)]);
  return marked(channels(state, guild, item.channel_types));
}

export function people(state, guild) {
  const ids = guild ? Object.keys(guild.members) : Object.keys(state.users);
  return ids.map((id) => ({
    value: id, label: nameOf(state, guild?.id, id), note: state.users[id]?.username,
      mark: () => face(state.users[id], guild?.members[id], guild?.id),
  })).sort((a, b) => a.label.localeCompare(b.label));
}

export const roles = (guild) => Object.values(guild?.roles ?? {}).sort(compareRoles)
  .map(({ id, name }) => ({ value: id, label: name, mark: () => icon("shield") }));

export const channels = (state, guild, types) => Object.values(guild?.channels ?? {})
  .filter((channel) => (types?.length ? types.includes(channel.type) : !isThread(channel) && channel.type !== 4))
  .sort((a, b) => (a.position ?? 999) - (b.position ?? 999))
  .map((channel) => ({ value: channel.id, label: channelName(state, channel),
    mark: () => icon(channelIcon(channel)) }));

/** A popover with a search field and a list. With `max` 1 a choice ends it; otherwise a button does. */
export function openChoices(anchor, { label, choices, min = 1, max = 1, done }) {
  const chosen = new Set(choices.filter(({ isDefault }) => isDefault).map(({ value }) => value));
  const isSingle = max === 1 && min > 0;
  const search = h("input",
    { class: "input", type: "search", placeholder: t("choices.search"), "aria-label": t("choices.search"),
    autofocus: true });
  const list = h("div",
    { class: "choice-list", role: "listbox", "aria-label": label, "aria-multiselectable": !isSingle, tabindex: "-1" });
  const finish = () => { popover.close(); done([...chosen]); };
  const foot = isSingle ? null : button(t("choices.done"), "primary", finish,
    { class: "button button-primary is-block" });

  const toggle = (value) => {
    if (isSingle) chosen.clear();
    if (chosen.has(value)) chosen.delete(value);
    else if (chosen.size < max) chosen.add(value);
    if (isSingle) finish();
    else show();
  };
  const show = () => {
    const focused = document.activeElement?.dataset?.value;
    const found = fuzzyFilter(choices, search.value, ({ label: words, note = "" }) => `${words} ${note}`).slice(0,
      SHOWN_AT_MOST);
    list.replaceChildren(...found.map((choice) => h("button", {
      type: "button", role: "option", class: "choice", "aria-selected": chosen.has(choice.value),
        dataset: { value: choice.value },
      onclick: () => toggle(choice.value),
    }, choice.mark?.(), h("span", { class: "choice-text" }, h("span", null, choice.label),
      choice.note && h("span", { class: "muted small" }, choice.note)),
    chosen.has(choice.value) ? icon("check") : null)));
    if (!found.length) list.replaceChildren(h("p", { class: "empty-line", role: "option", "aria-disabled": true },
      t("choices.none")));
    if (focused) list.querySelector(`[data-value="${CSS.escape(focused)}"]`)?.focus();
    if (foot) foot.disabled = chosen.size < min || chosen.size > max;
  };

  search.addEventListener("input", show);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); list.querySelector("button")?.click(); }
  });
  show();
  const popover = openPopover(anchor, [choices.length > 6 ? search : null, list, foot], { label, class: "choices" });
  popover.panel.addEventListener("keydown",
    (event) => moveFocus(event, [...(search.isConnected ? [search] : []), ...list.querySelectorAll("button")]));
}

