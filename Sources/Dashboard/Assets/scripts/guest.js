// Frames of third-party plugins: what they ask for is asked here, as the person, and nothing else is let through.
// And widgets that were not ready when the page was drawn, or that want to be drawn again from time to time.

for (const place of document.querySelectorAll("[data-guest-frame]")) {
  const frame = place.querySelector("iframe");
  const tell = (message) => frame.contentWindow?.postMessage({ source: "yb", v: 1, ...message }, "*");
  const { failed, unreachable } = place.dataset;
  const theme = () => tell({ type: "theme", params: { theme: document.documentElement.dataset.theme ?? "" } });

  const call = async ({ id, method, params }) => {
    const refuse = (error) => tell({ type: "rpc_result", id, error });
    if (!/^[A-Za-z0-9_.-]{1,80}$/.test(method)) return refuse(failed);
    const body = new URLSearchParams({
      csrf: place.dataset.csrf, frame: "on", params: JSON.stringify(params ?? {}),
    });
    try {
      const answer = await fetch(`${place.dataset.guestFrame}/${encodeURIComponent(method)}`, {
        method: "POST", body, headers: { Accept: "application/json" },
      });
      const content = await answer.json();
      if (answer.ok) tell({ type: "rpc_result", id, result: content.result });
      else refuse(content.error?.message ?? content.title ?? failed);
    } catch {
      refuse(unreachable);
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
  const within = (root) => [...root.querySelectorAll("[data-guest-widget]")];
  const asked = new Set();
  const timed = new Set();

  const replace = (fresh) => {
    const old = page.querySelector(`[data-guest-widget="${CSS.escape(fresh.dataset.guestWidget)}"]`);
    if (!old) return;
    // A container stays, with the tab that is chosen and the part that is open: what is in it is replaced.
    if (within(old).length > 0 && within(fresh).length > 0) {
      for (const inner of within(fresh)) replace(inner);
      return;
    }
    if (old.contains(document.activeElement)) return;
    old.hidden = fresh.hidden;
    old.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
    // Charts, times, pickers and tabs begin here as they did with the page.
    old.dispatchEvent(new CustomEvent("grown", { bubbles: true }));
    start(old);
  };

  const load = (id) => {
    if (asked.has(id)) return;
    asked.add(id);
    const request = new XMLHttpRequest();
    request.open("GET", `${page.dataset.guestWidgets}/${encodeURIComponent(id)}`);
    request.responseType = "document";
    request.addEventListener("load", () => {
      const fresh = request.response?.querySelector("[data-guest-widget]");
      if (request.status === 200 && fresh) replace(fresh);
    });
    request.addEventListener("loadend", () => asked.delete(id));
    request.send();
  };

  const start = (root) => {
    for (const widget of within(root)) {
      const id = widget.dataset.guestWidget;
      // In a container, only the parts that are late are asked for again.
      const late = [...widget.querySelectorAll(".skeleton")];
      if (late.some((part) => part.closest("[data-guest-widget]") === widget)) load(id);
      const seconds = Number(widget.dataset.refreshSeconds);
      if (!(seconds >= 5) || timed.has(id)) continue;
      timed.add(id);
      setInterval(() => { if (!document.hidden) load(id); }, seconds * 1000);
    }
  };
  start(page);
}
