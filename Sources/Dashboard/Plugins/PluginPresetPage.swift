// A preset of a plugin: what it would change, before it does.

import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformConfiguration
import PlatformPlugins
import PlatformSettings
import Resources

/// `/g/{guild}/plugins/{plugin}/presets/{preset}`.
struct PluginPresetPage: Sendable {
  private let place: PluginPlace
  private let preset: PluginPreset

  /// - Throws: `HTTPProblem` 404 for a preset that is not there.
  init(_ place: PluginPlace, _ preset: String) throws {
    guard let found = place.unit.presets.first(where: { $0.id == preset }) else { throw HTTPProblem.notFound }
    (self.place, self.preset) = (place, found)
  }

  private var name: String { place.own[dynamic: "presets.\(preset.id)"] }

  /// The settings with the preset's values.
  private var document: JSONValue {
    guard let settings = place.visit.configuration.anySettings(of: place.unit.id) else { return [:] }
    return preset.applied(settings).document
  }

  func show() throws -> HTTPResponse {
    let (place, strings) = (place, place.strings)
    let changes = SettingsDifference.between(place.document, document, place.unit.settingsFields)
    var head = place.head(strings("plugins.preset", ["preset": name]))
    head.lead = place.own.sentence("presets.\(preset.id).help")
    let target = place.visit.visit.post(
      place.link("presets", preset.id), (PluginSettingsPage.revisionField, "\(place.revision)"))
    return try place.visit.visit.stackedPage(head) { html in
      html.add(
        Card(
          strings["plugins.preset.changes"],
          footer: { html in
            html.element(.div, .class("actions")) { html in
              if place.mayChange, !changes.isEmpty {
                html.form(target) { html in
                  html.add(
                    Button(
                      strings("plugins.preset.apply", ["preset": name]), kind: .primary, act: .submit()))
                }
              }
              html.add(Button(strings["plugins.back"], kind: .quiet, act: .follow(place.link())))
            }
          }
        ) { html in
          if changes.isEmpty {
            html.element(.p, text: strings["plugins.preset.nothing"])
          } else {
            html.add(
              SettingsDifferenceView(
                changes, fields: place.unit.settingsFields, words: place.words, choices: place.visit.choices))
          }
        })
    }
  }

  func apply() async throws -> HTTPResponse {
    let revision = place.visit.visit.field(PluginSettingsPage.revisionField).flatMap { Int64($0) } ?? -1
    let here = place.link("presets", preset.id)
    do {
      try await place.visit.house.configurations.replace(
        document, plugin: place.unit.id, in: place.visit.tenant, by: place.visit.origin, expecting: revision)
    } catch ConfigurationError.conflict {
      return try place.visit.visit.refused("plugins.preset.changed", next: here)
    } catch ConfigurationError.invalid {
      return try place.visit.visit.refused("plugins.preset.invalid", ["preset": name], next: here)
    }
    await place.settle()
    return try place.visit.visit.done(
      "plugins.preset", ["preset": name, "plugin": place.name], next: place.link())
  }
}
