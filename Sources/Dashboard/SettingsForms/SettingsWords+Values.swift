// Values of settings as people say them: "#general", "1 week 2 days", "On".

import DiscordCore
package import JSON
package import PlatformSettings
import PlatformText
import Resources

/// A change of one setting, in words.
package struct SettingsChangeWords: Sendable, Hashable {
  /// "Ladder › 2 › Duration".
  package let label: String
  /// What stood there; nil when nothing did.
  package let before: String?
  /// What stands there; nil when it is gone.
  package let after: String?
}

extension SettingsWords {
  /// A change as history and audit show it.
  ///
  /// - Parameters:
  ///   - change: as `SettingsDifference` finds it.
  ///   - fields: the fields of the document.
  ///   - choices: names of channels and roles.
  /// - Returns: where, and what stood and stands there; text, not markup.
  package func describe(
    _ change: SettingsChange, fields: [SettingsFieldDescription], choices: GuildChoices
  ) -> SettingsChangeWords {
    let found = place(change.path.description, in: fields)
    let label = found?.labels.joined(separator: " › ") ?? change.path.description
    func words(_ value: JSONValue) -> String {
      found.map { self.value(value, $0.kind, key: $0.key, choices: choices) } ?? Self.raw(value)
    }
    return SettingsChangeWords(
      label: label, before: change.before.map(words), after: change.after.map(words))
  }

  /// A value as people say it, at most some hundred characters.
  package func value(_ value: JSONValue, _ kind: SettingsKind, key: String, choices: GuildChoices) -> String {
    if value.isNull { return page["settingsForm.notSet"] }
    switch (kind, value) {
    case (.optional(let kind), _): return self.value(value, kind, key: key, choices: choices)
    case (.toggle, .bool(let isOn)): return page[dynamic: isOn ? "settingsForm.on" : "settingsForm.off"]
    case (.duration, .integer(let seconds)): return duration(seconds)
    case (.number, _): return value.double.map(Self.text(of:)) ?? Self.raw(value)
    case (.choice, .string(let name)): return choice(name, of: key)
    case (.reference(let reference), _): return name(of: value, reference, choices: choices)
    case (.text, .string(let text)): return text.isEmpty ? page["settingsForm.empty"] : Self.shortened(text)
    case (.list(let element, _, _), .array(let array)):
      if array.isEmpty { return page["settingsForm.none"] }
      let shown = array.prefix(10).map { self.value($0, element, key: key, choices: choices) }
      return joined(shown, of: array.count, by: ", ")
    case (.record(let fields), .object):
      let shown = fields.prefix(6).compactMap { field in
        value[field.name].map { inner in
          let key = key.isEmpty ? field.name : "\(key).\(field.name)"
          return "\(label(key)): \(self.value(inner, field.kind, key: key, choices: choices))"
        }
      }
      return joined(shown, of: fields.count, by: "; ")
    default: return Self.raw(value)
    }
  }

  /// The first parts, and how many there are beyond.
  private func joined(_ parts: [String], of count: Int, by separator: String) -> String {
    let text = Self.shortened(parts.joined(separator: separator))
    guard count > parts.count else { return text }
    return page("settingsForm.andMore", ["list": text, "count": String(count - parts.count)])
  }

  /// The name of a channel, role or person; of one that is gone, that it is gone, and its id.
  func name(of value: JSONValue, _ reference: SettingsReference, choices: GuildChoices) -> String {
    guard let id = value.snowflake else { return Self.raw(value) }
    if id == 0 { return page["settingsForm.notChosen"] }
    switch reference {
    case .channel:
      return choices.title(of: ChannelID(id)) ?? page("settingsForm.goneChannel", ["id": String(id)])
    case .role: return choices.title(of: RoleID(id)) ?? page("settingsForm.goneRole", ["id": String(id)])
    case .user: return choices.people[UserID(id)].map { "@\($0)" } ?? String(id)
    }
  }

  /// "1 week 2 days"; the units are the page's.
  package func duration(_ seconds: Int64) -> String {
    var rest = max(0, seconds)
    var parts: [String] = []
    let units: [(String, Int64)] = [
      ("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1),
    ]
    for (unit, length) in units where rest >= length {
      let count = rest / length
      rest %= length
      parts.append(
        page(dynamic: "settingsForm.\(unit).\(count == 1 ? "one" : "other")", ["count": String(count)]))
    }
    if parts.isEmpty { return page(dynamic: "settingsForm.second.other", ["count": "0"]) }
    return parts.joined(separator: " ")
  }

  private static func raw(_ value: JSONValue) -> String {
    if case .string(let text) = value { return shortened(text) }
    return (try? value.encoded()).map { shortened(String(decoding: $0, as: UTF8.self)) } ?? "?"
  }

  /// Cut after some hundred scalars: a letter may be made of thousands.
  private static func shortened(_ text: String) -> String {
    let head = text.unicodeScalars.prefix(300)
    return String(head) + (head.endIndex < text.unicodeScalars.endIndex ? "…" : "")
  }
}
