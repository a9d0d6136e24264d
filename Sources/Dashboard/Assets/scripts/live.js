// Parts that follow the server: one stream of events for each source, shared by all regions of the page. An event's
// name is the key of the parts it changes; its data is {"text"}, {"state", "text"}, {"progress"} or {"append"}.

const atMost = 200;
const tones = ["neutral", "info", "success", "warning", "error"];

const append = (part, values) => {
  const lines = part.querySelector("[data-live-lines]");
  const template = part.querySelector("template[data-live-template]");
  if (!lines || !template) return;
  // Who reads further up is not carried away.
  const frame = lines.parentElement;
  const isAtEnd = frame.scrollHeight - frame.scrollTop - frame.clientHeight < 8;
  const line = template.content.cloneNode(true).firstElementChild;
  for (const slot of line.querySelectorAll("[data-slot]")) {
    const value = String(values[slot.dataset.slot] ?? "");
    if (slot.localName === "time") slot.dateTime = value;
    slot.textContent = value;
  }
  lines.append(line);
  line.dispatchEvent(new CustomEvent("grown", { bubbles: true }));
  while (lines.children.length > atMost) lines.firstElementChild.remove();
  if (isAtEnd) frame.scrollTop = frame.scrollHeight;
};

const change = (part, data) => {
  const status = part.querySelector(".status");
  if (tones.includes(data.state) && status) {
    status.classList.remove(...tones.map((tone) => `tone-${tone}`));
    status.classList.add(`tone-${data.state}`);
  }
  if (typeof data.text === "string") (status?.querySelector("span:not(.dot)") ?? part).textContent = data.text;
  if (typeof data.progress === "number") {
    const bar = part.querySelector("progress");
    if (bar) bar.value = bar.max * Math.min(Math.max(data.progress, 0), 100) / 100;
    const share = part.querySelector(".progress-head .muted");
    if (share) share.textContent = `${Math.round(data.progress)} %`;
  }
  if (data.append && typeof data.append === "object") append(part, data.append);
};

const regions = [...document.querySelectorAll("[data-live]")];
const sources = new Map();

const tell = (url, isLive) => {
  for (const region of regions.filter((region) => region.dataset.live === url)) {
    for (const status of region.querySelectorAll("[data-live-status]")) {
      status.hidden = isLive === null;
      status.classList.toggle("tone-success", isLive === true);
      status.classList.toggle("tone-warning", isLive === false);
      status.lastElementChild.textContent = isLive ? status.dataset.liveWord : status.dataset.waitingWord;
    }
  }
};

const open = (url) => {
  const source = new EventSource(url);
  const keys = new Map();
  for (const region of regions.filter((region) => region.dataset.live === url)) {
    for (const part of region.querySelectorAll("[data-live-key]")) {
      const key = part.dataset.liveKey || part.id;
      keys.set(key, [...(keys.get(key) ?? []), part]);
    }
  }
  for (const [key, parts] of keys) {
    source.addEventListener(key, (event) => {
      let data;
      try { data = JSON.parse(event.data); } catch { return; }
      if (data && typeof data === "object") for (const part of parts) change(part, data);
    });
  }
  source.addEventListener("open", () => tell(url, true));
  // Closed for good, such as by 204 or when signed out: the page shows what it had.
  source.addEventListener("error", () => tell(url, source.readyState === EventSource.CLOSED ? null : false));
  sources.set(url, source);
};

const begin = () => new Set(regions.map((region) => region.dataset.live)).forEach(open);
if ("EventSource" in window) {
  begin();
  addEventListener("pagehide", () => {
    for (const source of sources.values()) source.close();
  });
  addEventListener("pageshow", (event) => event.persisted && begin());
}
