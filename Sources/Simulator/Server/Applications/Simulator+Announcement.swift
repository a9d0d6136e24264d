// What a running simulator says of itself: addresses and tokens, for programs that start it.

internal import DiscordCore
internal import EventLoop
package import JSON
internal import SimulatorWorld

extension Simulator {
  /// One object a line: `kind` is `simulator`, `application`, `user`, `guild`, and `ready` at the end. The tokens are
  /// of a world that exists in this process only.
  package func announcement() -> [JSONValue] {
    loop.checkIsolated()
    var lines: [JSONValue] = [
      [
        "kind": "simulator", "address": .string("http://\(authority)"), "api": .string(apiBase),
        "cdn": .string(world.cdnBase), "gateway": .string(world.gatewayURL),
        "playground": .string("http://\(authority)/"),
      ]
    ]
    lines += world.applications.values.sorted { $0.id < $1.id }.map { application in
      [
        "kind": "application", "id": .id(application.id), "name": .string(application.name),
        "user_id": .id(application.botID), "token": .string(application.botToken),
        "client_secret": .string(application.clientSecret), "public_key": .string(application.verifyKey),
      ]
    }
    lines += world.users.values.filter { !$0.isBot }.sorted { $0.id < $1.id }.map { user in
      [
        "kind": "user", "id": .id(user.id), "name": .string(user.globalName ?? user.username),
        "token": .string("user.\(user.id)"),
      ]
    }
    lines += world.guilds.values.sorted { $0.id < $1.id }.map { announcement(of: $0) }
    lines.append(["kind": "ready"])
    return lines
  }

  private func announcement(of guild: Guild) -> JSONValue {
    let everyone = guild.roles[guild.everyoneRole]?.permissions ?? []
    let channels = world.sortedChannels(of: guild).map { channel -> JSONValue in
      let denied = channel.overwrites.filter { $0.target == .role(guild.everyoneRole) }.reduce(
        into: Permissions()
      ) {
        $0.formUnion($1.deny)
      }
      let isPublic = everyone.subtracting(denied).isSuperset(of: [.viewChannel, .sendMessages])
      return [
        "id": .id(channel.id), "name": .string(channel.name), "type": .integer(Int64(channel.kind.rawValue)),
        "public": .bool(isPublic), "slowmode": .integer(Int64(channel.slowmode)),
      ]
    }
    return [
      "kind": "guild", "id": .id(guild.id), "name": .string(guild.name), "owner_id": .id(guild.ownerID),
      "channels": .array(channels),
    ]
  }
}
