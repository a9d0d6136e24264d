// Notices to the owners of a guild, posted where they asked for them.

import PlatformConfiguration
import Resources
import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import PlatformDispatch
import PlatformNotices
import PlatformPlugins
import PlatformText
import PlatformTenancy
import Storage
import Synchronization

/// Posts notices to a guild's channel or to its owner, as the core's settings say.
final class NoticeDelivery: Sendable {
  private let dispatcher = Mutex<Dispatcher?>(nil)

  func set(_ new: Dispatcher) { dispatcher.withLock { $0 = new } }

  /// Whether somebody asked for it to be posted.
  func wants(_ draft: NoticeDraft, _ audience: NoticeAudience) async -> Bool {
    guard let settings = await settings(audience) else { return false }
    return settings.noticeChannel != nil || settings.directNotices
  }

  /// Posts it.
  ///
  /// - Throws: what keeps it from arriving: it is tried again.
  func deliver(_ notice: Notice, _ audience: NoticeAudience) async throws {
    guard case .guild(let tenant) = audience, let dispatcher = dispatcher.withLock({ $0 }),
      let settings = await settings(audience),
      let core = try await dispatcher.context(
        of: CorePlugin.id, in: tenant.guild, cause: "notice\(notice.number)")
    else { return }
    let text = dispatcher.sentence(
      notice.sentence.key, notice.sentence.values, of: notice.source, language: settings.language.rawValue)
    let name = dispatcher.strings(of: notice.source, language: settings.language.rawValue).sentence(
      "plugin.name")
    let message = MessageCreate(String("**\(name ?? notice.source)**: \(text)".prefix(1_900)))
    if let channel = settings.noticeChannel {
      try await core.effects.send(message, to: channel, as: "channel")
    }
    if settings.directNotices, let owner = core.bot.info?.owner {
      _ = try await core.effects.sendDirect(message, to: owner, as: "owner")
    }
  }

  private func settings(_ audience: NoticeAudience) async -> CoreSettings? {
    guard case .guild(let tenant) = audience, let dispatcher = dispatcher.withLock({ $0 }) else { return nil }
    // What cannot be read now is asked for again with the next notice.
    return try? await dispatcher.configurations.current(tenant).settings(CoreSettings.self, of: CorePlugin.id)
  }
}
