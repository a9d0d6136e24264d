// Embeds, attachments and pictures of a message. Pictures from elsewhere are named, never fetched.

import { h, icon } from "./dom.js";
import { inlineMarkdown, markdown } from "./markdown-view.js";
import { localAddress } from "./names.js";
import { stampOf } from "./time.js";
import { t } from "./strings.js";

const SIZES = ["B", "KB", "MB", "GB"];

export function sizeOf(bytes = 0) {
  const step = Math.min(SIZES.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024)));
  return `${(bytes / 1024 ** step).toFixed(step ? 1 : 0)} ${SIZES[step]}`;
}

/** A picture of this host, or a card that says where it would come from. */
export function picture(media, { alt = "", class: extra = "" } = {}) {
  const address = localAddress(media?.proxy_url ?? media?.url) ?? localAddress(media?.url);
  if (!address) return elsewhere(media?.url ?? "");
  const { width, height } = media;
  return h("a", { class: `picture ${extra}`, href: address, target: "_blank", rel: "noopener" },
    h("img", { src: address, alt: alt || media.description || t("attachment.picture"), loading: "lazy",
      width: width || null, height: height || null }));
}

function elsewhere(address) {
  const host = URL.canParse(address) ? new URL(address).host : address;
  return h("a", { class: "picture-elsewhere", href: address, target: "_blank", rel: "noopener noreferrer" },
    icon("external"),
    h("span", null, t("attachment.elsewhere", { host })));
}

export function attachments(list) {
  if (!list?.length) return null;
  const pictures = list.filter(isPicture);
  const others = list.filter((item) => !isPicture(item));
  return h("div", { class: "attachments" },
    pictures.length ? h("div", { class: `gallery gallery-${Math.min(pictures.length, 4)}` },
      pictures.map(attachmentPicture)) : null,
    others.map(fileCard));
}

const isPicture = ({ content_type: type, filename = "", width }) =>
  (type ? /^image\/(png|jpe?g|gif|webp|avif)/.test(type) : Boolean(width) || /\.(png|jpe?g|gif|webp)$/i.test(filename));

function attachmentPicture(item) {
  const image = picture(item, { alt: item.description || item.filename });
  return item.filename?.startsWith("SPOILER_") ? veiled(image) : image;
}

/** Shown only when asked for. */
export function veiled(content) {
  content.inert = true;
  const veil = h("div", { class: "veiled" }, content, h("button", {
    type: "button", class: "veil", onclick() { content.inert = false; this.remove(); veil.classList.add("is-open"); },
  }, t("attachment.spoiler")));
  return veil;
}

export function fileCard({ filename, name, size, url, proxy_url: proxy }) {
  const address = localAddress(proxy ?? url) ?? localAddress(url);
  return h("div", { class: "file-card" }, icon("file"), h("div", { class: "file-text" },
    h(address ? "a" : "span",
      address && { href: address, target: "_blank", rel: "noopener", download: filename ?? name ?? "" },
      filename ?? name ?? t("attachment.file")),
    size ? h("span", { class: "muted small" }, sizeOf(size)) : null));
}

const hex = (color) => `#${(color ?? 0).toString(16).padStart(6, "0")}`;

export function embed(data, context) {
  const words = (text) => inlineMarkdown(text, context);
  const link = (url, content) => (url ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, content)
    : content);
  const { author, title, url, description, fields, thumbnail, image, footer, timestamp, color, provider } = data;
  const small = (address) =>
    (localAddress(address) ? h("img", { class: "embed-icon", src: localAddress(address), alt: "" }) : null);
  return h("div", { class: "embed", dir: "auto", style: color == null ? {} : { "--bar": hex(color) } },
    h("div", { class: "embed-main" },
      provider?.name && h("p", { class: "muted small" }, provider.name),
      author?.name && h("p", { class: "embed-author" }, small(author.icon_url), link(author.url, author.name)),
      title && h("p", { class: "embed-title" }, link(url, words(title))),
      description && markdown(description, context),
      fields?.length ? h("div", { class: "embed-fields" },
        fields.map(({ name, value, inline }) => h("div", { class: inline ? "is-inline" : "" },
        h("p", { class: "embed-field-name" }, words(name)), markdown(value, context)))) : null,
      image && picture(image, { class: "embed-image" })),
    thumbnail && h("div", { class: "embed-thumbnail" }, picture(thumbnail)),
    footer || timestamp ? h("p", { class: "embed-footer" }, small(footer?.icon_url),
      [footer?.text, timestamp && stampOf(Date.parse(timestamp))].filter(Boolean).join(" · ")) : null);
}
