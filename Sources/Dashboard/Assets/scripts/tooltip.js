// Tooltips: Escape hides one until the pointer or the focus has left it (WCAG 1.4.13).

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const tip of document.querySelectorAll("[data-tooltip]:is(:hover, :focus-within)")) tip.classList.add("is-closed");
});
for (const tip of document.querySelectorAll("[data-tooltip]")) {
  for (const type of ["mouseleave", "focusout"]) tip.addEventListener(type, () => tip.classList.remove("is-closed"));
}
