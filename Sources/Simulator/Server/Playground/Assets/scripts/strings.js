// Every sentence of the page, by key, from the catalog beside the assets.

let sentences = {};
let plural = new Intl.PluralRules("en");

export async function loadStrings(address) {
  const catalog = await (await fetch(address)).json();
  sentences = catalog.strings;
  plural = new Intl.PluralRules(catalog.language);
  document.documentElement.lang = catalog.language;
}

/** The sentence of a key, its `{placeholders}` filled in. A missing key is seen by every reader. */
export function t(key, values) {
  const sentence = sentences[key];
  if (sentence === undefined) return `⟦${key}⟧`;
  if (!values) return sentence;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Like `t`, in the form the number asks for: `key.one`, `key.other`. */
export const tn = (key, count, values) => t(`${key}.${plural.select(count)}`, { count, ...values });

export const hasString = (key) => key in sentences;
