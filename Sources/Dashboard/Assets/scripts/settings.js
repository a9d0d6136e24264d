// Forms of settings: conditions, counters, variables, colours, spans of time. Events are caught at the form, so that rows
// that come later work too.

const settingsUnits = [["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const settingsUnitNames = {
  y: 31536000, yr: 31536000, yrs: 31536000, year: 31536000, years: 31536000,
  mo: 2592000, mon: 2592000, month: 2592000, months: 2592000,
  w: 604800, wk: 604800, wks: 604800, week: 604800, weeks: 604800,
  d: 86400, day: 86400, days: 86400, h: 3600, hr: 3600, hrs: 3600, hour: 3600, hours: 3600,
  m: 60, min: 60, mins: 60, minute: 60, minutes: 60, s: 1, sec: 1, secs: 1, second: 1, seconds: 1,
};

for (const settings of document.querySelectorAll("[data-settings]")) {
  const controls = (name) => settings.querySelectorAll(`[name="${CSS.escape(name)}"]`);

  // The value that a condition is about: of a toggle true or false, else what is chosen.
  const valueOf = (name) => {
    for (const control of controls(name)) {
      if (control.type === "checkbox") return String(control.checked);
      if (control.type !== "radio") return control.value;
      if (control.checked) return control.value;
    }
    return "";
  };

  const apply = () => {
    for (const part of settings.querySelectorAll("[data-when-field]")) {
      // A field with a problem is never out of sight.
      const isWrong = part.querySelector("[aria-invalid]") !== null;
      part.hidden = !isWrong && valueOf(part.dataset.whenField) !== part.dataset.whenValue;
    }
  };

  const count = (control) => {
    const counter = document.getElementById(control.dataset.countIn);
    if (!counter) return;
    const length = [...control.value].length;
    const limit = Number(control.dataset.limit);
    counter.textContent = `${length} / ${limit}`;
    counter.classList.toggle("is-full", length > limit * 0.95);
  };

  // As the server reads it; nothing is said of what it would refuse.
  const seconds = (text) => {
    const plain = text.trim().toLowerCase().replace(/(\d),(\d)/g, "$1.$2");
    if (plain === "0") return 0;
    if (!/^(\d{1,9}(\.\d{1,3})? *[a-z]+[ ,]*(and +)?)+$/.test(plain)) return null;
    let total = 0;
    for (const [, number, unit] of plain.matchAll(/(\d+(?:\.\d+)?) *([a-z]+)/g)) {
      if (!Object.hasOwn(settingsUnitNames, unit)) return null;
      total += Number(number) * settingsUnitNames[unit];
    }
    return Math.round(total);
  };

  const hint = (control) => {
    const place = document.getElementById(control.dataset.durationHint);
    if (!place) return;
    let rest = seconds(control.value);
    if (rest === null) {
      place.textContent = "";
      return;
    }
    const parts = [];
    for (const [unit, length] of settingsUnits) {
      const number = Math.floor(rest / length);
      rest -= number * length;
      if (number === 0 && !(unit === "second" && parts.length === 0)) continue;
      const [one, other] = place.dataset[unit].split("|");
      parts.push((number === 1 ? one : other).replace("{count}", number));
    }
    place.textContent = parts.join(" ");
  };

  const colors = (root) => {
    for (const picker of root.querySelectorAll("[data-color-of]")) picker.hidden = false;
  };

  settings.addEventListener("input", ({ target }) => {
    if (target.dataset.countIn) count(target);
    if (target.dataset.durationHint) hint(target);
    if (target.dataset.colorOf) {
      const text = document.getElementById(target.dataset.colorOf);
      text.value = target.value;
      text.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const picker = settings.querySelector(`[data-color-of="${CSS.escape(target.id)}"]`);
    const color = /^#?([0-9a-f]{6})$/i.exec(target.value);
    if (target.id && picker && color) picker.value = `#${color[1].toLowerCase()}`;
  });
  settings.addEventListener("change", apply);

  settings.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-insert-into]");
    if (!button) return;
    const control = document.getElementById(button.dataset.insertInto);
    control.focus();
    control.setRangeText(button.textContent, control.selectionStart, control.selectionEnd, "end");
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // A link of the list of problems leads into what is closed.
  const reveal = () => {
    const place = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    if (!place || !settings.contains(place)) return;
    for (let part = place; part && part !== settings; part = part.parentElement) {
      if (part.localName === "details") part.open = true;
    }
    place.scrollIntoView({ block: "center" });
    if (place.matches("input, select, textarea")) place.focus();
  };
  addEventListener("hashchange", reveal);

  // Rows that a script adds bring conditions and colours of their own.
  new MutationObserver(() => {
    colors(settings);
    apply();
  }).observe(settings, { childList: true, subtree: true });

  settings.classList.add("is-live");
  colors(settings);
  apply();
  reveal();
}
