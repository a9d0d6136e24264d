// Events that a third-party plugin failed at: what they held, once more, or away with them.

import EventLoop
import HTML
import HTTPServer
import JSON
import PlatformAccess
import Resources
import Sandbox
import SandboxContract
import SandboxData

/// The part of a plugin's log about events that were given up, and what its buttons do.
struct GuestDeadLetters: Sendable {
  private let place: GuestPlace

  init(_ place: GuestPlace) { self.place = place }

  private var strings: StringCatalog { place.visit.strings }

  /// The part; nothing while there is no such event.
  func card(_ letters: [StoredDeadLetter], _ html: inout HTMLWriter) {
    guard !letters.isEmpty else { return }
    html.add(
      Card(strings["guest.dead"], subtitle: strings["guest.dead.help"]) { html in
        html.element(.ul, .class("rows")) { html in for letter in letters { row(letter, &html) } }
      })
  }

  private func row(_ letter: StoredDeadLetter, _ html: inout HTMLWriter) {
    html.element(.li, .class("rows-row")) { html in
      html.element(.details, .class("explained")) { html in
        html.element(.summary) { html in
          html.element(.code) { html in html.isolated(letter.type) }
          html.text(" ")
          html.add(TimeText(letter.at))
        }
        html.element(.pre, .class("guest-text")) { html in html.isolated(letter.text) }
      }
      guard place.visit.role >= .manager else { return }
      html.form(place.visit.visit.post(place.link("dead-letters", "\(letter.number)")), .class("actions")) {
        html in
        if place.installation.isEnabled {
          html.add(
            Button(
              strings["guest.dead.redeliver"], act: .submit(name: "act", value: "redeliver")
            ).small())
        }
        html.add(
          Button(
            strings["guest.dead.discard"], kind: .quiet, act: .submit(name: "act", value: "discard")
          ).small())
      }
    }
  }

  /// What a button of a row does.
  func act(on number: Int64) async throws -> HTTPResponse {
    let (visit, next) = (place.visit, place.link("log"))
    let isThere: Bool
    let deed = visit.visit.field("act")
    do {
      switch deed {
      case "redeliver":
        isThere = try await place.sandbox.redeliver(
          number, of: place.plugin, in: visit.guild, by: place.actor)
      case "discard":
        isThere = try await place.sandbox.discard(
          number, of: place.plugin, in: visit.guild, by: place.actor)
      default: throw HTTPProblem.badRequest("act is redeliver or discard.")
      }
    } catch let problem as GuestProblem {
      return try visit.refused(problem, next: next)
    }
    guard isThere else { return try visit.visit.refused("guest.dead.gone", next: next) }
    return try visit.visit.done(
      deed == "redeliver" ? "guest.dead.redelivered" : "guest.dead.discarded", next: next)
  }
}

extension StoredDeadLetter {
  /// What it held, a field a line.
  fileprivate var text: String {
    payload.fields.map { field in
      // Read from the store a moment ago, so it can be written.
      let value =
        field.value.string ?? (try? field.value.encoded()).map { String(decoding: $0, as: UTF8.self) }
      return "\(field.key): \(value ?? "")"
    }.joined(separator: "\n")
  }
}
