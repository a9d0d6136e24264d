// Application commands: which there are, finding one, and running those of messages and people.

import { attempt, openMenu, toast } from "./popover.js";
import { fuzzyScore } from "./choices.js";
import { t } from "./strings.js";

const SUBCOMMAND = 1, GROUP = 2;
const SHOWN_AT_MOST = 30;

/** The commands one may use here, fetched when they are first needed and again after a while. */
export class CommandIndex {
  constructor(app) {
    this.app = app;
    this.cache = new Map();
  }

  /** @returns {Promise<{name: string, description: string, path: string[], options: Object[], command: Object, application: Object}[]>} */
  async entries(type = 1) {
    const { guildID, channelID } = this.app.store.state.view;
    const path = guildID ? `/guilds/${guildID}/application-command-index`
      : `/channels/${channelID}/application-command-index`;
    const known = this.cache.get(path);
    if (known && Date.now() - known.at < 3000) return known.list.filter((entry) => entry.command.type === type);
    const index = await attempt(() => this.app.api.get(path));
    if (!index) return [];
    const applications = new Map(index.applications.map((item) => [item.id, item]));
    const list = index.application_commands.flatMap((command) => flatten(command,
      applications.get(command.application_id)));
    this.cache.set(path, { at: Date.now(), list });
    return list.filter((entry) => entry.command.type === type);
  }

  forget() { this.cache.clear(); }
}

/** A command with subcommands is as many entries as it has leaves. */
function flatten(command, application, options = command.options ?? [], path = []) {
  const inner = options.filter(({ type }) => type === SUBCOMMAND || type === GROUP);
  const entry = { name: [command.name, ...path.map(({ name }) => name)].join(" "), command, application, path,
    options };
  entry.description = path.at(-1)?.description ?? command.description ?? "";
  if (!inner.length) return [{ ...entry, command: { ...command, type: command.type ?? 1 } }];
  return inner.flatMap((item) => flatten(command, application, item.options ?? [], [...path, item]));
}

export function findCommands(entries, query) {
  return entries.map((entry) => ({ entry, score: fuzzyScore(entry.name, query.trim()) }))
    .filter(({ score }) => score !== null)
    .sort((a, b) => a.score - b.score || a.entry.name.localeCompare(b.entry.name))
    .slice(0, SHOWN_AT_MOST).map(({ entry }) => entry);
}

/** The `data` of an interaction for an entry with these values, subcommands wrapped around them. */
export function commandData({ command, path }, options, extra = {}) {
  const wrapped = path.toReversed().reduce((inner, { name, type }) => [{ type, name, options: inner }], options);
  return { id: command.id, name: command.name, version: command.version, type: command.type, options: wrapped,
    attachments: [], ...extra };
}

async function openTargetCommands(app, type, target, anchor) {
  const entries = await app.commands.entries(type);
  if (!entries.length) return toast(t(type === 3 ? "commands.noneForMessage" : "commands.noneForUser"));
  return openMenu(anchor, t("message.apps"), entries.map((entry) => ({
    label: entry.application ? `${entry.name} · ${entry.application.name}` : entry.name, icon: "bolt",
    run: () => app.interact({ type: 2, application_id: entry.command.application_id,
      data: commandData(entry, [], { target_id: target }) }, { command: entry.name }),
  })));
}

export const openMessageCommands = (app, { message }, anchor) => openTargetCommands(app, 3, message.id, anchor);
export const openUserCommands = (app, { userID }, anchor) => openTargetCommands(app, 2, userID, anchor);
