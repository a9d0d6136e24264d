// The preview beside a form of settings: asked for a moment after the last key, and shown when it is the newest.

for (const panel of document.querySelectorAll("[data-preview]")) {
  const form = document.getElementById(panel.dataset.preview);
  const place = panel.querySelector("[data-preview-place]");
  if (!form || !place) continue;
  let timer;
  let asked;

  const say = () => {
    const line = document.createElement("p");
    line.className = "muted";
    line.textContent = panel.dataset.previewFailed;
    place.replaceChildren(line);
  };

  // The browser parses what comes as a document: markup made of text is not let in anywhere on these pages.
  const ask = () => {
    asked?.abort();
    const request = new XMLHttpRequest();
    asked = request;
    request.open("POST", panel.dataset.previewUrl);
    request.responseType = "document";
    request.addEventListener("load", () => {
      const content = request.response?.querySelector(".preview-content");
      panel.removeAttribute("aria-busy");
      if (request.status !== 200 || !content) return say();
      place.replaceChildren(document.adoptNode(content));
    });
    request.addEventListener("error", () => {
      panel.removeAttribute("aria-busy");
      say();
    });
    panel.setAttribute("aria-busy", "true");
    request.send(new URLSearchParams(new FormData(form)));
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 500);
  };

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  panel.querySelector("button")?.addEventListener("click", (event) => {
    event.preventDefault();
    ask();
  });
  ask();
}
