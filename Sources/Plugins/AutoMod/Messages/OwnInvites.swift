// Which invites lead to this very server.

import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins

enum OwnInvites {
  /// After so long they are read again when a message has an invite that is not among them.
  private static let freshness = Duration.seconds(60)

  /// The invites, read when the message looks as if it had one. Where the bot may not read them there are none: an own
  /// invite then needs to stand on the list of allowed ones.
  static func facts(
    for message: MessageFacts, under settings: InviteFilter, _ context: PluginContext<AutoMod>
  ) async -> GuildFacts {
    guard settings.isOn, settings.allowsOwn else { return GuildFacts() }
    let codes = InviteFinder.codes(in: message.content)
    guard !codes.isEmpty else { return GuildFacts() }
    let kept = context.kept
    if let known = kept.invites,
      codes.allSatisfy(known.codes.contains) || context.time < known.readAt + freshness
    {
      return GuildFacts(ownInvites: known.codes)
    }
    do {
      let invites = try await context.bot.send(
        .getGuildInvites(context.guild), priority: .reply, deadline: .seconds(3))
      kept.setInvites(Set(invites.map(\.code)), at: context.time)
    } catch {
      // Without the permission every message with an invite would ask again.
      kept.setInvites(kept.invites?.codes ?? [], at: context.time)
    }
    return GuildFacts(ownInvites: kept.invites?.codes ?? [])
  }

  @Sendable static func created(_ context: PluginContext<AutoMod>, _ event: InviteCreateEvent) async throws {
    context.kept.changeInvites { $0.insert(event.code) }
  }

  @Sendable static func deleted(_ context: PluginContext<AutoMod>, _ event: InviteDeleteEvent) async throws {
    context.kept.changeInvites { $0.remove(event.code) }
  }
}

extension InviteFinder {
  /// The codes of Discord's own invites in a text.
  static func codes(in text: String) -> [String] {
    // Most texts have none, and reading a text costs more than a look for the two letters that every invite has.
    guard text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "g") }) else { return [] }
    let cleaned = ScannedText(text).cleaned
    return (invites(in: LinkFinder.links(in: cleaned)) + SpacedInvite.invites(in: cleaned))
      .filter(\.isDirect).map(\.code)
  }
}
