// /design: parts that follow the server, and instants.

import HTML
import Resources

extension DesignPage {
  func live(_ html: inout HTMLWriter) {
    html.add(
      LiveRegion("/design/live") { html in
        specimen(strings["design.live.parts"], &html) { html in parts(&html) }
        specimen(strings["design.live.log"], onSheet: false, &html) { html in
          html.add(
            LiveLog(
              "log", label: strings["design.li.log"],
              lines: [
                LiveLog.Line(
                  time: 1_795_248_000, label: strings["design.li.automod"], text: strings["design.li.line1"])
              ], empty: strings["design.li.none"]))
        }
      })
    specimen(strings["design.live.times"], &html) { html in
      let instant: Int64 = 1_795_248_125
      html.add(
        DefinitionList([
          (strings["design.li.date"], { $0.add(TimeText(secondsSince1970: instant, .date)) }),
          (strings["design.li.time"], { $0.add(TimeText(secondsSince1970: instant, .time)) }),
          (strings["design.li.both"], { $0.add(TimeText(secondsSince1970: instant, .dateTime)) }),
          (strings["design.li.relative"], { $0.add(TimeText(secondsSince1970: instant, .relative)) }),
        ]))
    }
  }

  private func parts(_ html: inout HTMLWriter) {
    html.element(.div, .class("stack")) { html in
      html.add(LiveStatus())
      html.add(
        DefinitionList([
          (
            strings["design.li.events"], { $0.add(LivePart("events") { $0.text("4,196") }) }
          ),
          (
            strings["design.li.bot"],
            { html in
              html.add(LivePart("bot") { $0.add(StatusDot(strings["design.b.connected"], .success)) })
            }
          ),
        ]))
      html.add(
        LivePart("import", isBlock: true) { html in
          html.add(ProgressBar("live-import", label: strings["design.li.import"], done: 12, of: 100))
        })
    }
  }
}
