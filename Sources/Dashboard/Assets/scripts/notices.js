// Notices that can be put away, and toasts: short messages at the corner, read out by screen readers.
// Any script shows a toast with: document.dispatchEvent(new CustomEvent("toast", {detail: {tone, text}})).

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

document.addEventListener("toast", ({ detail }) => {
  const tone = ["info", "success", "warning", "error"].includes(detail.tone) ? detail.tone : "info";
  const toast = document.createElement("div");
  toast.className = `notice toast tone-${tone}`;
  const body = document.createElement("p");
  body.className = "notice-body";
  body.textContent = detail.text;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet button-small";
  button.dataset.dismiss = "";
  button.textContent = area.dataset.dismissLabel;
  toast.append(body, button);
  area.append(toast);
  while (area.children.length > atMost) area.firstElementChild.remove();

  // Errors stay until they are put away; nothing goes while it is pointed at or holds the focus.
  if (tone === "error") return;
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000);
    else toast.remove();
  };
  setTimeout(leave, 8000);
});
