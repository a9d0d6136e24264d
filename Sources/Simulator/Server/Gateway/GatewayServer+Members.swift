// Op 8: members of a guild in chunks.

internal import DiscordCore
internal import EventLoop
internal import JSON
internal import SimulatorWorld

extension GatewayServer {
  /// Answers a request for members, or says that it came too soon.
  func members(_ request: GatewayMemberRequest, _ session: GatewaySession) {
    guard world.isMember(session.principal.user, of: request.guild), session.covers(request.guild) else {
      return
    }
    let hasIntent = session.identify.intents.contains(.guildMembers)
    if request.isForEveryone, !hasIntent { return session.link?.close(.disallowedIntents) ?? () }
    if request.presences, !session.identify.intents.contains(.guildPresences) {
      return session.link?.close(.disallowedIntents) ?? ()
    }
    if request.isForEveryone, let application = session.principal.application,
      let wait = admission.requestMembers(application, of: request.guild, at: world.now)
    {
      var meta = JSONObject()
      meta["guild_id"] = .id(request.guild)
      if let nonce = request.nonce { meta["nonce"] = .string(nonce) }
      let data: JSONValue = [
        "opcode": .integer(GatewayOpcode.requestGuildMembers),
        "retry_after": .double(Double(wait.wholeMilliseconds) / 1_000), "meta": .object(meta),
      ]
      return dispatch("RATE_LIMITED", data, to: session)
    }
    sendChunks(of: world.members(request), request, session)
  }

  private func sendChunks(
    of found: GatewayMembers, _ request: GatewayMemberRequest, _ session: GatewaySession
  ) {
    let size = 1_000
    let count = max(1, (found.members.count + size - 1) / size)
    for index in 0..<count {
      let range = index * size..<min((index + 1) * size, found.members.count)
      var data = JSONObject()
      data["guild_id"] = .id(request.guild)
      data["members"] = .array(Array(found.members[range]))
      data["chunk_index"] = .integer(Int64(index))
      data["chunk_count"] = .integer(Int64(count))
      if request.users != nil { data["not_found"] = .array(index == 0 ? found.notFound.map { .id($0) } : []) }
      if request.presences { data["presences"] = .array(Array(found.presences[range])) }
      if let nonce = request.nonce { data["nonce"] = .string(nonce) }
      dispatch("GUILD_MEMBERS_CHUNK", .object(data), to: session)
    }
  }
}
