// Whom to be: the people of the simulated world with their faces, and strangers who join.

import { button, h, icon } from "./dom.js";
import { askLine, attempt, openDialog, toast } from "./popover.js";
import { face, nameOfUser } from "./names.js";
import { simulator } from "./simulator.js";
import { fuzzyFilter, openChoices } from "./choices.js";
import { t } from "./strings.js";

/** Cards of everybody; choosing one makes the reader that person. */
export function peoplePicker(choose, currentID) {
  const grid = h("ul", { class: "people" },
    Array.from({ length: 8 }, () => h("li", { class: "person is-loading", "aria-hidden": "true" })));
  const search = h("input", { class: "input people-search", type: "search", placeholder: t("people.search"),
    "aria-label": t("people.search"), hidden: true });
  let people = [];
  const draw = () => {
    grid.replaceChildren(...fuzzyFilter(people, search.value,
      (person) => `${nameOfUser(person)} ${person.username}`).map((person) => card(person, choose, currentID)));
    if (people.length && !grid.children.length) grid.replaceChildren(h("li", { class: "empty-line" },
      t("choices.none")));
  };
  const load = async () => {
    try {
      people = await simulator.people();
      search.hidden = people.length < 9;
      draw();
      if (!people.length) grid.replaceChildren(h("li", { class: "empty-line" }, t("people.none")));
    } catch (error) {
      grid.replaceChildren(h("li", { class: "empty" }, icon("warning"), h("p", null, error.message),
        button(t("messages.again"), "secondary", load)));
    }
  };
  search.addEventListener("input", draw);
  load();
  const create = button(t("people.create"), "secondary", async () => {
    const person = await createPerson();
    if (person) choose(person.id);
  });
  return h("div", { class: "people-picker" }, h("div", { class: "people-tools" }, search, create), grid);
}

function card(person, choose, currentID) {
  const isCurrent = person.id === currentID;
  return h("li", { class: "person" },
    h("button", { type: "button", class: "person-button", "aria-current": isCurrent ? "true" : null,
      onclick() { choose(person.id); } }, face(person),
      h("span", { class: "person-text" }, h("strong", { dir: "auto" }, nameOfUser(person)),
        h("span", { class: "muted small", dir: "auto" }, person.bio || person.username))),
    h("a", { class: "icon-button is-small person-tab", href: `#${person.id}`, target: "_blank",
      "aria-label": t("people.inTab", { name: nameOfUser(person) }),
      title: t("people.inTab", { name: nameOfUser(person) }) }, icon("external")));
}

async function createPerson() {
  const name = await askLine(t("people.create"), t("people.name"),
    { submit: t("people.make"), isRequired: true, maxLength: 32 });
  return name && attempt(() => simulator.createPerson(name));
}

/** Somebody of the world who is not in the guild joins it: back from a kick, or for the first time. */
export async function bringIn(app, guild, anchor) {
  const people = await attempt(() => simulator.people());
  const others = (people ?? []).filter(({ id }) => !guild.members[id]);
  if (!others.length) return inviteStranger(app, guild);
  return openChoices(anchor, {
    label: t("people.bringIn"),
      choices: others.map((person) => ({ value: person.id, label: nameOfUser(person), note: person.username,
      mark: () => face(person) })),
    done: ([id]) => letIn(guild, others.find((person) => person.id === id)),
  });
}

const letIn = (guild, person) => attempt(async () => {
  await simulator.join(guild.id, person.id);
  toast(t("people.joined", { name: nameOfUser(person), guild: guild.name }), "success");
});

/** Somebody new walks into a guild. */
export async function inviteStranger(app, guild) {
  const name = await askLine(t("people.stranger"), t("people.name"),
    { submit: t("people.letIn"), isRequired: true, maxLength: 32, value: t("people.strangerName") });
  if (!name) return;
  const person = await attempt(() => simulator.createPerson(name));
  if (person) await letIn(guild, person);
}

export function openSwitcher(app, choose) {
  const dialog = openDialog(t("people.title"), peoplePicker((id) => { dialog.close(); choose(id); }, app.userID),
    { class: "is-wide" });
}

/** The first thing a newcomer sees. */
export function welcome(choose) {
  return h("main", { class: "welcome" }, h("div", { class: "welcome-inner" },
    h("img", { class: "welcome-mark", src: "/playground/assets/mark.svg", alt: "" }),
    h("h1", null, t("welcome.title")), h("p", { class: "muted welcome-lead" }, t("welcome.lead")),
      peoplePicker(choose)));
}
