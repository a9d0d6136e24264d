// /design: the small parts, and the words of strangers.

import HTML
import Resources

extension DesignPage {
  func details(_ html: inout HTMLWriter) {
    specimen(strings["design.details.stats"], onSheet: false, &html) { html in
      html.element(.div, .class("stats")) { html in
        html.add(
          StatTile(
            strings["design.s.members"], value: "12,480", change: strings["design.s.members.change"],
            tone: .success, icon: .users))
        html.add(
          StatTile(
            strings["design.s.stopped"], value: "31", change: strings["design.s.stopped.change"],
            icon: .shield))
        html.add(
          StatTile(
            strings["design.s.answer"], value: "38 ms", change: strings["design.s.answer.change"],
            tone: .warning, icon: .clock))
        html.add(
          StatTile(
            strings["design.s.failed"], value: "2", change: strings["design.s.failed.change"], tone: .error,
            icon: .bell))
      }
    }
    specimen(strings["design.details.states"], &html) { html in
      html.element(.div, .class("stack")) { html in
        html.element(.div, .class("row")) { html in
          html.add(Badge(strings["design.b.draft"]))
          html.add(Badge(strings["design.b.beta"], .info))
          html.add(Badge(strings["design.b.on"], .success))
          html.add(Badge(strings["design.b.attention"], .warning))
          html.add(Badge(strings["design.b.failed"], .error))
        }
        html.element(.div, .class("row")) { html in
          html.add(StatusDot(strings["design.b.stopped"], .neutral))
          html.add(StatusDot(strings["design.b.resuming"], .info))
          html.add(StatusDot(strings["design.b.connected"], .success))
          html.add(StatusDot(strings["design.b.slow"], .warning))
          html.add(StatusDot(strings["design.b.offline"], .error))
        }
      }
    }
    specimen(strings["design.details.list"], &html) { html in
      html.add(
        DefinitionList([
          (strings["design.l.bot"], { html in html.text("Guildhall") }),
          (
            strings["design.l.shard"],
            { html in html.add(StatusDot(strings["design.l.shard.value"], .success)) }
          ),
          (
            strings["design.l.owner"],
            { html in
              html.element(.span, .class("person")) { html in
                html.add(Avatar(name: "Ada Fairweather", size: .small))
                html.isolated("Ada Fairweather")
              }
            }
          ),
          (strings["design.l.search"], { html in html.add(KeyHint("Ctrl", "K")) }),
          (
            strings["design.l.lane"],
            { html in
              html.text("3 ")
              html.add(
                Tooltip("lane-tip", term: strings["design.l.lane.term"], text: strings["design.l.lane.tip"]))
            }
          ),
        ]))
    }
    specimen(strings["design.details.avatars"], &html) { html in
      html.element(.div, .class("row")) { html in
        html.add(Avatar(name: "Ada Fairweather", size: .small))
        for name in ["ottoline", "Bram van der Meer", "jun", "Chess Club", "Night Owls"] {
          html.add(Avatar(name: name))
        }
        html.add(Avatar(name: "Guildhall", picture: resources.url("mark.svg")))
        html.add(Avatar(name: "The Guild", size: .large))
      }
    }
    specimen(strings["design.details.progress"], &html) { html in
      html.element(.div, .class("grid")) { html in
        html.add(ProgressBar("progress-import", label: strings["design.p.import"], done: 820, of: 1284))
        html.add(ProgressBar("progress-connect", label: strings["design.p.connect"], done: nil, of: 1))
        html.add(Skeleton(lines: 4))
      }
    }
    specimen(strings["design.details.code"], onSheet: false, &html) { html in
      html.add(
        CodeBlock(
          "config-code", label: "guildhall.toml",
          code:
            "[automod]\nenabled = true\nlimit = 8\nwindow = \"10s\"\naction = \"warn\"\nexempt = [\"moderators\", \"bots\"]\n"
        ))
    }
  }

  func strangers(_ html: inout HTMLWriter) {
    specimen(strings["design.strangers.names"], onSheet: false, &html) { html in
      html.element(.div, .class("sheet stack")) { html in
        for name in Self.strangeNames {
          html.element(.p) { html in
            html.element(.span, .class("person")) { html in
              html.add(Avatar(name: name, size: .small))
              html.element(.strong) { html in html.isolated(name) }
            }
            html.text(" " + strings["design.strangers.joined"])
          }
        }
      }
    }
  }

  /// Markup, a turned direction, one endless word, a pile of accents, nothing but spaces.
  static let strangeNames = [
    "<script>alert(1)</script>", "\" onmouseover=\"alert(1)", "\u{202E}resu nimda\u{202D}", "مرحبا بالعالم",
    String(repeating: "W", count: 180),
    "z\u{0351}\u{036B}\u{0343}a\u{0363}\u{0369}l\u{0348}\u{0353}g\u{0310}o\u{0341}",
    "\u{200B}\u{2800}", "\u{0}\u{1}\u{7F}",
  ]
}
