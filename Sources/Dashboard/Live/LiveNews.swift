// What just happened, above a list: lines that come by themselves.

import DiscordCore
import HTML
import Resources

/// The newest of one kind since the page was opened. Without scripts there is nothing to see.
struct LiveNews: HTMLComponent {
  let guild: GuildID
  /// The name of the events: `why`, `audit`, `case`, `notice`.
  let key: String
  let strings: StringCatalog

  func render(into html: inout HTMLWriter) {
    html.add(
      LiveRegion(.guild(guild, "live")) { html in
        html.element(.div, .class("live-news")) { html in
          html.element(.div, .class("row")) { html in
            html.element(.strong, text: strings["live.now"])
            html.add(LiveStatus())
          }
          html.add(
            LiveLog(key, label: strings["live.now"], lines: [], empty: strings[dynamic: "live.none.\(key)"]))
        }
      })
  }
}
