// Instants in the zone the reader chose, else the browser's, and in the page's language as the reader's region writes it. The full instant is the
// title; relative ones tick.

const page = document.documentElement.lang || "en";
const language = (navigator.languages ?? []).find((tag) => tag.split("-")[0] === page.split("-")[0]) ?? page;
const timeZone = document.documentElement.dataset.zone;
const format = (options) => {
  // A browser that does not know the zone shows its own.
  try { return new Intl.DateTimeFormat(language, { ...options, timeZone }); } catch { /* Unknown zone. */ }
  return new Intl.DateTimeFormat(language, options);
};
const forms = {
  date: format({ dateStyle: "medium" }),
  time: format({ timeStyle: "short" }),
  "date-time": format({ dateStyle: "medium", timeStyle: "short" }),
};
const full = format({ dateStyle: "full", timeStyle: "long" });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const units = [["day", 86400], ["hour", 3600], ["minute", 60]];

const ago = (seconds) => {
  if (Math.abs(seconds) > 30 * 86400) return null;
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", Infinity];
  return relative.format(Math.trunc(seconds / length) || 0, unit);
};

const show = (element) => {
  const instant = new Date(element.dateTime);
  if (isNaN(instant)) return;
  const text = element.dataset.time === "relative" ? ago((instant - Date.now()) / 1000) : null;
  element.textContent = text ?? (forms[element.dataset.time] ?? forms["date-time"]).format(instant);
  element.title = full.format(instant);
};
const start = (root) => root.querySelectorAll("time[data-time][datetime]").forEach(show);

start(document);
document.addEventListener("grown", (event) => start(event.target));
setInterval(() => document.querySelectorAll("time[data-relative]").forEach(show), 30000);
