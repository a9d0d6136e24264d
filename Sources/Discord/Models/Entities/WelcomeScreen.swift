// The welcome screen of a guild.

package import DiscordCore
package import JSON

/// What newcomers of a community see first (https://discord.com/developers/docs/resources/guild#welcome-screen-object).
package struct WelcomeScreen: Equatable, Sendable {
  package var description: String?
  /// At most 5.
  package var channels: [WelcomeChannel]
  package var unknownFields = UnknownFields()

  package init(
    description: String? = nil, channels: [WelcomeChannel] = []
  ) {
    (self.description, self.channels) = (description, channels)
  }
}

private enum WelcomeScreenField: Int, JSONFieldName {
  case description, channels
  static let keys = JSONKeys<WelcomeScreenField>(
    "description", "welcome_channels")
}

extension WelcomeScreen: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(WelcomeScreenField.keys)
    description = fields.optional(.description)
    channels = fields.list(.channels)
    unknownFields = UnknownFields(of: json, besides: fields)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("description", description)
      json.elements("welcome_channels", channels)
      unknownFields.write(to: &json)
    }
  }
}

/// One line of the welcome screen; with a custom emoji, a Unicode one, or none.
package struct WelcomeChannel: Equatable, Sendable {
  package var channelID: ChannelID
  package var description: String
  package var emojiID: EmojiID?
  package var emojiName: String?
  package var unknownFields = UnknownFields()

  package init(
    channelID: ChannelID, description: String = "", emojiID: EmojiID? = nil, emojiName: String? = nil
  ) {
    (self.channelID, self.description, self.emojiID) = (channelID, description, emojiID)
    self.emojiName = emojiName
  }
}

private enum WelcomeChannelField: Int, JSONFieldName {
  case channelID, description, emojiID, emojiName
  static let keys = JSONKeys<WelcomeChannelField>(
    "channel_id", "description", "emoji_id", "emoji_name")
}

extension WelcomeChannel: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(WelcomeChannelField.keys)
    channelID = try fields.value(.channelID)
    description = fields.value(.description, default: "")
    emojiID = fields.optional(.emojiID)
    emojiName = fields.optional(.emojiName)
    unknownFields = UnknownFields(of: json, besides: fields)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("channel_id", channelID)
      json.field("description", description)
      json.optional("emoji_id", emojiID)
      json.optional("emoji_name", emojiName)
      unknownFields.write(to: &json)
    }
  }
}
