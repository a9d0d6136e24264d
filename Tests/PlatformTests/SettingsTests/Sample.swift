// Settings such as a plugin has them.

import DiscordCore
import JSON
import PlatformSettings

enum SampleAction: String, CaseIterable {
  case warn, timeout, ban
}

struct SampleStep: SettingsRecord {
  var points = 1
  var action = SampleAction.warn
  var duration: Duration?

  static let fields = SettingsFields<SampleStep>(
    .init("points", \.points, .integer(1...100)),
    .init("action", \.action, .choice),
    .init(
      "duration", \.duration, .optional(.duration(.seconds(1)...(.seconds(28 * 86_400)))),
      when: SettingsCondition("action", is: "timeout")))

  func check(at path: SettingsPath, _ problems: inout [SettingsProblem]) {
    if action == .timeout, duration == nil {
      problems.append(SettingsProblem(path.field("duration"), .rule, ["rule": "sample.timeoutNeedsDuration"]))
    }
  }
}

struct SampleSettings: PluginSettings {
  var isOn = true
  var channel: ChannelID?
  var message = "Welcome, {user}!"
  var roles: [RoleID] = []
  var weight = 0.5
  var color = SettingsColor(0xFFAA00)
  var ladder: [SampleStep] = []

  static let version = 2

  static let fields = SettingsFields<SampleSettings>(
    .init("isOn", \.isOn, .toggle),
    .init("channel", \.channel, .optional(.channel(0, 5))),
    .init("message", \.message, .text(1...20, isMultiline: true, variables: ["user"])),
    .init("roles", \.roles, .unique(.role, 0...3)),
    .init("weight", \.weight, .number(0...1)),
    .init("color", \.color, .color),
    .init("ladder", \.ladder, .list(.record(), 0...4)))

  /// Version 1 called the message `text`.
  static func upgrade(_ document: inout JSONObject, from version: Int) {
    guard version == 1, let index = document.fields.firstIndex(where: { $0.key == "text" }) else { return }
    let text = document.fields.remove(at: index).value
    document.fields.append(.init(key: "message", value: text))
  }
}
