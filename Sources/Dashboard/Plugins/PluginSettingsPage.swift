// A plugin's settings: the form, saving it, and what happens when two people save at once.

import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformConfiguration
import PlatformPlugins
import PlatformSettings
import Resources

/// The page `/g/{guild}/plugins/{plugin}`.
struct PluginSettingsPage: Sendable {
  static let revisionField = "revision"

  let place: PluginPlace

  init(_ place: PluginPlace) { self.place = place }

  /// What is shown: as stored, or as it was sent and not saved.
  struct State: Sendable {
    var document: JSONValue
    /// What the form was made from.
    var revision: Int64
    var problems: [SettingsProblem] = []
    var typed: [String: String] = [:]
    /// Whether there is anything to save from the start.
    var isUnsaved = false
    var conflict: Conflict?
    var preview: PluginPreview?
    var status = HTTPStatus.ok
  }

  /// Somebody else saved meanwhile.
  struct Conflict: Sendable {
    /// What they changed.
    let theirs: [SettingsChange]
    /// What saving now would change of it.
    let mine: [SettingsChange]
  }

  func show() throws -> HTTPResponse {
    try page(State(document: place.document, revision: place.revision))
  }

  /// Saves what was sent; or shows the form again, with whatever is in the way.
  func save() async throws -> HTTPResponse {
    let reading = read()
    let revision = place.visit.visit.field(Self.revisionField).flatMap { Int64($0) } ?? 0
    var state = State(document: reading.document, revision: revision, isUnsaved: true)
    (state.problems, state.typed) = (reading.problems, reading.typed)
    if reading.changedList != nil {
      state.problems = []
      return try page(state)
    }
    guard reading.problems.isEmpty else { return try page(refusing: state) }
    do {
      try await place.visit.house.configurations.replace(
        reading.document, plugin: place.unit.id, in: place.visit.tenant, by: place.visit.origin,
        expecting: revision)
    } catch ConfigurationError.invalid(let problems) {
      state.problems = problems.problems
      return try page(refusing: state)
    } catch ConfigurationError.conflict(let current) {
      return try await page(merging: state, current: current)
    }
    await place.settle()
    return try place.visit.visit.done("plugins.saved", ["plugin": place.name], next: place.link())
  }

  /// What the form says.
  func read() -> SettingsFormReader.Reading {
    SettingsFormReader.read(place.visit.form, fields: place.fields, stored: place.document)
  }

  private func page(refusing state: State) throws -> HTTPResponse {
    var state = state
    state.status = HTTPStatus(422)
    return try page(state)
  }

  /// Nothing was saved: shows what the others changed, and a form that has both.
  private func page(merging state: State, current: Int64) async throws -> HTTPResponse {
    let configurations = place.visit.house.configurations
    let newest = try await configurations.history(
      plugin: place.unit.id, in: place.visit.tenant, before: current + 1, limit: 1)
    let theirs = newest.first?.document ?? place.document
    let base: JSONValue
    if state.revision == 0 {
      base = place.defaults
    } else {
      let known = try await configurations.history(
        plugin: place.unit.id, in: place.visit.tenant, before: state.revision + 1, limit: 1)
      // Long gone: then all that differs counts as theirs.
      base = known.first { $0.revision == state.revision }?.document ?? theirs
    }
    let merged = SettingsMerge.merged(
      base: base, mine: state.document, theirs: theirs, fields: place.unit.settingsFields)
    var next = state
    next.document = merged
    next.revision = current
    next.conflict = Conflict(
      theirs: SettingsDifference.between(base, theirs, place.unit.settingsFields),
      mine: SettingsDifference.between(theirs, merged, place.unit.settingsFields))
    next.status = HTTPStatus(409)
    return try page(next)
  }

  // MARK: Drawing

  func page(_ state: State) throws -> HTTPResponse {
    let (place, strings) = (place, place.strings)
    let choices = place.visit.choices
    return try place.visit.visit.stackedPage(
      place.head(status: state.status), actions: { html in place.toggle(&html, next: place.link()) }
    ) { html in
      place.tabs(&html, current: "settings")
      if let conflict = state.conflict { self.conflict(conflict, choices, &html) }
      if !place.isOn { html.add(Notice(.info, strings["plugins.isOff"])) }
      if !state.isUnsaved { PluginList.problems(place, &html) }
      html.add(
        PluginNeeds(unit: place.unit, own: place.own, strings: strings, means: BotMeans(place.visit)))
      presets(&html)
      html.element(.div, .class(hasPreview ? "with-preview" : "stack")) { html in
        form(state, choices, &html)
        if hasPreview { preview(state, &html) }
      }
    }
  }

  private func form(_ state: State, _ choices: GuildChoices, _ html: inout HTMLWriter) {
    let form = SettingsForm(
      fields: place.fields, document: state.document, problems: state.problems, typed: state.typed,
      words: place.words, choices: choices, isReadOnly: !place.mayChange)
    if place.fields.isEmpty {
      html.add(EmptyState(place.strings["plugins.noSettings"], place.strings["plugins.noSettings.help"]))
    } else if place.mayChange {
      html.add(
        DraftForm(
          formID, place.visit.visit.post(place.link(), (Self.revisionField, "\(state.revision)")),
          isUnsaved: state.isUnsaved
        ) { html in html.add(form) })
    } else {
      html.add(form)
    }
  }

  var formID: ElementID { ElementID("settings-\(place.unit.id)") }

  private func conflict(_ conflict: Conflict, _ choices: GuildChoices, _ html: inout HTMLWriter) {
    let strings = place.strings
    html.add(
      Notice(.warning, strings["plugins.conflict"]) { html in
        html.element(.p, text: strings["plugins.conflict.theirs"])
        html.add(difference(conflict.theirs, choices))
        if !conflict.mine.isEmpty {
          html.element(.p, text: strings["plugins.conflict.mine"])
          html.add(difference(conflict.mine, choices))
        }
        html.element(.p) { html in
          html.element(.a, .href(place.link()), text: strings["plugins.conflict.drop"])
        }
      })
  }

  private func difference(_ changes: [SettingsChange], _ choices: GuildChoices) -> SettingsDifferenceView {
    SettingsDifferenceView(
      changes, fields: place.unit.settingsFields, words: place.words, choices: choices)
  }

  private func presets(_ html: inout HTMLWriter) {
    guard !place.unit.presets.isEmpty else { return }
    html.add(
      Card(place.strings["plugins.presets"], subtitle: place.strings["plugins.presets.help"]) { html in
        html.element(.ul, .class("preset-list")) { html in
          for preset in place.unit.presets {
            html.element(.li) { html in
              html.element(
                .a, .class("button button-secondary button-small"), .href(place.link("presets", preset.id)),
                text: place.own[dynamic: "presets.\(preset.id)"])
              html.element(
                .span, .class("muted"), text: place.own.sentence("presets.\(preset.id).help") ?? "")
            }
          }
        }
      })
  }
}
