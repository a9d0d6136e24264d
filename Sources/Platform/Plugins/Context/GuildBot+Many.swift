// What a guild's bot does for work on many: looking up members by the hundred, reading lists that people attach.

import DiscordBot
package import DiscordCore
import DiscordGateway
import DiscordLimits
package import DiscordModels
package import DiscordREST
import JSON
import Synchronization

extension GuildBot {
  /// The roles of those of the users who are members at this moment, whatever the cache says.
  ///
  /// Asks over the gateway, a hundred at a time, which costs no call; where the bot has no gateway, each by a call.
  ///
  /// - Throws: `GatewayError` when the gateway does not answer in ten seconds, `RESTError`.
  package func freshRoles(of users: [UserID]) async throws -> [UserID: [RoleID]] {
    guard let shards = bot.shards else {
      var roles: [UserID: [RoleID]] = [:]
      for user in users { roles[user] = try await freshMember(user, priority: .background)?.roles }
      return roles
    }
    let found = Mutex<[UserID: [RoleID]]>([:])
    for start in stride(from: 0, to: users.count, by: 100) {
      let some = Array(users[start..<min(start + 100, users.count)])
      _ = try await shards.requestMembers(
        MemberRequest(guild: guild, .users(some)), patience: .seconds(10)
      ) { chunk in
        for member in chunk.members {
          guard let user = member["user"]?["id"]?.id(Entity.User.self) else { continue }
          let roles = member["roles"]?.array?.compactMap { $0.id(Entity.Role.self) } ?? []
          found.withLock { $0[user] = roles }
        }
      }
    }
    return found.withLock { $0 }
  }

  /// What lies in a file that somebody attached.
  ///
  /// - Throws: `RESTError`, of the kind `.userMistake` when it is larger than `limit`.
  package func contents(of attachment: Attachment, limit: Int) async throws(RESTError) -> [UInt8] {
    try await bot.rest.file(at: attachment.url, limit: limit)
  }
}
