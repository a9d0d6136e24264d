// Files on their way into a message: chosen, pasted or dropped, each with a preview.

import { h, icon, iconButton } from "./dom.js";
import { sizeOf } from "./embeds.js";
import { toast } from "./popover.js";
import { t } from "./strings.js";

const FILES_AT_MOST = 10;
const BYTES_AT_MOST = 10 * 1024 * 1024;

export class UploadTray {
  constructor(onchange) {
    this.onchange = onchange;
    this.files = [];
    this.input = h("input", { type: "file", multiple: true, hidden: true, "aria-label": t("composer.file"),
      onchange: () => { this.add(this.input.files); this.input.value = ""; } });
    this.list = h("ul", { class: "uploads" });
    this.element = h("div", null, this.input, this.list);
  }

  browse() { this.input.click(); }

  add(files) {
    for (const file of files ?? []) {
      if (this.files.length >= FILES_AT_MOST) toast(t("upload.tooMany", { count: FILES_AT_MOST }), "error");
      else if (file.size > BYTES_AT_MOST) toast(t("upload.tooLarge", { name: file.name, size: sizeOf(BYTES_AT_MOST) }),
        "error");
      else this.files = [...this.files, file];
    }
    this.show();
  }

  clear() {
    this.files = [];
    this.show();
  }

  show() {
    for (const image of this.list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    this.list.replaceChildren(...this.files.map((file) => h("li", { class: "upload" },
      file.type.startsWith("image/") ? h("img", { src: URL.createObjectURL(file), alt: "" }) : icon("file"),
      h("span", { class: "upload-name" }, file.name), h("span", { class: "muted small" }, sizeOf(file.size)),
      iconButton("close", t("upload.remove", { name: file.name }),
        () => { this.files = this.files.filter((item) => item !== file); this.show(); }, { class: "is-small" }))));
    this.onchange();
  }
}

/** Takes files that are dropped anywhere on `target`. */
export function acceptDrops(target, tray) {
  target.addEventListener("dragover", (event) => {
    event.preventDefault();
    target.classList.add("is-dropping");
  });
  for (const type of ["dragleave", "drop"]) target.addEventListener(type, () => target.classList.remove("is-dropping"));
  target.addEventListener("drop", (event) => {
    event.preventDefault();
    tray.add(event.dataTransfer.files);
  });
}
