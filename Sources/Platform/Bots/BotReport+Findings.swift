// From Discord's answers to what a person is told.

package import DiscordCore
import DiscordGateway
package import DiscordModels
import PlatformTenancy
import PlatformText

extension BotReport {
  /// What is known of a bot that runs, without asking Discord.
  ///
  /// - Parameters:
  ///   - application: as Discord told when the bot was started.
  ///   - user: the bot.
  ///   - membership: whether it is in the guild it is for; nil when that is not to be told.
  ///   - purpose: what it is to do.
  package init(
    running application: Application, as user: UserID, _ membership: Membership?,
    for purpose: BotCheck.Purpose
  ) {
    self.init(application, application.bot, user, membership, purpose)
  }

  init(
    _ application: Application, _ account: User?, _ user: UserID, _ membership: Membership?,
    _ purpose: BotCheck.Purpose
  ) {
    let granted = Self.granted(application.flags)
    let missing = purpose.intents.privileged.subtracting(granted)
    self.init(
      bot: account?.id ?? user, botName: account?.username ?? application.name, application: application.id,
      applicationName: application.name, owner: Owner(application), grantedIntents: granted,
      missingIntents: missing, membership: membership,
      findings: Self.findings(application, missing, membership, purpose))
  }

  private static func granted(_ flags: ApplicationFlags) -> Intents {
    var granted: Intents = []
    if !flags.isDisjoint(with: [.gatewayPresence, .gatewayPresenceLimited]) {
      granted.insert(.guildPresences)
    }
    if !flags.isDisjoint(with: [.gatewayGuildMembers, .gatewayGuildMembersLimited]) {
      granted.insert(.guildMembers)
    }
    if !flags.isDisjoint(with: [.gatewayMessageContent, .gatewayMessageContentLimited]) {
      granted.insert(.messageContent)
    }
    return granted
  }

  private static func findings(
    _ application: Application, _ missing: Intents, _ membership: Membership?, _ purpose: BotCheck.Purpose
  ) -> [BotFinding] {
    let page = DeveloperPortal.bot(application.id)
    var findings: [BotFinding] = []
    if let url = application.interactionsEndpointURL, !url.isEmpty {
      findings.append(
        BotFinding(
          .blocks, Sentence("bot.finding.endpoint", ["application": application.name]),
          link: DeveloperPortal.general(application.id)))
    }
    if application.requiresCodeGrant == true {
      findings.append(
        BotFinding(.blocks, Sentence("bot.finding.codeGrant", ["application": application.name]), link: page))
    }
    for (intent, name) in IntentName.privileged where missing.contains(intent) {
      findings.append(
        BotFinding(
          .limits,
          Sentence("bot.finding.intent.\(name)", ["application": application.name, "portal": page]),
          link: page))
    }
    findings += Self.findings(application, membership, purpose)
    if application.isBotPublic == true {
      findings.append(
        BotFinding(.advice, Sentence("bot.finding.public", ["application": application.name]), link: page))
    }
    return findings.sorted { $0.weight > $1.weight }
  }

  private static func findings(
    _ application: Application, _ membership: Membership?, _ purpose: BotCheck.Purpose
  ) -> [BotFinding] {
    switch membership {
    case nil: return []
    case .absent:
      let link = BotInvite(needed: [purpose.permissions]).address(
        of: application.id, guild: purpose.guild?.guild)
      return [
        BotFinding(.blocks, Sentence("bot.finding.absent", ["application": application.name]), link: link)
      ]
    case .member(let permissions):
      let difference = PermissionDifference(needed: purpose.permissions, granted: permissions)
      return difference.sentences.map { sentence in
        let weight: BotFinding.Weight = sentence.key == PermissionDifference.surplusKey ? .advice : .limits
        return BotFinding(weight, sentence)
      }
    }
  }
}

extension BotReport.Owner {
  fileprivate init(_ application: Application) {
    if let team = application.team {
      let members = team.members.filter { $0.membershipState == .accepted }.map(\.user.id)
      self = .team(name: team.name, owner: team.ownerUserID, members: members)
    } else if let owner = application.owner {
      self = .user(owner.id, name: owner.username)
    } else {
      self = .unknown
    }
  }
}

/// The privileged intents by the names their sentences have.
enum IntentName {
  static let privileged: [(intent: Intents, name: String)] = [
    (.guildMembers, "members"), (.messageContent, "content"), (.guildPresences, "presences"),
  ]
}
