// An event on its way through a guild's lane.

package import DiscordCore
package import DiscordGateway
package import DiscordModels
package import EventLoop
import JSON
import Synchronization

/// An event of one guild: copied from the shard once, read as a model once, however many plugins ask.
package final class GuildEvent: Sendable {
  /// What the event is called by Discord.
  package let name: GatewayEventName
  package let guild: GuildID
  /// Which bot received it.
  package let bot: UserID
  /// The same when Discord replays the event: effects derive their keys from it.
  package let key: String
  /// When the shard had read it.
  package let receivedAt: Timestamp
  /// The roles a member had before the event, as far as the cache knew: of members that change or leave.
  package let priorRoles: [RoleID]?
  /// The event's data as JSON text.
  package let json: [UInt8]
  private let knownSubject = Mutex<WhySubject?>(nil)
  private let models = Mutex<[ObjectIdentifier: any Sendable]>([:])

  package init(
    name: GatewayEventName, guild: GuildID, bot: UserID, key: String, receivedAt: Timestamp,
    priorRoles: [RoleID]? = nil, json: [UInt8]
  ) {
    (self.name, self.guild, self.bot, self.key) = (name, guild, bot, key)
    (self.receivedAt, self.priorRoles, self.json) = (receivedAt, priorRoles, json)
  }

  /// What the event is about, as far as the top level of its data says.
  package var subject: WhySubject {
    knownSubject.withLock { known in
      if let known { return known }
      let isMessage = name.description.hasPrefix("MESSAGE_")
      // Data that cannot be read has no subject; the handlers will say so.
      let subject = try? JSONParser(retainedSize: 0).parse(json) { data in
        WhySubject(
          message: isMessage ? data["message_id"]?.id() ?? data["id"]?.id() : nil,
          member: data["author"]?["id"]?.id() ?? data["user"]?["id"]?.id() ?? data["user_id"]?.id(),
          channel: data["channel_id"]?.id())
      }
      known = subject ?? WhySubject()
      return known ?? WhySubject()
    }
  }

  /// Reads the data as a model; a second time it is at hand.
  ///
  /// - Throws: `JSONError`: what the model cannot be without.
  package func decode<Model: WireDecodable & Sendable>(as model: Model.Type = Model.self) throws -> Model {
    try models.withLock { models in
      if let known = models[ObjectIdentifier(model)] as? Model { return known }
      let model = try JSONParser(retainedSize: 0).parse(json) { try Model(from: $0) }
      models[ObjectIdentifier(Model.self)] = model
      return model
    }
  }
}
