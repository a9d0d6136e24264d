// Parts with links to where something is done elsewhere: when the reader comes back from there, the page looks again.

let wasLeft = false;
for (const part of document.querySelectorAll("[data-refresh]")) {
  for (const name of ["click", "auxclick"]) {
    part.addEventListener(name, (event) => { wasLeft ||= event.target.closest("a") !== null; });
  }
}
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && wasLeft) location.reload();
});
addEventListener("pageshow", (event) => { if (event.persisted && wasLeft) location.reload(); });
