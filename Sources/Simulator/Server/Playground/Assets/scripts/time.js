// Ids as points in time, and times in the reader's own zone and language.

const EPOCH = 1420070400000n;
const format = (options) => new Intl.DateTimeFormat(undefined, options);
const clock = format({ timeStyle: "short" });
const day = format({ dateStyle: "long" });
const short = format({ dateStyle: "short" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** The styles of `<t:seconds:style>`; `R` is apart. */
const styles = {
  t: clock, T: format({ timeStyle: "medium" }), d: short, D: day,
  f: format({ dateStyle: "long", timeStyle: "short" }), F: format({ dateStyle: "full", timeStyle: "short" }),
  s: format({ dateStyle: "short", timeStyle: "short" }), S: format({ dateStyle: "short", timeStyle: "medium" }),
};

/** How far the simulator's clock is ahead of ours, in milliseconds. */
let ahead = 0;
export const setAhead = (milliseconds) => { ahead = milliseconds; };
export const now = () => Date.now() + ahead;

export const compareIDs = (a, b) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
export const timeOfID = (id) => Number((BigInt(id) >> 22n) + EPOCH);
export const makeNonce = () =>
  String(((BigInt(Date.now()) - EPOCH) << 22n) | BigInt(Math.floor(Math.random() * 4194304)));

export const clockOf = (date) => clock.format(date);
export const dayOf = (date) => day.format(date);
export const longOf = (date) => styles.F.format(date);
export const isSameDay = (a, b) => new Date(a).toDateString() === new Date(b).toDateString();

/** What stands beside a name: the clock today, the date as well on other days. */
export const stampOf = (date) => (isSameDay(date, now()) ? clock : styles.s).format(date);

const UNITS = [["year", 31557600], ["month", 2629800], ["week", 604800], ["day", 86400], ["hour", 3600],
  ["minute", 60]];

export function relativeOf(date) {
  const seconds = (date - now()) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return relative.format(Math.round(seconds / size), unit);
}

export const formatTimestamp = (date, style) => (style === "R" ? relativeOf(date)
  : (styles[style] ?? styles.f).format(date));
