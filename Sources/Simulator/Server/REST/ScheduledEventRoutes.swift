// Scheduled events.

internal import DiscordCore
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  private static let events = "/guilds/{guild.id}/scheduled-events"

  static let scheduledEventRoutes: [RESTRoute] = [
    RESTRoute(.get, events) { call, world throws(RESTFailure) in
      let viewer = try call.actor
      let guild = try world.guild(try call.guildID, for: viewer)
      let list = guild.scheduledEvents.values.sorted { $0.id < $1.id }.filter { event in
        event.channel.flatMap { world.channels[$0] }.map { world.canSee($0, viewer) } ?? true
      }
      let withCount = call.flag("with_user_count")
      return .ok(.array(list.map { world.json($0, guild.id, withCount: withCount) }))
    },
    RESTRoute(.post, events) { call, world throws(RESTFailure) in
      let id = try call.guildID
      return .ok(
        world.json(
          try world.createEvent(in: id, by: try call.actor, body: call.body, reason: call.reason), id))
    },
    RESTRoute(.get, "\(events)/{event.id}") { call, world throws(RESTFailure) in
      let id = try call.guildID
      let event = try world.event(try call.id("event.id"), in: id, for: try call.actor)
      return .ok(world.json(event, id, withCount: call.flag("with_user_count")))
    },
    RESTRoute(.patch, "\(events)/{event.id}") { call, world throws(RESTFailure) in
      let id = try call.guildID
      let event = try world.modifyEvent(
        try call.id("event.id"), in: id, by: try call.actor, body: call.body, reason: call.reason)
      return .ok(world.json(event, id))
    },
    RESTRoute(.delete, "\(events)/{event.id}") { call, world throws(RESTFailure) in
      try world.deleteEvent(
        try call.id("event.id"), in: try call.guildID, by: try call.actor, reason: call.reason)
      return .noContent
    },
    RESTRoute(.get, "\(events)/{event.id}/users") { call, world throws(RESTFailure) in
      .ok(
        try world.subscribers(
          of: try call.id("event.id"), in: try call.guildID, for: try call.actor,
          withMember: call.flag("with_member"), before: try call.queryID("before"),
          after: try call.queryID("after"), limit: try call.number("limit", in: 1...100, default: 100)))
    },
    RESTRoute(.get, "\(events)/{event.id}/users/counts") { call, world throws(RESTFailure) in
      let event = try world.event(try call.id("event.id"), in: try call.guildID, for: try call.actor)
      var exceptions = Fields()
      for exception in event.exceptions { exceptions.put(exception.id.description, 0) }
      return .ok([
        "guild_scheduled_event_count": .integer(Int64(event.subscribers.count)),
        "guild_scheduled_event_exception_counts": exceptions.value,
      ])
    },
    // Nobody can be interested in a single occurrence here.
    RESTRoute(.get, "\(events)/{event.id}/{exception.id}/users") { call, world throws(RESTFailure) in
      let event = try world.event(try call.id("event.id"), in: try call.guildID, for: try call.actor)
      let id: GuildScheduledEventID = try call.id("exception.id")
      guard event.exceptions.contains(where: { $0.id == id }) else { throw .unknown(.scheduledEvent) }
      return .ok([])
    },
    // How Discord's own client marks interest; bots cannot.
    RESTRoute(.put, "\(events)/{event.id}/users/@me") { call, world throws(RESTFailure) in
      guard !call.isBot else { throw .notForBots }
      try world.setInterest(of: try call.actor, in: try call.id("event.id"), of: try call.guildID, to: true)
      return .noContent
    },
    RESTRoute(.delete, "\(events)/{event.id}/users/@me") { call, world throws(RESTFailure) in
      guard !call.isBot else { throw .notForBots }
      try world.setInterest(of: try call.actor, in: try call.id("event.id"), of: try call.guildID, to: false)
      return .noContent
    },
    RESTRoute(.post, "\(events)/{event.id}/exceptions") { call, world throws(RESTFailure) in
      .ok(
        try world.setException(
          nil, of: try call.id("event.id"), in: try call.guildID, by: try call.actor, body: call.body))
    },
    RESTRoute(.patch, "\(events)/{event.id}/exceptions/{exception.id}") { call, world throws(RESTFailure) in
      .ok(
        try world.setException(
          try call.id("exception.id"), of: try call.id("event.id"), in: try call.guildID,
          by: try call.actor, body: call.body))
    },
    RESTRoute(.delete, "\(events)/{event.id}/exceptions/{exception.id}") { call, world throws(RESTFailure) in
      try world.deleteException(
        try call.id("exception.id"), of: try call.id("event.id"), in: try call.guildID, by: try call.actor)
      return .noContent
    },
  ]
}
