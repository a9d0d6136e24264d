// Short answers: whether the bot is there, what it is, why something happened.

import PlatformAudit
import PlatformAccess
import PlatformConfiguration
import DiscordCore
import DiscordModels
import EventLoop
import PlatformCommands
package import PlatformPlugins
package import Resources

/// `ping`, `about`, `admin sync`, `why`.
enum Answers {
  static let ping = CommandDeclaration("ping", coolDown: .seconds(3))
  static let about = CommandDeclaration("about", aliases: ["yourbot", "botinfo"])
  static let sync = CommandDeclaration("admin sync", permission: .manageGuild, isEphemeral: true)
  static let subject = CommandParameter<String>.text("subject", 1...200)
  static let why = CommandDeclaration(
    "why", permission: .manageMessages, isEphemeral: true, options: [subject.description])

  @Sendable static func answerPing(_ call: CommandCall<CorePlugin>) async throws {
    let latency = await call.context.bot.latency()
    let text = latency.map { "\(Int64(($0 / .milliseconds(1)).rounded()))" } ?? "–"
    try await call.reply("core.ping", ["latency": text], isEphemeral: false)
  }

  @Sendable static func tellAbout(_ call: CommandCall<CorePlugin>) async throws {
    let host = call.context.core.host
    let on = host.units.filter { $0.isAlwaysOn || call.context.core.configuration.isEnabled($0.id) }
    try await call.reply(
      "core.about",
      ["plugins": "\(on.count)", "all": "\(host.units.count)", "prefix": call.context.preferences.prefix],
      isEphemeral: false)
  }

  @Sendable static func synchronise(_ call: CommandCall<CorePlugin>) async throws {
    try await call.require(.owner)
    let summary = try await call.context.core.host.resyncCommands(in: call.context.guild)
    try await call.context.audit("sync", by: .user(call.person.user))
    var lines = [
      call.strings(
        "core.synced",
        [
          "added": "\(summary.added.count)", "changed": "\(summary.changed.count)",
          "removed": "\(summary.removed.count)", "unchanged": "\(summary.unchanged)",
        ])
    ]
    for problem in summary.problems.prefix(10) {
      lines.append(
        call.strings(
          "core.notSynced", ["command": problem.first ?? "", "reason": problem.last ?? ""]))
    }
    try await call.reply(MessageCreate(String(lines.joined(separator: "\n").prefix(1_900))).ephemeral())
  }

  @Sendable static func explain(_ call: CommandCall<CorePlugin>) async throws {
    let typed = call[subject]
    guard case .id(let id) = WhyQuery(typed: typed) else {
      throw Refusal("core.refused.why", ["typed": String(typed.prefix(40))])
    }
    let host = call.context.core.host
    let records = try await host.decisions(about: id, cause: nil, in: call.context.guild)
    guard !records.isEmpty else { return _ = try await call.reply("core.why.nothing") }
    let language = call.context.preferences.language
    let lines = records.prefix(15).map { record in
      WhyText.line(record, strings: { host.strings(of: $0, language: language) })
    }
    try await call.reply(MessageCreate(String(lines.joined(separator: "\n").prefix(1_900))).ephemeral())
  }
}

/// A decision as a line for people.
package enum WhyText {
  /// When, which plugin, what came of it and why.
  package static func line(_ record: WhyRecord, strings: (String) -> StringCatalog) -> String {
    "<t:\(record.at.milliseconds / 1000):T> **\(name(record.plugin, strings))**: \(sentence(record, strings: strings))"
  }

  /// What came of it and why, without the time.
  package static func sentence(_ record: WhyRecord, strings: (String) -> StringCatalog) -> String {
    let own = strings(record.plugin)
    let core = strings(CorePlugin.id)
    let outcome = core[dynamic: "core.outcome.\(record.outcome.rawValue)"]
    for (catalog, key) in [
      (own, "why.\(record.key)"), (own, record.key), (core, "why.\(record.key)"), (core, record.key),
    ]
    where catalog.sentence(key) != nil {
      return "\(outcome) – \(catalog(dynamic: key, record.parameters))"
    }
    return "\(outcome) – \(record.key)"
  }

  private static func name(_ plugin: String, _ strings: (String) -> StringCatalog) -> String {
    strings(plugin).sentence("plugin.name") ?? plugin
  }
}
