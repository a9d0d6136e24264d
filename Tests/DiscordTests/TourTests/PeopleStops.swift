// Members, bans, invites, voice, users.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import Simulator
import Testing

@testable import SimulatorWorld

extension TourStop {
  static let peopleStops = [
    TourStop("members") { tour in
      #expect(try await tour.go(.getGuildMember(tour.anna, in: tour.guild)).user?.id == tour.anna)
      #expect(try await tour.go(.listGuildMembers(of: tour.guild, limit: 10)).count == 4)
      #expect(
        try await tour.go(.searchGuildMembers(of: tour.guild, beginningWith: "an", limit: 5)).count == 1)
      let edited = try await tour.go(
        .modifyGuildMember(tour.anna, in: tour.guild, MemberEdit { $0.nickname = .set("Ann") }, reason: "r"))
      #expect(edited.nick == "Ann")
      let until = await tour.simulator.withWorld { $0.now + .seconds(600) }
      try await tour.go(.timeOut(tour.anna, in: tour.guild, until: until, reason: "r"))
      try await tour.go(.modifyCurrentMember(in: tour.guild, CurrentMemberEdit { $0.nickname = .set("me") }))
      try await tour.go(.removeGuildMember(tour.ben, from: tour.guild, reason: "r"))
      let bearer = try await tour.accessToken(tour.ben, ["guilds.join"])
      #expect(
        try await tour.go(
          .addGuildMember(tour.ben, to: tour.guild, MemberAdd(accessToken: bearer, nickname: "B")))?.nick
          == "B")
      #expect(
        try await tour.go(.addGuildMember(tour.ben, to: tour.guild, MemberAdd(accessToken: bearer))) == nil)
      try await tour.go(.removeGuildMember(tour.ben, from: tour.guild))
      let owner = try await tour.refused(.removeGuildMember(tour.owner, from: tour.guild))
      #expect(owner.kind == .missingPermission && owner.status == 403)
      let absent = try await tour.refused(.getGuildMember(tour.ben, in: tour.guild))
      #expect(absent.discordCode == .unknownMember)
      let long = try await tour.refused(
        .modifyGuildMember(
          tour.anna, in: tour.guild, MemberEdit { $0.nickname = .set(String(repeating: "x", count: 33)) }))
      #expect(long.kind == .userMistake && "\(long)".contains("nick"))
    },
    TourStop("bans") { tour in
      try await tour.go(.createBan(of: tour.anna, in: tour.guild, deletingMessagesOf: 60, reason: "why"))
      #expect(try await tour.go(.getBan(of: tour.anna, in: tour.guild)).reason == "why")
      #expect(try await tour.go(.getBans(in: tour.guild, limit: 5)).count == 1)
      try await tour.go(.removeBan(of: tour.anna, in: tour.guild, reason: "r"))
      #expect(
        try await tour.go(.bulkBan([tour.ben], in: tour.guild, deletingMessagesOf: 60)).banned == [tour.ben])
    },
    TourStop("invites") { tour in
      let invite = try await tour.go(
        .createInvite(to: tour.channel, InviteCreate(maxAge: 600, maxUses: 5, isUnique: true), reason: "r"))
      try await tour.go(.getInvite(invite.code, withCounts: true))
      #expect(try await tour.go(.getChannelInvites(tour.channel)).count == 1)
      #expect(try await tour.go(.getGuildInvites(tour.guild)).count == 1)
      let chosen = try await tour.go(
        .createInvite(to: tour.channel, InviteCreate(isUnique: true), onlyFor: [tour.anna]))
      try await tour.go(.updateInviteTargetUsers([tour.ben], of: chosen.code))
      try await tour.go(.getInviteTargetUsersStatus(of: chosen.code))
      try await tour.go(.deleteInvite(invite.code, reason: "r"))
    },
    TourStop("voice and stages") { tour in
      try await tour.go(.listVoiceRegions())
      let stage = try await tour.go(
        .createGuildChannel(ChannelCreate("s", type: .guildStageVoice), in: tour.guild))
      try await tour.simulator.withWorld { world throws(RESTFailure) in
        for user in [tour.anna, tour.bot] {
          world.guilds[tour.guild]?.voiceStates[user] = SimulatorWorld.VoiceState(
            user: user, channel: stage.id, sessionID: "s\(user)")
        }
      }
      try await tour.go(.getCurrentVoiceState(in: tour.guild))
      try await tour.go(.getVoiceState(of: tour.anna, in: tour.guild))
      try await tour.go(.modifyCurrentVoiceState(in: tour.guild, channel: stage.id, isSuppressed: false))
      try await tour.go(
        .modifyVoiceState(of: tour.anna, in: tour.guild, channel: stage.id, isSuppressed: true))
      try await tour.go(.createStageInstance(in: stage.id, topic: "t", reason: "r"))
      try await tour.go(.getStageInstance(of: stage.id))
      #expect(try await tour.go(.modifyStageInstance(of: stage.id, topic: "u")).topic == "u")
      try await tour.go(.deleteStageInstance(of: stage.id))
    },
    TourStop("users") { tour in
      #expect(try await tour.go(.getCurrentUser()).user.id == tour.bot)
      #expect(try await tour.go(.getUser(tour.anna)).username == "anna")
      try await tour.go(.modifyCurrentUser(username: "tourer", avatar: .set(DataURI("image/png", picture))))
      #expect(try await tour.go(.getCurrentUserGuilds(limit: 5, withCounts: true)).count == 1)
      let direct = try await tour.go(.createDM(with: tour.anna))
      try await tour.go(.createMessage(MessageCreate("psst"), in: direct.id))
      try await tour.go(.getGateway())
      try await tour.go(.getGatewayBot())
      try await tour.go(.leaveGuild(tour.guild))
    },
  ]
}
