// The mod log: one line for each case, where the guild wants it.

import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins
import PlatformText
import Resources

/// Tells a guild's log channels about cases. A log that cannot be written to holds up nothing.
struct ModLog: Sendable {
  let context: PluginContext<Moderation>

  init(_ context: PluginContext<Moderation>) { self.context = context }

  /// Posts a case, once. The context's cause must be the case's key.
  ///
  /// - Returns: whether nothing is left to do; false when it is worth trying again later.
  /// - Throws: what the store throws.
  func post(_ record: CaseRecord) async throws -> Bool {
    guard record.logMessage == nil, let channel = channel(for: record) else { return true }
    let message = MessageCreate().embed(CaseView(context).embed(of: record))
    return try await attempt(in: channel) {
      let sent = try await context.effects.send(message, to: channel, as: "log", priority: .moderation)
      guard let sent else { return }
      try await CaseStore(context.store).logged(
        record.number, at: MessagePlace(channel: channel, message: sent.id))
    }
  }

  /// Says that a case was changed or deleted, and brings its own line up to date.
  func postChange(_ key: StaticString, of record: CaseRecord, by user: UserID, before: String = "")
    async throws
  {
    if let place = record.logMessage {
      var edit = MessageEdit()
      edit.embeds = [CaseView(context).embed(of: record)]
      _ = try await attempt(in: place.channel) {
        try await context.effects.perform(
          .editMessage(place.message, in: place.channel, edit), as: "line/\(record.number)")
      }
    }
    guard let channel = channel(for: .edits) else { return }
    let strings = context.strings
    var embed = Embed(
      title: strings(dynamic: key.description, ["case": "\(record.number)"]), color: 0x80848E,
      timestamp: context.now
    ).field(strings["case.moderator"], "\(Mention.user(user))", inline: true)
    if !before.isEmpty { embed = embed.field(strings["case.reasonBefore"], before.limited(to: 1_024)) }
    let reason = record.void?.reason ?? record.reason
    if !reason.isEmpty { embed = embed.field(strings["case.reason"], reason.limited(to: 1_024)) }
    let message = MessageCreate().embed(embed)
    _ = try await attempt(in: channel) {
      try await context.effects.send(
        message, to: channel, as: "change/\(record.number)", priority: .moderation)
    }
  }

  /// Where a case is told of. What plugins do by themselves may have a channel of its own.
  private func channel(for record: CaseRecord) -> ChannelID? {
    if case .automatic = record.source,
      let route = context.settings.logRoutes.first(where: { $0.topic == .automatic })
    {
      return route.channel
    }
    return channel(for: LogTopic(record.kind))
  }

  /// Where a topic is told of; nil when nowhere.
  func channel(for topic: LogTopic) -> ChannelID? {
    let settings = context.settings
    guard let route = settings.logRoutes.first(where: { $0.topic == topic }) else {
      return settings.logChannel
    }
    return route.channel
  }

  /// Does something in a log channel; false when Discord could not be asked.
  private func attempt(in channel: ChannelID, _ body: () async throws -> Void) async throws -> Bool {
    do {
      try await body()
    } catch let error as RESTError where !error.kind.isFinal {
      context.why(.failed, "log.failed", ["channel": "<#\(channel)>"])
      return false
    } catch is RESTError {
      await tellOwners(of: channel)
    } catch PluginMistake.foreignGuild {
      await tellOwners(of: channel)
    }
    return true
  }

  private func tellOwners(of channel: ChannelID) async {
    context.why(.missingPermission, "log.failed", ["channel": "<#\(channel)>"])
    await context.notify(.warning, "logChannel", ["channel": "\(channel)"])
  }
}

extension LogTopic {
  /// What a case of that kind is logged as.
  init(_ kind: CaseKind) {
    self =
      switch kind {
      case .note: .note
      case .warn: .warn
      case .timeout, .untimeout: .timeout
      case .kick, .softban: .kick
      case .ban: .ban
      case .unban: .unban
      case .quarantine, .release, .role: .quarantine
      }
  }
}
