// Polls: voting, and the bars of what others voted; and the form that makes one.

import { button, h, iconButton } from "./dom.js";
import { openDialog, attempt } from "./popover.js";
import { emojiView } from "./markdown-view.js";
import { now, relativeOf } from "./time.js";
import { t, tn } from "./strings.js";

const ANSWERS_AT_MOST = 10;
const HOURS = [1, 4, 8, 24, 72, 168, 336];

export function poll(data, message, app) {
  const counts = new Map((data.results?.answer_counts ?? []).map((item) => [item.id, item]));
  const total = [...counts.values()].reduce((sum, { count }) => sum + count, 0);
  const voted = [...counts.values()].some(({ me_voted: isMine }) => isMine);
  const isOver = data.results?.is_finalized || (data.expiry && Date.parse(data.expiry) <= now());
  const isShown = voted || isOver;
  const name = `poll-${message.id}`;
  const inputs = [];
  const answers = data.answers.map(({ answer_id: id, poll_media: media }) => {
    const count = counts.get(id);
    const share = total ? Math.round(((count?.count ?? 0) / total) * 100) : 0;
    const words = [media.emoji && emojiView(media.emoji), h("span", { class: "poll-answer-text" }, media.text ?? "")];
    if (isShown) {
      return h("li", { class: `poll-answer${count?.me_voted ? " is-mine" : ""}`, style: { "--share": `${share}%` } },
        words,
        h("span", { class: "poll-share" }, `${share} %`),
          h("span", { class: "muted small" }, tn("poll.votes", count?.count ?? 0)));
    }
    const input = h("input", { type: data.allow_multiselect ? "checkbox" : "radio", name, value: id });
    inputs.push(input);
    return h("li", null, h("label", { class: "poll-answer" }, input, words));
  });
  const cast = (ids) => attempt(() => app.api.put(`/channels/${message.channel_id}/polls/${message.id}/answers/@me`,
    { answer_ids: ids }));
  const submit = button(t("poll.vote"), "primary",
    () => cast(inputs.filter(({ checked }) => checked).map(({ value }) => value)), { disabled: true });
  const list = h("ul",
    { class: "poll-answers", onchange() { submit.disabled = !inputs.some(({ checked }) => checked); } }, answers);
  return h("div", { class: "poll", role: "group", "aria-label": data.question.text },
    h("p", { class: "poll-question" }, data.question.text),
    h("p", { class: "muted small" },
      t(isOver ? "poll.over" : data.allow_multiselect ? "poll.chooseSeveral" : "poll.chooseOne")),
    list,
    h("div", { class: "poll-foot" },
      h("span", { class: "muted small" },
        [tn("poll.votes", total),
        isOver ? null : data.expiry
        && t("poll.ends", { when: relativeOf(Date.parse(data.expiry)) })].filter(Boolean).join(" · ")),
      isOver ? null : voted ? button(t("poll.withdraw"), "quiet", () => cast([])) : submit));
}

/** The dialog in which a poll is written. */
export function openPollForm(send) {
  const question = h("input", { class: "input", required: true, maxlength: 300, autofocus: true });
  const answers = h("div", { class: "stack" });
  const add = () => {
    if (answers.children.length >= ANSWERS_AT_MOST) return;
    const input = h("input",
      { class: "input", maxlength: 55, "aria-label": t("poll.answerNumber", { number: answers.children.length + 1 }),
      required: answers.children.length < 2 });
    const line = h("div", { class: "line" }, input,
      iconButton("close", t("poll.removeAnswer"), () => answers.children.length > 2 && line.remove()));
    answers.append(line);
  };
  add();
  add();
  const duration = h("select", { class: "input" },
    HOURS.map((hours) => h("option", { value: hours, selected: hours === 24 },
    hours < 24 ? tn("hours", hours) : tn("days", hours / 24))));
  const several = h("input", { type: "checkbox" });
  const form = h("form", {
    class: "form",
    onsubmit(event) {
      event.preventDefault();
      const texts = [...answers.querySelectorAll("input")].map(({ value }) => value.trim()).filter(Boolean);
      send({
        question: { text: question.value }, duration: Number(duration.value), allow_multiselect: several.checked,
          layout_type: 1,
        answers: texts.map((text) => ({ poll_media: { text } })),
      });
      dialog.close();
    },
  },
  h("label", { class: "field" }, h("span", { class: "label" }, t("poll.question")), question),
  h("div", { class: "field" }, h("span", { class: "label" }, t("poll.answers")), answers,
    button(t("poll.addAnswer"), "quiet", add)),
  h("label", { class: "field" }, h("span", { class: "label" }, t("poll.duration")), duration),
  h("label", { class: "check" }, several, t("poll.several")),
  h("div", { class: "actions" }, h("button", { class: "button button-primary" }, t("poll.create"))));
  const dialog = openDialog(t("poll.new"), form);
}
