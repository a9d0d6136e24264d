// /design: mark, colours, type and icons.

import HTML
import Resources

extension DesignPage {
  func foundations(_ html: inout HTMLWriter) {
    specimen(strings["design.mark"], &html) { html in
      html.element(.div, .class("marks")) { html in
        html.element(.span, .class("brand brand-large")) { html in
          html.add(BrandMark())
          html.element(.span, text: strings["site.name"])
        }
        html.add(BrandMark())
        html.add(BrandMark())
      }
    }
    specimen(strings["design.colours"], &html) { html in
      html.element(.ul, .class("swatches")) { html in
        for name in Self.swatches { html.element(.li, .class("swatch swatch-\(name)"), text: name) }
      }
    }
    specimen(strings["design.type"], &html) { html in
      html.element(.div, .class("scale")) { html in
        for (size, pixels) in Self.sizes {
          html.element(.div) { html in
            html.element(.span, .class("size-\(size)"), text: strings["design.type.sample"])
            html.element(.span, .class("muted"), text: pixels)
          }
        }
      }
    }
    specimen(strings["design.icons"], &html) { html in
      html.element(.div, .class("icons")) { html in
        for icon in Self.icons { html.element(.span) { html in html.add(icon) } }
      }
    }
  }

  private static let swatches = [
    "canvas", "surface", "sunken", "line", "edge", "ink", "ink-muted", "accent", "accent-soft", "brass",
    "info",
    "success", "warning", "error", "danger",
  ]

  private static let sizes = [
    ("3xl", "34 px"), ("2xl", "28 px"), ("xl", "21 px"), ("l", "17 px"), ("m", "15 px"), ("s", "13 px"),
  ]

  private static let icons: [Icon] = [
    .home, .shield, .gavel, .users, .plugin, .sliders, .chart, .bell, .clock, .hash, .text, .key, .window,
    .search,
    .plus, .edit, .copy, .trash, .revert, .download, .external, .more, .menu, .close, .check, .sort, .arrowUp,
    .arrowDown, .chevronLeft, .chevronRight, .chevronDown, .sun, .moon, .info, .success, .warning, .error,
    .book, .calendar, .folder, .globe, .server, .terminal, .at, .ban, .eye, .mail, .message, .person, .robot,
    .wave, .bolt, .card, .flag, .heart, .lock, .picture, .plug, .puzzle, .sidebar, .star, .tag, .filter,
    .grip, .link, .minus, .pause, .play, .refresh, .send, .signOut, .undo, .upload,
  ]
}
