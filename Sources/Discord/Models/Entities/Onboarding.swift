// The questions a guild asks its newcomers.

package import DiscordCore
package import JSON

/// What counts towards the demands on an onboarding: default channels alone, or questions too.
package struct OnboardingMode: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let `default` = OnboardingMode(rawValue: 0)
  package static let advanced = OnboardingMode(rawValue: 1)
}

/// How a question is put.
package struct OnboardingPromptType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let multipleChoice = OnboardingPromptType(rawValue: 0)
  package static let dropdown = OnboardingPromptType(rawValue: 1)
}

/// https://discord.com/developers/docs/resources/guild#guild-onboarding-object
package struct GuildOnboarding: Equatable, Sendable {
  package var guildID: GuildID?
  package var prompts: [OnboardingPrompt]
  /// What members see without choosing anything.
  package var defaultChannelIDs: [ChannelID]
  package var isEnabled: Bool
  package var mode: OnboardingMode
  package var unknownFields = UnknownFields()

  package init(
    guildID: GuildID? = nil, prompts: [OnboardingPrompt] = [], defaultChannelIDs: [ChannelID] = [],
    isEnabled: Bool = false, mode: OnboardingMode = .default
  ) {
    (self.guildID, self.prompts, self.defaultChannelIDs) = (guildID, prompts, defaultChannelIDs)
    (self.isEnabled, self.mode) = (isEnabled, mode)
  }
}

private enum GuildOnboardingField: Int, JSONFieldName {
  case guildID, prompts, defaultChannelIDs, isEnabled, mode
  static let keys = JSONKeys<GuildOnboardingField>(
    "guild_id", "prompts", "default_channel_ids", "enabled", "mode")
}

extension GuildOnboarding: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildOnboardingField.keys)
    guildID = fields.optional(.guildID)
    prompts = fields.list(.prompts)
    defaultChannelIDs = fields.list(.defaultChannelIDs)
    isEnabled = fields.value(.isEnabled, default: false)
    mode = fields.value(.mode, default: .default)
    unknownFields = UnknownFields(of: json, besides: fields)
  }
}

extension GuildOnboarding: WireEncodable {
  /// As the body of a change: without the guild.
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.elements("prompts", prompts)
      json.elements("default_channel_ids", defaultChannelIDs)
      json.field("enabled", isEnabled)
      json.field("mode", mode)
      unknownFields.write(to: &json)
    }
  }
}

/// A question (https://discord.com/developers/docs/resources/guild#guild-onboarding-object-onboarding-prompt-structure).
package struct OnboardingPrompt: Equatable, Sendable {
  /// Any number that is not taken, for a new one.
  package var id: OnboardingPromptID
  package var type: OnboardingPromptType
  package var options: [OnboardingOption]
  package var title: String
  package var isSingleSelect: Bool
  /// Whether one must answer to get on.
  package var isRequired: Bool
  /// False for a question that is found only among channels and roles.
  package var isInOnboarding: Bool
  package var unknownFields = UnknownFields()

  package init(
    id: OnboardingPromptID, type: OnboardingPromptType = .multipleChoice, options: [OnboardingOption] = [],
    title: String = "", isSingleSelect: Bool = false, isRequired: Bool = false, isInOnboarding: Bool = true
  ) {
    (self.id, self.type, self.options) = (id, type, options)
    (self.title, self.isSingleSelect, self.isRequired) = (title, isSingleSelect, isRequired)
    self.isInOnboarding = isInOnboarding
  }
}

private enum OnboardingPromptField: Int, JSONFieldName {
  case id, type, options, title, isSingleSelect, isRequired, isInOnboarding
  static let keys = JSONKeys<OnboardingPromptField>(
    "id", "type", "options", "title", "single_select", "required", "in_onboarding")
}

extension OnboardingPrompt: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(OnboardingPromptField.keys)
    id = try fields.value(.id)
    type = fields.value(.type, default: .multipleChoice)
    options = fields.list(.options)
    title = fields.value(.title, default: "")
    isSingleSelect = fields.value(.isSingleSelect, default: false)
    isRequired = fields.value(.isRequired, default: false)
    isInOnboarding = fields.value(.isInOnboarding, default: true)
    unknownFields = UnknownFields(of: json, besides: fields)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("id", id)
      json.field("type", type)
      json.elements("options", options)
      json.field("title", title)
      json.field("single_select", isSingleSelect)
      json.field("required", isRequired)
      json.field("in_onboarding", isInOnboarding)
      unknownFields.write(to: &json)
    }
  }
}

/// An answer, and what it gives.
package struct OnboardingOption: Equatable, Sendable {
  /// Nil for a new one.
  package var id: OnboardingOptionID?
  package var channelIDs: [ChannelID]
  package var roleIDs: [RoleID]
  package var emoji: EmojiReference?
  package var title: String
  package var description: String?
  package var unknownFields = UnknownFields()

  package init(
    id: OnboardingOptionID? = nil, channelIDs: [ChannelID] = [], roleIDs: [RoleID] = [],
    emoji: EmojiReference? = nil, title: String = "", description: String? = nil
  ) {
    (self.id, self.channelIDs, self.roleIDs) = (id, channelIDs, roleIDs)
    (self.emoji, self.title, self.description) = (emoji, title, description)
  }
}

private enum OnboardingOptionField: Int, JSONFieldName {
  case id, channelIDs, roleIDs, emoji, title, description
  static let keys = JSONKeys<OnboardingOptionField>(
    "id", "channel_ids", "role_ids", "emoji", "title", "description")
}

extension OnboardingOption: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(OnboardingOptionField.keys)
    id = fields.optional(.id)
    channelIDs = fields.list(.channelIDs)
    roleIDs = fields.list(.roleIDs)
    emoji = fields.optional(.emoji)
    title = fields.value(.title, default: "")
    description = fields.optional(.description)
    unknownFields = UnknownFields(of: json, besides: fields)
  }
}

extension OnboardingOption: WireEncodable {
  /// With the emoji in three fields of their own, as Discord takes it.
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("id", id)
      json.elements("channel_ids", channelIDs)
      json.elements("role_ids", roleIDs)
      if let emoji {
        json.nullable("emoji_id", emoji.id)
        json.nullable("emoji_name", emoji.name)
        json.field("emoji_animated", emoji.isAnimated)
      }
      json.field("title", title)
      json.nullable("description", description)
      unknownFields.write(to: &json)
    }
  }
}
