// What a plugin may look at: the server, its channels, roles, members and messages.

import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import JSON
import PlatformPlugins
import SandboxContract

extension DiscordCall {
  /// Pages of a thousand members that are gone through for those with a role.
  private static let rolePages = 10

  func getMember() async throws -> JSONValue {
    let user = try user()
    // Names are not always kept: then Discord is asked.
    if let seen = bot.seen(user), seen.userName != nil { return ["member": GuestShapes.member(seen)] }
    return ["member": GuestShapes.member(try await freshMember(user))]
  }

  func getChannel() async throws -> JSONValue {
    let found = try await ask(.getChannel(try await channel()))
    guard found.guildID == nil || found.guildID == call.guild else { throw RPCError.unknown(.channel) }
    return ["channel": GuestShapes.channel(found)]
  }

  func getGuild() async throws -> JSONValue {
    let guild = try await ask(.getGuild(call.guild, withCounts: true))
    return ["guild": GuestShapes.guild(guild, memberCount: bot.info?.memberCount)]
  }

  func listRoles() async throws -> JSONValue {
    let known = bot.roles
    guard known.isEmpty else { return ["roles": .array(known.map { GuestShapes.role($0) })] }
    let roles = try await ask(.getRoles(of: call.guild))
    return ["roles": .array(roles.map { GuestShapes.role($0) })]
  }

  func listChannels() async throws -> JSONValue {
    let channels = try await ask(.getGuildChannels(call.guild))
    return ["channels": .array(channels.map { GuestShapes.channel($0) })]
  }

  func listMembers() async throws -> JSONValue {
    let limit = Int(try call.optionalInteger("limit", 1...100) ?? 100)
    var after = try optionalID("after", of: Entity.User.self)
    guard call.params["role_id"].map({ !$0.isNull }) ?? false else {
      let page = try await ask(.listGuildMembers(of: call.guild, after: after, limit: limit))
      return ["members": .array(page.map { GuestShapes.member($0) })]
    }
    let role = try role().id
    var found: [GuildMember] = []
    for number in 0..<Self.rolePages {
      if number > 0 { try budgets.take(of: .look, for: call) }
      let page = try await ask(.listGuildMembers(of: call.guild, after: after, limit: 1_000))
      found += page.filter { $0.roles.contains(role) || role == call.guild.everyoneRole }
      guard found.count < limit, page.count == 1_000, !isLate, let last = page.last?.user?.id else { break }
      after = last
    }
    return ["members": .array(found.prefix(limit).map { GuestShapes.member($0) })]
  }

  func searchMembers() async throws -> JSONValue {
    let query = try call.text("query", 1...100)
    let limit = Int(try call.optionalInteger("limit", 1...25) ?? 25)
    let members = try await ask(.searchGuildMembers(of: call.guild, beginningWith: query, limit: limit))
    return ["members": .array(members.map { GuestShapes.member($0) })]
  }

  func getMessages() async throws -> JSONValue {
    let limit = Int(try call.optionalInteger("limit", 1...50) ?? 50)
    let before = try optionalID("before", of: Entity.Message.self)
    let after = try optionalID("after", of: Entity.Message.self)
    let page: Page<MessageID> =
      switch (before, after) {
      case (let before?, nil): .before(before)
      case (nil, let after?): .after(after)
      case (nil, nil): .first
      default: throw RPCError.invalid("before and after exclude each other")
      }
    let channel = try await channel()
    try need([.viewChannel, .readMessageHistory], in: channel)
    let messages = try await ask(.getMessages(in: channel, page, limit: limit)).sorted { $0.id > $1.id }
    let showsContent = call.grants.seesContent
    return ["messages": .array(messages.map { GuestShapes.message($0, showsContent: showsContent) })]
  }
}
