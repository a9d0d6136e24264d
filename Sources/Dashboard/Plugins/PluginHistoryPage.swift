// The history of a plugin's settings: who changed what, and the way back.

import DiscordCore
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccounts
import PlatformConfiguration
import PlatformPlugins
import PlatformSettings
import Resources

/// `/g/{guild}/plugins/{plugin}/history`.
struct PluginHistoryPage: Sendable {
  private static let pageSize = 20

  private let place: PluginPlace

  init(_ place: PluginPlace) { self.place = place }

  func show() async throws -> HTTPResponse {
    let before = try place.visit.visit.query("before").flatMap { Int64($0) } ?? .max
    // One more than is shown: what the last of them is compared with.
    let revisions = try await place.visit.house.configurations.history(
      plugin: place.unit.id, in: place.visit.tenant, before: before, limit: Self.pageSize + 1)
    let shown = revisions.prefix(Self.pageSize)
    let names = try await names(of: shown.map(\.actor))
    let (place, strings) = (place, place.strings)
    let choices = place.visit.choices
    return try place.visit.visit.stackedPage(place.head(strings["plugins.history"])) { html in
      place.tabs(&html, current: "history")
      if shown.isEmpty {
        html.add(EmptyState(strings["plugins.history.none"], strings["plugins.history.none.help"]))
      }
      html.element(.ol, .class("history")) { html in
        for (index, revision) in shown.enumerated() {
          let older = index + 1 < revisions.count ? revisions[index + 1] : nil
          html.element(.li, .class("card")) { html in
            entry(revision, older, who: names[revision.actor] ?? revision.actor, choices, &html)
          }
        }
      }
      html.element(.div, .class("actions")) { html in
        if before != .max {
          html.add(Button(strings["plugins.history.newest"], act: .follow(place.link("history"))))
        }
        if revisions.count > shown.count, let last = shown.last {
          html.add(
            Button(
              strings["plugins.history.older"],
              act: .follow(place.link("history", query: [("before", "\(last.revision)")]))))
        }
      }
    }
  }

  private func entry(
    _ revision: ConfigurationRevision, _ older: ConfigurationRevision?, who: String,
    _ choices: GuildChoices, _ html: inout HTMLWriter
  ) {
    let strings = place.strings
    let wasOn = older?.isEnabled ?? (place.unit.isOnByDefault || place.unit.isAlwaysOn)
    let changes = SettingsDifference.between(
      older?.document ?? place.defaults, revision.document, place.unit.settingsFields)
    html.element(.header, .class("card-head")) { html in
      html.element(.div, .class("card-title")) { html in
        html.element(.h2) { html in html.isolated(who) }
        html.element(.p, .class("muted")) { html in
          html.text(strings("plugins.history.revision", ["revision": "\(revision.revision)"]) + " · ")
          html.add(TimeText(secondsSince1970: revision.at.milliseconds / 1_000, .relative))
        }
      }
      html.element(.div, .class("actions")) { html in
        if revision.revision == place.revision {
          html.add(Badge(strings["plugins.history.current"], .success))
        } else if place.mayChange {
          html.form(
            place.visit.visit.post(
              place.link("revert"), (PluginSettingsPage.revisionField, "\(revision.revision)"))
          ) { html in
            html.add(Button(strings["plugins.history.revert"], icon: .revert, act: .submit()).small())
          }
        }
      }
    }
    html.element(.div, .class("card-body")) { html in
      if wasOn != revision.isEnabled {
        html.element(
          .p,
          text: strings[dynamic: revision.isEnabled ? "plugins.history.on" : "plugins.history.off"])
      }
      if !changes.isEmpty || wasOn == revision.isEnabled {
        html.add(
          SettingsDifferenceView(
            changes, fields: place.unit.settingsFields, words: place.words, choices: choices))
      }
    }
  }

  /// People by the names of their accounts; whoever never signed in by what the bot knows, else by id.
  private func names(of actors: [String]) async throws -> [String: String] {
    var names: [String: String] = [:]
    for actor in Set(actors) {
      guard actor.hasPrefix("user:"), let user = UserID(actor.dropFirst(5)) else {
        names[actor] = place.strings.sentence("plugins.actor.\(actor)")
        continue
      }
      names[actor] = try await place.visit.house.accounts.account(user)?.name ?? "\(user)"
    }
    return names
  }

  /// Puts the settings back to a revision. Whether the plugin is on stays as it is.
  func revert() async throws -> HTTPResponse {
    let next = place.link("history")
    guard let revision = place.visit.visit.field(PluginSettingsPage.revisionField).flatMap({ Int64($0) })
    else {
      throw HTTPProblem.badRequest(place.strings["plugins.history.gone"])
    }
    do {
      try await place.visit.house.configurations.revert(
        plugin: place.unit.id, to: revision, in: place.visit.tenant, by: place.visit.origin)
    } catch ConfigurationError.noSuchRevision {
      return try place.visit.visit.refused("plugins.noRevision", next: next)
    }
    await place.settle()
    return try place.visit.visit.done("plugins.reverted", ["revision": "\(revision)"], next: next)
  }
}
