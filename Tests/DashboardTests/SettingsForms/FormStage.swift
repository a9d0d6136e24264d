// A server to make settings forms for, and the way there and back.

import AutoModPlugin
import Dashboard
import DiscordCore
import HTML
import HTTPServer
import JSON
import ModerationPlugin
import PlatformDispatch
import PlatformSettings
import Resources
import RolesPlugin
import TestKit
import Testing
import WelcomePlugin

/// The settings of one plugin, with its words.
struct FormStage: Sendable, CustomTestStringConvertible {
  let plugin: String
  /// The folder of its catalog.
  let target: String
  let fields: [SettingsFieldDescription]
  let defaults: JSONValue
  /// Whether a document is right.
  let check: @Sendable (JSONValue) throws -> Void

  var testDescription: String { plugin }

  private init<Settings: PluginSettings>(_ plugin: String, _ target: String, _ settings: Settings.Type) {
    (self.plugin, self.target) = (plugin, target)
    fields = Settings.fields.descriptions
    defaults = Settings().document
    check = { _ = try Settings(document: $0) }
  }

  static let core = FormStage("core", "PlatformDispatch", CoreSettings.self)
  static let moderation = FormStage("moderation", "ModerationPlugin", ModerationSettings.self)
  static let roles = FormStage("roles", "RolesPlugin", RolesSettings.self)
  static let welcome = FormStage("welcome", "WelcomePlugin", WelcomeSettings.self)
  static let automod = FormStage("automod", "AutoModPlugin", AutoModSettings.self)
  static let all = [core, moderation, roles, welcome, automod]

  static let choices = GuildChoices(
    channels: [
      .init(ChannelID(1), name: "rules", type: 0), .init(ChannelID(10), name: "Staff", type: 4),
      .init(ChannelID(11), name: "mod-log", type: 0, category: ChannelID(10)),
      .init(ChannelID(12), name: "news", type: 5, category: ChannelID(10)),
      .init(ChannelID(13), name: "Lounge", type: 2, category: ChannelID(10)),
      .init(ChannelID(14), name: "left-behind", type: 0, category: ChannelID(99)),
    ],
    roles: [
      .init(RoleID(20), name: "Member", position: 1),
      .init(RoleID(21), name: "Moderator", color: 0x1D6A4F, position: 5, isGivable: false),
      .init(RoleID(22), name: "Booster", color: 0xF47FFF, position: 3, isManaged: true),
    ],
    people: [UserID(30): "ada"])

  /// The words of the plugin in English.
  func words() throws -> SettingsWords {
    SettingsWords(
      plugin: try ResourceFolder(of: target).catalog(language: "en"),
      core: try ResourceFolder(of: "PlatformDispatch").catalog(language: "en"),
      page: try DashboardResources.load().english)
  }

  func form(
    _ document: JSONValue, problems: [SettingsProblem] = [], typed: [String: String] = [:],
    words: SettingsWords, isReadOnly: Bool = false
  ) -> SettingsForm {
    SettingsForm(
      fields: fields, document: document, problems: problems, typed: typed, words: words,
      choices: Self.choices, isReadOnly: isReadOnly)
  }

  static func page(_ form: SettingsForm, _ strings: ComponentStrings) -> [UInt8] {
    HTMLWriter.bytes(strings: strings) { $0.add(form) }
  }

  /// What a browser sends of the document's form, changed by `change`, and what the reader makes of it.
  func sent(
    _ document: JSONValue, words: SettingsWords, strings: ComponentStrings,
    pressing button: (String, String)? = nil,
    _ change: (inout [(name: String, value: String)]) -> Void = { _ in }
  ) throws -> SettingsFormReader.Reading {
    let page = Self.page(form(document, words: words), strings)
    var pairs = try BrowserForm(page).pairs(pressing: button.map { (name: $0.0, value: $0.1) })
    change(&pairs)
    return try read(pairs, stored: document)
  }

  func read(_ pairs: [(name: String, value: String)], stored: JSONValue) throws -> SettingsFormReader.Reading
  {
    SettingsFormReader.read(
      try BrowserForm.fields(pairs, limit: SettingsFormReader.maximumPairs), fields: fields, stored: stored)
  }
}

extension JSONValue {
  /// As bytes, so that texts that merely look the same are told apart.
  var bytes: [UInt8] { get throws { try encoded() } }

  /// The value at a path such as `ladder[0].duration`; nil when there is none.
  func at(_ path: String) -> JSONValue? {
    var value: JSONValue? = self
    for part in path.split(whereSeparator: { ".[".contains($0) }) {
      if part.last == "]" {
        guard let index = Int(part.dropLast()), let array = value?.array, index < array.count else {
          return .none
        }
        value = array[index]
      } else {
        value = value?[String(part)]
      }
    }
    return value
  }
}

extension [(name: String, value: String)] {
  /// Writes into a field.
  mutating func type(_ text: String, into name: String) throws {
    guard let index = firstIndex(where: { $0.name == name }) else { throw TestKitError("no field \(name)") }
    self[index].value = text
  }
}
