// Routes of https://discord.com/developers/docs/resources/guild-scheduled-event.

package import DiscordCore
package import DiscordModels
import HTTPTypes
package import EventLoop
package import JSON

extension Endpoint where Response == [GuildScheduledEvent] {
  /// Events to come and under way; those that are over are left out.
  package static func listScheduledEvents(of guild: GuildID, withUserCount: Bool = false) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/scheduled-events", guild)
      .query("with_user_count", withUserCount ? true : nil)
  }
}

extension Endpoint where Response == GuildScheduledEvent {
  /// One event; gone soon after it is over.
  package static func getScheduledEvent(
    _ event: GuildScheduledEventID, of guild: GuildID, withUserCount: Bool = false
  ) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/scheduled-events/{guild_scheduled_event.id}", guild, event)
      .query("with_user_count", withUserCount ? true : nil)
  }

  /// Makes an event; 100 may be to come at once.
  package static func createScheduledEvent(
    _ event: ScheduledEventEdit, in guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.post, "/guilds/{guild.id}/scheduled-events", guild)
      .json(event).needing(.createEvents).because(reason)
  }

  /// Changes an event; setting `status` starts, ends or cancels it.
  package static func modifyScheduledEvent(
    _ event: GuildScheduledEventID, of guild: GuildID, _ change: ScheduledEventEdit, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/scheduled-events/{guild_scheduled_event.id}", guild, event)
      .json(change).needing(.manageEvents).because(reason).repeatable()
  }
}

extension Endpoint where Response == Empty {
  /// Deletes an event for good; to call it off, set its status.
  package static func deleteScheduledEvent(
    _ event: GuildScheduledEventID, of guild: GuildID
  ) -> Endpoint {
    Endpoint(.delete, "/guilds/{guild.id}/scheduled-events/{guild_scheduled_event.id}", guild, event)
      .needing(.manageEvents)
  }

  /// Lets one date of a recurring event be as the rule says again.
  package static func deleteScheduledEventException(
    _ exception: Snowflake<Entity.ScheduledEventException>, of event: GuildScheduledEventID, in guild: GuildID
  ) -> Endpoint {
    Endpoint(
      .delete, "/guilds/{guild.id}/scheduled-events/{guild_scheduled_event.id}/exceptions/{exception.id}",
      guild,
      event, exception
    ).needing(.manageEvents)
  }
}

extension Endpoint where Response == ScheduledEventException {
  /// Moves or cancels one date of a recurring event; `date` is when it would have begun.
  package static func createScheduledEventException(
    on date: Timestamp, _ change: ScheduledEventExceptionEdit, of event: GuildScheduledEventID,
    in guild: GuildID
  ) -> Endpoint {
    Endpoint(
      .post, "/guilds/{guild.id}/scheduled-events/{guild_scheduled_event.id}/exceptions", guild, event
    )
    .json { json in
      json.object { json in
        json.field("original_scheduled_start_time", date)
        change.writeFields(to: &json)
      }
    }
    .needing(.manageEvents)
  }

  /// Moves, cancels or brings back one date.
  package static func modifyScheduledEventException(
    _ exception: Snowflake<Entity.ScheduledEventException>, _ change: ScheduledEventExceptionEdit,
    of event: GuildScheduledEventID, in guild: GuildID
  ) -> Endpoint {
    Endpoint(
      .patch, "/guilds/{guild.id}/scheduled-events/{guild_scheduled_event.id}/exceptions/{exception.id}",
      guild,
      event, exception
    ).json(change).needing(.manageEvents).repeatable()
  }
}

extension Endpoint where Response == [ScheduledEventUser] {
  /// Who is interested; at most 100 at a time.
  package static func getScheduledEventUsers(
    of event: GuildScheduledEventID, in guild: GuildID, withMember: Bool = false,
    _ page: Page<UserID> = .first,
    limit: Int? = nil
  ) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/scheduled-events/{guild_scheduled_event.id}/users", guild, event)
      .query("with_member", withMember ? true : nil).page(page, limit: limit)
  }

  /// Who is interested in one date of a recurring event.
  package static func getScheduledEventUsers(
    of event: GuildScheduledEventID, on exception: Snowflake<Entity.ScheduledEventException>,
    in guild: GuildID,
    withMember: Bool = false, _ page: Page<UserID> = .first, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(
      .get,
      "/guilds/{guild.id}/scheduled-events/{guild_scheduled_event.id}/{guild_scheduled_event_exception.id}/users",
      guild, event, exception
    ).query("with_member", withMember ? true : nil).page(page, limit: limit)
  }
}

extension Endpoint where Response == ScheduledEventUserCounts {
  /// How many are interested in the event, and in up to ten of its dates.
  package static func getScheduledEventUserCounts(
    of event: GuildScheduledEventID, on exceptions: [Snowflake<Entity.ScheduledEventException>] = [],
    in guild: GuildID
  ) -> Endpoint {
    Endpoint(
      .get, "/guilds/{guild.id}/scheduled-events/{guild_scheduled_event.id}/users/counts", guild, event
    ).queries("guild_scheduled_event_exception_ids", exceptions)
  }
}

// MARK: Bodies and answers

/// A new event, or a change of one.
package struct ScheduledEventEdit: ChangeBody {
  package var name: String?
  package var description: Patch<String> = .keep
  /// The cover.
  package var image: Patch<DataURI> = .keep
  package var start: Timestamp?
  /// Events outside of Discord need one.
  package var end: Patch<Timestamp> = .keep
  package var place: Place?
  /// Starts, ends or cancels an event. Changes only.
  package var status: ScheduledEventStatus?
  package var recurrence: Patch<RecurrenceRule> = .keep

  package init() {}

  /// A new event.
  package init(
    _ name: String, at place: Place, from start: Timestamp, to end: Timestamp? = nil,
    description: String? = nil
  ) {
    (self.name, self.place, self.start) = (name, place, start)
    if let end { self.end = .set(end) }
    if let description { self.description = .set(description) }
  }

  /// Where an event takes place.
  package enum Place: Hashable, Sendable {
    case stage(ChannelID)
    case voice(ChannelID)
    /// Outside of Discord; at most 100 characters.
    case external(String)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("name", name)
      json.patch("description", description)
      json.patch("image", image)
      json.optional("scheduled_start_time", start)
      json.patch("scheduled_end_time", end)
      json.optional("status", status)
      json.patch("recurrence_rule", recurrence)
      guard let place else { return }
      // The only level there is.
      json.field("privacy_level", 2)
      switch place {
      case .stage(let channel):
        json.field("entity_type", 1)
        json.field("channel_id", channel)
      case .voice(let channel):
        json.field("entity_type", 2)
        json.field("channel_id", channel)
      case .external(let location):
        json.field("entity_type", 3)
        json.fieldNull("channel_id")
        json.object("entity_metadata") { json in json.field("location", location) }
      }
    }
  }
}

/// What is different on one date of a recurring event.
package struct ScheduledEventExceptionEdit: ChangeBody {
  package var start: Patch<Timestamp> = .keep
  package var end: Patch<Timestamp> = .keep
  package var isCanceled: Bool?

  package init() {}

  /// The date does not take place.
  package static let canceled = ScheduledEventExceptionEdit { $0.isCanceled = true }

  package func write(to json: inout JSONWriter) {
    json.object { json in writeFields(to: &json) }
  }

  func writeFields(to json: inout JSONWriter) {
    json.patch("scheduled_start_time", start)
    json.patch("scheduled_end_time", end)
    json.optional("is_canceled", isCanceled)
  }
}

/// How many are interested.
package struct ScheduledEventUserCounts: WireDecodable, Hashable {
  package let event: Int
  package let exceptions: [Snowflake<Entity.ScheduledEventException>: Int]

  package init(from json: JSONView) throws(JSONError) {
    event = json["guild_scheduled_event_count"]?.int ?? 0
    exceptions = json["guild_scheduled_event_exception_counts"]?.entries() ?? [:]
  }
}
