// Fields: the counter of a text area, and showing what was typed into a secret field.

const start = (root) => {
  for (const area of root.querySelectorAll("textarea[data-counter]")) {
    const counter = document.getElementById(area.dataset.counter);
    const count = () => {
      counter.textContent = `${area.value.length} / ${area.maxLength}`;
      counter.classList.toggle("is-full", area.value.length >= area.maxLength * 0.95);
    };
    area.addEventListener("input", count);
    count();
  }
  for (const button of root.querySelectorAll("[data-reveal]")) {
    const input = document.getElementById(button.dataset.reveal);
    const showLabel = button.textContent;
    button.hidden = false;
    button.disabled = input.disabled;
    button.addEventListener("click", () => {
      const isShown = input.type === "text";
      input.type = isShown ? "password" : "text";
      button.textContent = isShown ? showLabel : button.dataset.hideLabel;
      button.setAttribute("aria-pressed", !isShown);
    });
  }
};
start(document);
// Rows that are added to a list are told of with "grown".
document.addEventListener("grown", (event) => start(event.target));
