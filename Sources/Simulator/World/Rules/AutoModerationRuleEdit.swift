// What a body says about an AutoMod rule.

internal import DiscordCore
internal import JSON

/// What a body says about a rule.
struct RuleEdit {
  let name: Given<String>
  let eventType: Given<Int>
  let metadata: Given<JSONValue>
  let actions: Given<[JSONValue]>
  let enabled: Given<Bool>
  let exemptRoles: Given<[RoleID]>
  let exemptChannels: Given<[ChannelID]>

  init(_ reader: inout BodyReader, triggerType: Int) {
    name = reader.text("name", 1...100, trims: true)
    eventType = reader.choice("event_type", [1, 2])
    enabled = reader.bool("enabled")
    exemptRoles = reader.ids("exempt_roles", upTo: 20)
    exemptChannels = reader.ids("exempt_channels", upTo: 50)
    metadata = reader.object("trigger_metadata") { Self.metadata(&$0, triggerType) }
    actions = reader.objects("actions", 1...5) { action -> JSONValue in
      action.require("type")
      let type = action.choice("type", [1, 2, 3, 4]).value ?? 1
      let inner = action.object("metadata") { metadata -> JSONValue in
        switch type {
        case 1:
          return metadata.text("custom_message", 0...150).value.map { ["custom_message": .string($0)] } ?? [:]
        case 2:
          metadata.require("channel_id")
          return ["channel_id": .id(metadata.id("channel_id", Entity.Channel.self).value ?? ChannelID(0))]
        case 3:
          metadata.require("duration_seconds")
          let seconds = metadata.int("duration_seconds", 0...2_419_200).value ?? 60
          return ["duration_seconds": .integer(Int64(seconds))]
        default: return [:]
        }
      }
      return ["type": .integer(Int64(type)), "metadata": inner.value ?? [:]]
    }
  }

  static func emptyMetadata(of type: Int) -> JSONValue {
    switch type {
    case 1, 6: ["keyword_filter": [], "regex_patterns": [], "allow_list": []]
    case 4: ["presets": [], "allow_list": []]
    case 5: ["mention_total_limit": 20, "mention_raid_protection_enabled": false]
    default: [:]
    }
  }

  private static func metadata(_ reader: inout BodyReader, _ type: Int) -> JSONValue {
    switch type {
    case 1, 6:
      let patterns = reader.array("regex_patterns", 0...10).value ?? []
      for pattern in patterns.compactMap(\.string)
      where pattern.unicodeScalars.count > 260 || (try? Regex(pattern)) == nil {
        reader.fail("regex_patterns", "AUTO_MODERATION_INVALID_REGEX", "Invalid regex pattern")
      }
      return [
        "keyword_filter": words("keyword_filter", 1_000, &reader), "regex_patterns": .array(patterns),
        "allow_list": words("allow_list", 100, &reader),
      ]
    case 4:
      return [
        "presets": .array(reader.array("presets", 0...3).value ?? []),
        "allow_list": words("allow_list", 1_000, &reader),
      ]
    case 5:
      return [
        "mention_total_limit": .integer(Int64(reader.int("mention_total_limit", 0...50).value ?? 20)),
        "mention_raid_protection_enabled": .bool(
          reader.bool("mention_raid_protection_enabled").value ?? false),
      ]
    default: return [:]
    }
  }

  private static func words(_ name: String, _ limit: Int, _ reader: inout BodyReader) -> JSONValue {
    let list = reader.array(name, 0...limit).value ?? []
    if list.contains(where: { !(1...60).contains($0.string?.unicodeScalars.count ?? 0) }) {
      reader.fail(name, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 60 in length.")
    }
    return .array(list)
  }

  func apply(to rule: inout AutoModerationRule, _ changes: inout Changes) {
    changes.set("name", name, &rule.name)
    changes.set("event_type", eventType, &rule.eventType)
    changes.set("trigger_metadata", metadata, &rule.metadata)
    changes.set("actions", actions, &rule.actions)
    changes.set("enabled", enabled, &rule.enabled)
    changes.set("exempt_roles", exemptRoles, &rule.exemptRoles)
    changes.set("exempt_channels", exemptChannels, &rule.exemptChannels)
  }
}
