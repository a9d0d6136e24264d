// Telling the mod log, the audit log and Discord's own log what was done.

import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import PlatformAudit
import PlatformPlugins
import Resources
import SQL
import Storage

/// The mod log of the guild, for what is no case.
struct OperationLog: Sendable {
  let context: PluginContext<Moderation>

  init(_ context: PluginContext<Moderation>) { self.context = context }

  /// Tells the channel that the guild chose for the topic, once for each cause. A field with an empty value is left out.
  ///
  /// A log that cannot be written to stops nothing: the owners are told, and the why record says so.
  func post(
    _ topic: LogTopic, title: String, _ parameters: [String: String] = [:],
    fields: [(key: String, value: String)]
  ) async throws {
    guard let channel = ModLog(context).channel(for: topic) else { return }
    let strings = context.strings
    var embed = Embed(
      title: strings(dynamic: title, parameters), color: 0x5865F2, timestamp: context.core.host.time.now)
    for (key, value) in fields where !value.isEmpty {
      embed = embed.field(strings[dynamic: key], value.limited(to: 1_024), inline: value.count < 40)
    }
    do {
      try await context.effects.send(
        MessageCreate().embed(embed), to: channel, as: "log/\(topic.rawValue)/\(title)", priority: .background
      )
    } catch let error as RESTError {
      if case .retry = error.kind { throw error }
      context.why(.missingPermission, "log.failed", ["channel": "<#\(channel)>"])
      await context.notify(.warning, "logChannel", ["channel": "\(channel)"])
    } catch PluginMistake.foreignGuild {
      await context.notify(.warning, "logChannel", ["channel": "\(channel)"])
    }
  }

  /// What stands in Discord's audit log: who asked, and why; at most 512 characters.
  func auditReason(_ key: String, by person: UserID, because reason: String) -> String {
    context.strings(dynamic: key, ["user": "\(person)", "reason": reason])
      .limited(to: SanctionLimits.reasonLength)
  }
}

extension Error {
  /// Whether what a call was about is not there any more: Discord says so, or it is no channel of this server.
  var meansGone: Bool {
    (self as? RESTError)?.kind == .gone || (self as? PluginMistake) == .foreignGuild
  }
}

extension String {
  /// The text, cut to so many Unicode scalars, the last of which says that it was cut.
  func limited(to length: Int) -> String {
    guard unicodeScalars.count > length else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.prefix(length - 1))) + "…"
  }
}

extension PluginContext where P == Moderation {
  /// Puts what a person did into the guild's audit log, once for each cause and action.
  func auditOnce(
    _ action: String, by actor: AuditEntry.Actor, target: String = "", before: JSONValue = .null,
    after: JSONValue = .null
  ) async throws {
    let entry = AuditEntry(
      at: core.host.time.now, actor: actor, action: "\(Moderation.id).\(action)", target: target,
      before: before, after: after)
    let insertion = try AuditLog.insertion(entry, in: store.tenant)
    // Another entry may take the number meanwhile: then the transaction is tried again, as `writeNumbered` does.
    for attempt in 1... {
      do {
        _ = try await effects.once("audit/\(action)/\(target)") { session in
          try await session.execute(insertion)
        }
        return
      } catch let error as SQLError where error.code == .uniqueViolation && attempt < 20 {
        continue
      }
    }
  }
}
