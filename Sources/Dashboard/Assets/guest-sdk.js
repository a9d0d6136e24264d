// What pages of third-party plugins load: a way to ask the page around the frame. Served as yourbot-sdk.js.

(() => {
  const waiting = new Map();
  let count = 0;
  let isReady = false;
  const callbacks = [];

  const tell = (message) => parent.postMessage({ source: "yb", v: 1, ...message }, "*");

  addEventListener("message", (event) => {
    const message = event.data;
    if (event.source !== parent || message?.source !== "yb" || message.v !== 1) return;
    if (message.type === "ready") {
      isReady = true;
      for (const callback of callbacks.splice(0)) callback(message.params ?? {});
    } else if (message.type === "theme") {
      document.documentElement.dataset.theme = message.params?.theme ?? "";
    } else if (message.type === "rpc_result") {
      const call = waiting.get(message.id);
      if (!call) return;
      waiting.delete(message.id);
      // An error without words is one, too.
      if (message.error === undefined) call.resolve(message.result);
      else call.reject(new Error(message.error));
    }
  });

  const sdk = {
    // Calls back once the page around answers.
    ready(callback) {
      if (isReady) callback({}); else callbacks.push(callback);
      tell({ type: "ready" });
    },
    // Asks the plugin's dashboard handler of that name; a promise of what it answers.
    rpc(method, params = {}) {
      const id = ++count;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        tell({ type: "rpc", id, method: String(method), params });
      });
    },
    // Asks for a height in pixels, between 200 and 5000.
    resize(height) {
      tell({ type: "resize", params: { height: Math.min(5000, Math.max(200, Number(height) || 400)) } });
    },
  };
  globalThis.YourBotSDK = sdk;
  globalThis.MaidSDK = sdk;
})();
