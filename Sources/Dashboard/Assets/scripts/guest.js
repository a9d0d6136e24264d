// Frames of third-party plugins: what they ask for is asked here, as the person, and nothing else is let through.
// And widgets that were not ready when the page was drawn, or that want to be drawn again from time to time.

for (const place of document.querySelectorAll("[data-guest-frame]")) {
  const frame = place.querySelector("iframe");
  const tell = (message) => frame.contentWindow?.postMessage({ source: "yb", v: 1, ...message }, "*");
  const theme = () => tell({ type: "theme", params: { theme: document.documentElement.dataset.theme ?? "" } });

  const call = async ({ id, method, params }) => {
    if (!/^[A-Za-z0-9_.-]{1,80}$/.test(method)) return tell({ type: "rpc_result", id, error: "no such method" });
    const body = new URLSearchParams({
      csrf: place.dataset.csrf, frame: "on", params: JSON.stringify(params ?? {}),
    });
    try {
      const answer = await fetch(`${place.dataset.guestFrame}/${encodeURIComponent(method)}`, {
        method: "POST", body, headers: { Accept: "application/json" },
      });
      const content = await answer.json();
      if (answer.ok) tell({ type: "rpc_result", id, result: content.result });
      else tell({ type: "rpc_result", id, error: content.error?.message ?? content.error ?? content.title ?? "failed" });
    } catch {
      tell({ type: "rpc_result", id, error: "the server does not answer" });
    }
  };

  addEventListener("message", (event) => {
    const message = event.data;
    // A sandboxed document has no origin to compare with: that it is this very frame is what counts.
    if (event.source !== frame.contentWindow || message?.source !== "yb" || message.v !== 1) return;
    if (message.type === "ready") { tell({ type: "ready" }); theme(); }
    if (message.type === "rpc") call(message);
    if (message.type === "resize") {
      frame.style.height = `${Math.min(5000, Math.max(200, Number(message.params?.height) || 400))}px`;
    }
  });
}

for (const page of document.querySelectorAll("[data-guest-widgets]")) {
  const load = (id) => {
    if (document.hidden) return;
    const request = new XMLHttpRequest();
    request.open("GET", `${page.dataset.guestWidgets}/${encodeURIComponent(id)}`);
    request.responseType = "document";
    request.addEventListener("load", () => {
      const fresh = request.response?.querySelector("[data-guest-widget]");
      const old = page.querySelector(`[data-guest-widget="${CSS.escape(id)}"]`);
      if (request.status !== 200 || !fresh || !old || old.contains(document.activeElement)) return;
      old.hidden = fresh.hidden;
      old.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
    });
    request.send();
  };
  for (const widget of page.querySelectorAll("[data-guest-widget]")) {
    const id = widget.dataset.guestWidget;
    // A chart is drawn by a library that does not look again: it stays as it was drawn.
    if (widget.querySelector("canvas")) continue;
    if (widget.querySelector(".skeleton")) load(id);
    const seconds = Number(widget.dataset.refreshSeconds);
    if (seconds >= 5) setInterval(() => load(id), seconds * 1000);
  }
}
