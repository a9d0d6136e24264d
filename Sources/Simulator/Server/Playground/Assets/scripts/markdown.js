// Discord's markdown as a tree of plain objects. Linear enough for hostile text: depth is bounded, failed searches are
// remembered.

const DEPTH = 12;
const CODE = /```(?:([\w+#.-]{1,20})\n)?\n?([\s\S]*?)\n?```/y;
const HEADING = /^(#{1,3})\s+(.+)$/;
const SUBTEXT = /^-#\s+(.+)$/;
const ITEM = /^(\s*)([-*]|\d{1,9}\.)\s+(.*)$/;
const ADDRESS = /https?:\/\/[^\s<>\]]+[^\s<>.,:;"'\])!?]/y;
const ANGLE = /<(?:(@[!&]?|#)(\d{1,20})|(a?):(\w{2,32}):(\d{1,20})|t:(-?\d{1,13})(?::([tTdDfFsSR]))?|\/([^:>\n]{1,100}):(\d{1,20})|(https?:\/\/[^\s>]+)|id:(\w+))>/y;
const LINK = /\[([^\]\n]{1,300})\]\(<?(https?:\/\/[^\s)>]+)>?(?:\s+"[^"\n]*")?\)/y;

/** Longer markers first, so that `**` is not read as two `*`. */
const MARKS = [
  ["***", "boldItalics"], ["**", "bold"], ["__", "underline"], ["~~", "strike"], ["||", "spoiler"], ["*", "italics"],
    ["_", "italics"],
];

/** @returns {Object[]} nodes: strings of text, or `{kind, …, children?}` */
export function parseMarkdown(text) {
  const nodes = [];
  let start = 0;
  // Code first: nothing inside it means anything.
  for (let fence = text.indexOf("```"); fence >= 0; fence = text.indexOf("```", Math.max(start, fence + 3))) {
    CODE.lastIndex = fence;
    const match = CODE.exec(text);
    if (!match) break;
    nodes.push(...parseLines(text.slice(start, fence).replace(/\n$/, ""), 0));
    nodes.push({ kind: "code", language: match[1] ?? "", text: match[2] });
    start = CODE.lastIndex;
    if (text[start] === "\n") start++;
    fence = start - 3;
  }
  return nodes.concat(parseLines(text.slice(start), 0));
}

function parseLines(text, depth) {
  if (!text) return [];
  const lines = text.split("\n");
  const nodes = [];
  let plain = [];
  const flush = () => {
    if (plain.length) nodes.push({ kind: "text", children: parseInline(plain.join("\n"), depth) });
    plain = [];
  };
  for (let index = 0; index < lines.length;) {
    const block = depth < DEPTH ? blockAt(lines, index, depth) : null;
    if (!block) {
      plain.push(lines[index++]);
      continue;
    }
    flush();
    nodes.push(block.node);
    index = block.next;
  }
  flush();
  return nodes;
}

function blockAt(lines, index, depth) {
  const line = lines[index];
  if (line.startsWith(">>> ")) {
    const inner = [line.slice(4), ...lines.slice(index + 1)].join("\n");
    return { node: { kind: "quote", children: parseLines(inner, depth + 1) }, next: lines.length };
  }
  if (line.startsWith("> ")) return quoteAt(lines, index, depth);
  const heading = HEADING.exec(line);
  if (heading) return { node: { kind: "heading", level: heading[1].length, children: parseInline(heading[2], depth) },
    next: index + 1 };
  const subtext = SUBTEXT.exec(line);
  if (subtext) return { node: { kind: "subtext", children: parseInline(subtext[1], depth) }, next: index + 1 };
  return ITEM.test(line) ? listAt(lines, index, depth) : null;
}

function quoteAt(lines, index, depth) {
  let next = index;
  while (lines[next]?.startsWith("> ")) next++;
  const inner = lines.slice(index, next).map((line) => line.slice(2)).join("\n");
  return { node: { kind: "quote", children: parseLines(inner, depth + 1) }, next };
}

function listAt(lines, index, depth) {
  const first = ITEM.exec(lines[index]);
  const indent = first[1].length;
  const isOrdered = /\d/.test(first[2]);
  const items = [];
  let next = index;
  while (next < lines.length) {
    const match = ITEM.exec(lines[next]);
    if (!match || match[1].length < indent) break;
    if (match[1].length > indent && items.length && depth < DEPTH) {
      const inner = listAt(lines, next, depth + 1);
      items.at(-1).push(inner.node);
      next = inner.next;
      continue;
    }
    if (/\d/.test(match[2]) !== isOrdered) break;
    items.push(parseInline(match[3], depth));
    next++;
  }
  return { node: { kind: "list", start: isOrdered ? parseInt(first[2], 10) : null, items }, next };
}

/** Emphasis, mentions, links and code inside a line or a run of lines. */
export function parseInline(text, depth = 0) {
  const nodes = [];
  const missing = new Set();
  let plain = "";
  const push = (node) => {
    if (plain) nodes.push(plain);
    plain = "";
    nodes.push(node);
  };
  for (let at = 0; at < text.length;) {
    const found = special(text, at, depth, missing);
    if (!found) plain += text[at++];
    else {
      if (typeof found.node === "string") plain += found.node;
      else push(found.node);
      at = found.next;
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function special(text, at, depth, missing) {
  const letter = text[at];
  if (letter === "\\" && /[\\*_~|`<>#@:\-[\]()]/.test(text[at + 1] ?? "")) return { node: text[at + 1], next: at + 2 };
  if (letter === "`") return inlineCode(text, at, missing);
  if (letter === "<") return angle(text, at);
  if (letter === "@") return everyone(text, at);
  if (letter === "h") return address(text, at);
  if (depth >= DEPTH) return null;
  if (letter === "[") return link(text, at, depth);
  return "*_~|".includes(letter) ? emphasis(text, at, depth, missing) : null;
}

function inlineCode(text, at, missing) {
  const fence = text.startsWith("``", at) ? "``" : "`";
  if (missing.has(fence)) return null;
  const end = text.indexOf(fence, at + fence.length);
  if (end < 0) missing.add(fence);
  if (end <= at + fence.length - 1) return null;
  return { node: { kind: "inlineCode", text: text.slice(at + fence.length, end) }, next: end + fence.length };
}

function angle(text, at) {
  ANGLE.lastIndex = at;
  const match = ANGLE.exec(text);
  if (!match) return null;
  const [, sign, id, animated, emojiName, emojiID, seconds, style, command, commandID, url, place] = match;
  const next = ANGLE.lastIndex;
  if (sign) return { node: { kind: sign === "#" ? "channel" : sign === "@&" ? "role" : "user", id }, next };
  if (emojiID) return { node: { kind: "emoji", name: emojiName, id: emojiID, isAnimated: animated === "a" }, next };
  if (seconds) return { node: { kind: "time", at: Number(seconds) * 1000, style: style ?? "f" }, next };
  if (command) return { node: { kind: "command", name: command, id: commandID }, next };
  if (place) return { node: { kind: "place", name: place }, next };
  return { node: { kind: "link", url, children: [url] }, next };
}

function everyone(text, at) {
  const name = ["@everyone", "@here"].find((item) => text.startsWith(item, at));
  return name ? { node: { kind: "everyone", name }, next: at + name.length } : null;
}

function address(text, at) {
  ADDRESS.lastIndex = at;
  const match = ADDRESS.exec(text);
  return match ? { node: { kind: "link", url: match[0], children: [match[0]] }, next: ADDRESS.lastIndex } : null;
}

function link(text, at, depth) {
  LINK.lastIndex = at;
  const match = LINK.exec(text);
  // Words that look like an address must not lead to another one.
  if (!match || /https?:\/\//.test(match[1])) return null;
  return { node: { kind: "link", url: match[2], isMasked: true, children: parseInline(match[1], depth + 1) },
    next: LINK.lastIndex };
}

function emphasis(text, at, depth, missing) {
  for (const [mark, kind] of MARKS) {
    if (!text.startsWith(mark, at) || missing.has(mark)) continue;
    const end = closing(text, at + mark.length, mark);
    if (end < 0) {
      missing.add(mark);
      continue;
    }
    const inner = parseInline(text.slice(at + mark.length, end), depth + 1);
    const node = kind === "boldItalics" ? { kind: "bold", children: [{ kind: "italics", children: inner }] }
      : { kind, children: inner };
    return { node, next: end + mark.length };
  }
  return null;
}

/** Where a marker ends: not empty, not inside a word for `_`, not part of a longer run for `*`. */
function closing(text, from, mark) {
  if (mark.length === 1 && /\s/.test(text[from] ?? " ")) return -1;
  for (let end = text.indexOf(mark, from); end >= 0; end = text.indexOf(mark, end + 1)) {
    if (end === from || text[end - 1] === "\\") continue;
    if (mark === "_" && /\w/.test(text[end + 1] ?? "")) continue;
    if (mark === "*" && (/\s/.test(text[end - 1]) || text[end + 1] === "*" || text[end - 1] === "*")) continue;
    return end;
  }
  return -1;
}
