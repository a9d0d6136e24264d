// Guilds, roles, rules, events, what newcomers see.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import Simulator
import Testing

@testable import SimulatorWorld

extension TourStop {
  static let guildStops = [
    TourStop("guild") { tour in
      #expect(try await tour.go(.getGuild(tour.guild, withCounts: true)).approximateMemberCount == 4)
      try await tour.simulator.withWorld { world throws(RESTFailure) in
        let other = world.makeApplication("Other", owner: tour.owner)
        try world.join(other.botID, tour.guild, addedBy: tour.owner)
      }
      let change = GuildEdit {
        ($0.name, $0.icon, $0.verificationLevel) = ("Toured", .set(DataURI("image/png", picture)), .low)
      }
      #expect(try await tour.go(.modifyGuild(tour.guild, change, reason: "r")).name == "Toured")
      let integrations = try await tour.go(.getIntegrations(of: tour.guild))
      #expect(integrations.count == 2)
      let other = try #require(integrations.first { $0.application?.id != tour.application })
      try await tour.go(.deleteIntegration(other.id, from: tour.guild, reason: "r"))
      try await tour.go(.getGuildPreview(tour.guild))
      #expect(
        try await tour.go(.modifyWidget(of: tour.guild, isEnabled: true, channel: .set(tour.channel)))
          .isEnabled)
      try await tour.go(.getWidgetSettings(of: tour.guild))
      try await tour.go(.getWidget(of: tour.guild))
      try await tour.go(.getVoiceRegions(of: tour.guild))
      try await tour.go(.getPruneCount(in: tour.guild, days: 7))
      try await tour.go(.prune(tour.guild, days: 30, reason: "r"))
      try await tour.go(.setIncidentActions(in: tour.guild, invitesDisabledUntil: .clear))
      try await tour.go(.getVanityURL(of: tour.guild))
      let log = try await tour.go(.getAuditLog(of: tour.guild, limit: 5))
      #expect(log.entries.contains { $0.reason == "r" })
      let missing = try await tour.refused(.getGuild(GuildID(5)))
      #expect(missing.isGone && "\(missing)".contains("/guilds/{guild.id}"))
    },
    TourStop("roles") { tour in
      let role = try await tour.go(
        .createRole(RoleEdit { ($0.name, $0.permissions) = ("r", .viewChannel) }, in: tour.guild, reason: "r")
      )
      #expect(try await tour.go(.getRole(role.id, in: tour.guild)).name == "r")
      #expect(
        try await tour.go(.modifyRole(role.id, in: tour.guild, RoleEdit { $0.isHoisted = true })).isHoisted)
      #expect(try await tour.go(.getRoles(of: tour.guild)).count >= 3)
      try await tour.go(.modifyRolePositions([role.id: 1], in: tour.guild, reason: "r"))
      try await tour.go(.addRole(role.id, to: tour.anna, in: tour.guild, reason: "r"))
      try await tour.go(.getRoleMemberCounts(of: tour.guild))
      try await tour.go(.removeRole(role.id, from: tour.anna, in: tour.guild))
      try await tour.go(.deleteRole(role.id, in: tour.guild, reason: "r"))
    },
    TourStop("rules of AutoMod") { tour in
      let draft = AutoModerationRuleEdit(
        "n", .keyword, AutoModerationTriggerMetadata(keywordFilter: ["bad"], allowList: ["c"]),
        actions: [.blockMessage(telling: "t"), .sendAlertMessage(to: tour.channel), .timeout(seconds: 60)])
      let rule = try await tour.go(.createAutoModerationRule(draft, in: tour.guild, reason: "r"))
      try await tour.go(.getAutoModerationRule(rule.id, of: tour.guild))
      try await tour.go(
        .modifyAutoModerationRule(rule.id, of: tour.guild, AutoModerationRuleEdit { $0.isEnabled = false }))
      #expect(try await tour.go(.getAutoModerationRules(of: tour.guild)).count == 1)
      try await tour.go(.deleteAutoModerationRule(rule.id, of: tour.guild, reason: "r"))
      let spam = AutoModerationRuleEdit("s", .spam, actions: [.blockMessage()])
      try await tour.go(.createAutoModerationRule(spam, in: tour.guild))
    },
    TourStop("scheduled events") { tour in
      let start = Timestamp(
        milliseconds: 1_000 * (await tour.simulator.withWorld { $0.now.milliseconds / 1_000 } + 86_400))
      let draft = ScheduledEventEdit(
        "n", at: .external("here"), from: start, to: start + .seconds(3_600), description: "d")
      let event = try await tour.go(.createScheduledEvent(draft, in: tour.guild, reason: "r"))
      try await tour.go(.getScheduledEvent(event.id, of: tour.guild, withUserCount: true))
      #expect(try await tour.go(.listScheduledEvents(of: tour.guild, withUserCount: true)).count == 1)
      let change = ScheduledEventEdit {
        $0.recurrence = .set(RecurrenceRule(start: start, frequency: .weekly))
      }
      try await tour.go(.modifyScheduledEvent(event.id, of: tour.guild, change))
      let week = start + .seconds(7 * 86_400)
      let made = try await tour.go(
        .createScheduledEventException(on: week, .canceled, of: event.id, in: tour.guild))
      let exception = try #require(made.id)
      try await tour.go(
        .modifyScheduledEventException(
          exception, ScheduledEventExceptionEdit { $0.isCanceled = false }, of: event.id, in: tour.guild))
      try await tour.go(.getScheduledEventUsers(of: event.id, in: tour.guild, withMember: true, limit: 5))
      try await tour.go(.getScheduledEventUsers(of: event.id, on: exception, in: tour.guild, limit: 5))
      try await tour.go(.getScheduledEventUserCounts(of: event.id, on: [exception], in: tour.guild))
      try await tour.go(.deleteScheduledEventException(exception, of: event.id, in: tour.guild))
      try await tour.go(.deleteScheduledEvent(event.id, of: tour.guild))
    },
    TourStop("newcomers") { tour in
      let role = try await tour.go(.createRole(RoleEdit { $0.name = "r" }, in: tour.guild))
      try await tour.go(.getOnboarding(of: tour.guild))
      try await tour.go(
        .modifyOnboarding(
          of: tour.guild,
          OnboardingEdit {
            let option = OnboardingOption(roleIDs: [role.id], emoji: "👍", title: "o", description: "d")
            $0.prompts = [OnboardingPrompt(id: OnboardingPromptID(1), options: [option], title: "p")]
          }, reason: "r"))
      try await tour.go(
        .modifyWelcomeScreen(
          of: tour.guild,
          WelcomeScreenEdit {
            $0.channels = [WelcomeChannel(channelID: tour.channel, description: "d", emojiName: "👍")]
            ($0.isEnabled, $0.description) = (true, .set("d"))
          }))
      try await tour.go(.getWelcomeScreen(of: tour.guild))
      try await tour.go(.getNewMemberWelcome(of: tour.guild))
      let requests = try await tour.simulator.withWorld { world throws(RESTFailure) -> [UInt64] in
        guard let guild = world.guilds[tour.guild] else { throw .unknown(.guild) }
        return ["cleo", "dan"].map { name in
          let id = world.newID(JoinRequestEntity.self)
          guild.joinRequests[id] = SimulatorWorld.JoinRequest(
            id: id, user: world.makeUser(name).id, createdAt: world.now)
          return id.rawValue
        }
      }
      try await tour.go(.getJoinRequests(of: tour.guild, limit: 5))
      try await tour.go(.approveJoinRequest(Snowflake(requests[0]), of: tour.guild))
      try await tour.go(.rejectJoinRequest(Snowflake(requests[1]), of: tour.guild, saying: "no"))
    },
    TourStop("templates") { tour in
      let template = try await tour.go(.createGuildTemplate(of: tour.guild, named: "n", description: "d"))
      try await tour.go(.getGuildTemplate(template.code))
      try await tour.go(.syncGuildTemplate(template.code, of: tour.guild))
      try await tour.go(.modifyGuildTemplate(template.code, of: tour.guild, name: "m"))
      #expect(try await tour.go(.getGuildTemplates(of: tour.guild)).count == 1)
      try await tour.go(.deleteGuildTemplate(template.code, of: tour.guild))
    },
  ]
}
