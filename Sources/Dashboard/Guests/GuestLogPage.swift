// What a third-party plugin wrote, and what the host refused it.

import EventLoop
import HTML
import HTTPServer
import Resources
import Sandbox
import SandboxContract

/// The page `/g/{guild}/guests/at/{plugin}/log`.
struct GuestLogPage: Sendable {
  private let place: GuestPlace

  init(_ place: GuestPlace) { self.place = place }

  func show() async throws -> HTTPResponse {
    let strings = place.visit.strings
    let level = try place.visit.visit.query("level").flatMap { GuestLogLine.Level(rawValue: $0) }
    let lines = try await place.sandbox.log(
      of: place.plugin, in: place.visit.guild, atLeast: level ?? .debug, limit: 200)
    let letters = try await place.sandbox.deadLetters(of: place.plugin, in: place.visit.guild)
    var head = PageHead(strings["guest.log"], section: "guests", lead: strings["guest.log.lead"])
    head.trail = [
      (strings["nav.guests"], .guild(place.visit.guild, "guests")), (place.manifest.name, place.link()),
    ]
    return try place.visit.visit.stackedPage(head) { html in
      GuestDeadLetters(place).card(letters, &html)
      html.element(.nav, .class("actions"), .ariaLabel(strings["guest.log.levels"])) { html in
        for one in GuestLogLine.Level.allCases {
          let isCurrent = one == (level ?? .debug)
          html.add(
            Button(
              strings[dynamic: "guest.log.level.\(one.rawValue)"], kind: isCurrent ? .primary : .quiet,
              act: .follow(
                SafeURL(
                  segments: ["g", "\(place.visit.guild)", "guests", "at", place.plugin, "log"],
                  query: [("level", one.rawValue)]))
            ).small())
        }
      }
      if lines.isEmpty {
        html.add(EmptyState(strings["guest.log.none"], strings["guest.log.none.help"]))
      }
      for line in lines { Self.line(line, strings, &html) }
    }
  }

  /// One line: when, how bad, whose words, what.
  static func line(_ line: GuestLogLine, _ strings: StringCatalog, _ html: inout HTMLWriter) {
    let tone: Tone =
      switch line.level {
      case .error: .error
      case .warning: .warning
      case .info: .info
      case .debug: .neutral
      }
    html.element(.div, .class("log-line")) { html in
      html.add(TimeText(line.at))
      html.text(" ")
      html.add(Badge(strings[dynamic: "guest.log.level.\(line.level.rawValue)"], tone))
      html.text(" ")
      if line.source == .host {
        html.add(Badge(strings["guest.log.host"], .neutral))
        html.text(" ")
      }
      html.element(.code, .class("log-text")) { html in html.isolated(line.message) }
    }
  }
}
