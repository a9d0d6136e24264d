// The person a greeting is about.

import DiscordBot
import DiscordCore
import DiscordModels
import JSON

/// A person as they were when something happened: whoever has left cannot be asked any more.
struct Guest: Hashable, Sendable {
  var user: UserID
  /// Unique at Discord, and as others see it.
  var name: String
  var displayName: String
  /// Of the account, and of the member.
  var avatar: String?
  var guildAvatar: String?
  var isBot = false
  /// How many members the guild had then, this one included.
  var number: Int

  init(_ user: User, _ member: GuildMember? = nil, number: Int) {
    self.user = user.id
    (name, displayName) = (user.username, member?.nick ?? user.displayName)
    (avatar, guildAvatar) = (user.avatar, member?.avatar)
    (isBot, self.number) = (user.isBot, number)
  }

  init(user: UserID, name: String, displayName: String, number: Int) {
    (self.user, self.name, self.displayName, self.number) = (user, name, displayName, number)
  }

  init(_ member: CachedMember, number: Int) {
    user = member.user
    (name, displayName) = (member.userName ?? "\(member.user)", member.displayName ?? "\(member.user)")
    (avatar, guildAvatar) = (member.avatar, member.guildAvatar)
    (isBot, self.number) = (member.isBot, number)
  }
}

extension Guest {
  /// As it is stored.
  var document: JSONValue {
    [
      "user": .id(user), "name": .string(name), "display": .string(displayName),
      "avatar": avatar.map { .string($0) } ?? .null,
      "guildAvatar": guildAvatar.map { .string($0) } ?? .null, "bot": .bool(isBot),
      "number": .integer(Int64(number)),
    ]
  }

  /// Reads what `document` wrote; nil for anything else.
  init?(_ document: JSONValue) {
    guard let user = document["user"]?.snowflake, let name = document["name"]?.string,
      let displayName = document["display"]?.string
    else { return nil }
    self.init(
      user: UserID(user), name: name, displayName: displayName,
      number: document["number"]?.int64.flatMap { Int(exactly: $0) } ?? 0)
    (avatar, guildAvatar) = (document["avatar"]?.string, document["guildAvatar"]?.string)
    isBot = document["bot"]?.bool ?? false
  }
}
