// Notices that can be put away, and toasts: short messages at the corner, read out by screen readers.
// Any script shows a toast: document.dispatchEvent(new CustomEvent("toast", {detail: {tone, text, label, act}})), where
// a button with the label calls act; and has words read out only: new CustomEvent("announce", {detail: text}).

const putAway = (notice) => {
  // The focus must not fall back to the top of the page.
  const main = document.getElementById("content");
  if (notice.contains(document.activeElement)) main?.focus({ preventScroll: true });
  notice.remove();
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  if (button) putAway(button.closest(".notice"));
  const source = event.target.closest("[data-toast]");
  if (source) {
    const detail = { tone: source.dataset.toastTone, text: source.dataset.toast };
    document.dispatchEvent(new CustomEvent("toast", { detail }));
  }
});
for (const button of document.querySelectorAll("[data-dismiss]")) button.hidden = false;

const area = document.getElementById("toasts");
const atMost = 4;

const element = (name, className, text) => {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  if (name === "button") made.type = "button";
  return made;
};

// Errors stay until they are put away; nothing goes while it is pointed at or holds the focus.
const letGo = (toast) => {
  if (toast.classList.contains("tone-error")) return;
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000);
    else toast.remove();
  };
  setTimeout(leave, 8000);
};
for (const toast of area.children) letGo(toast);

document.addEventListener("toast", ({ detail }) => {
  const tone = ["info", "success", "warning", "error"].includes(detail.tone) ? detail.tone : "info";
  const toast = element("div", `notice toast tone-${tone}`, "");
  toast.append(element("p", "notice-body", detail.text));
  if (detail.act) {
    const button = element("button", "button button-secondary button-small", detail.label);
    button.addEventListener("click", () => {
      putAway(toast);
      detail.act();
    });
    toast.append(button);
  }
  const button = element("button", "button button-quiet button-small", area.dataset.dismissLabel);
  button.dataset.dismiss = "";
  toast.append(button);
  area.append(toast);
  while (area.children.length > atMost) area.firstElementChild.remove();
  letGo(toast);
});

const voice = element("p", "visually-hidden", "");
voice.setAttribute("role", "status");
document.querySelector("main").append(voice);
document.addEventListener("announce", ({ detail }) => {
  // The same words twice would not be read out twice.
  voice.textContent = "";
  setTimeout(() => { voice.textContent = detail; }, 50);
});
