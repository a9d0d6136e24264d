// The last messages of a channel, for the simulation.

import DiscordBot
import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins

struct RecentMessages {
  /// More are not read: ten calls.
  static let maximum = 1_000
  /// More authors are not asked for their roles.
  private static let maximumAuthors = 50

  private let context: PluginContext<AutoMod>
  private let channel: ChannelID
  private let since: Timestamp
  private var before: MessageID?
  /// Newest first.
  private(set) var messages: [Message] = []
  /// Whether all messages of the time were read.
  private(set) var isWhole = false

  init(_ context: PluginContext<AutoMod>, channel: ChannelID, since: Timestamp) {
    (self.context, self.channel, self.since) = (context, channel, since)
  }

  /// Reads the next hundred; false when that was all.
  mutating func readPage() async throws -> Bool {
    guard !isWhole, messages.count < Self.maximum else { return false }
    let page = try await context.bot.send(
      .getMessages(in: channel, before.map { .before($0) } ?? .first, limit: 100), priority: .background,
      deadline: .seconds(5))
    let recent = page.filter { $0.timestamp >= since }
    messages += recent
    before = page.last?.id
    isWhole = recent.count < 100
    return !isWhole && messages.count < Self.maximum
  }

  /// As the rules see them, oldest first, with their authors' roles of now.
  func facts() async throws -> [MessageFacts] {
    var roles: [UserID: [RoleID]] = [:]
    for member in context.bot.seenMembers { roles[member.user] = member.roles }
    var asked = 0
    var facts: [MessageFacts] = []
    for message in messages.reversed() {
      let author = message.author.id
      if roles[author] == nil, !message.author.isBot, asked < Self.maximumAuthors {
        asked += 1
        roles[author] = try await context.bot.member(author, priority: .background)?.roles ?? []
      }
      if let fact = MessageFacts(message, in: context.bot, roles: roles[author] ?? []) { facts.append(fact) }
    }
    return facts
  }
}
