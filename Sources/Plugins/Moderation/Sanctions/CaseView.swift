// How a case looks in Discord: as an embed and as a line.

import DiscordCore
import DiscordModels
import EventLoop
import PlatformPlugins
import PlatformText
import Resources

/// Shows cases in the guild's language.
struct CaseView: Sendable {
  let context: PluginContext<Moderation>

  init(_ context: PluginContext<Moderation>) { self.context = context }

  /// The whole case, for the mod log and `case show`.
  func embed(of record: CaseRecord) -> Embed {
    let strings = context.strings
    let title = strings(
      "case.title",
      ["case": "\(record.number)", "action": strings[dynamic: "action.\(record.kind.rawValue)"]])
    var embed = Embed(
      title: title, color: record.void == nil ? record.kind.color : 0x80848E, timestamp: record.at
    )
    .field(strings["case.member"], "\(Mention.user(record.target))\n`\(record.target)`", inline: true)
    .field(strings["case.moderator"], actor(of: record), inline: true)
    if let duration = record.duration {
      embed = embed.field(strings["case.lasts"], lasting(duration, record), inline: true)
    }
    embed = embed.field(
      strings["case.reason"],
      record.reason.isEmpty ? strings["case.noReason"] : record.reason.limited(to: 1_024))
    if let role = record.role {
      embed = embed.field(strings["case.role"], "\(Mention.role(role))", inline: true)
    }
    if record.points > 0 {
      embed = embed.field(strings["case.points"], Self.text(record.points), inline: true)
    }
    if let place = record.message {
      let link = MessageLink(guild: context.guild, channel: place.channel, message: place.message).address()
      embed = embed.field(
        strings["case.message"], Markdown.link(strings["case.open"], to: link), inline: true)
    }
    if let parent = record.parent { embed = embed.field(strings["case.parent"], "\(parent)", inline: true) }
    if record.notice == .closed { embed = embed.footer(strings["case.notTold"]) }
    if let void = record.void {
      let by = void.by.map { "\(Mention.user($0))" } ?? "–"
      embed = embed.field(
        strings["case.void"],
        "\(by), \(Mention.timestamp(void.at, .relative))\n\(void.reason)".limited(to: 1_024))
    }
    return embed
  }

  /// The case in one line, for lists.
  func line(of record: CaseRecord) -> String {
    let strings = context.strings
    let action = strings[dynamic: "action.\(record.kind.rawValue)"]
    let reason = record.reason.isEmpty ? "" : " · " + record.reason.limited(to: 90).replacingLineEnds
    let text =
      "`\(record.number)` \(action) · \(Mention.user(record.target)) · "
      + "\(Mention.timestamp(record.at, .relative))\(reason)"
    return record.void == nil ? text : "~~\(text)~~"
  }

  /// Who is behind it.
  func actor(of record: CaseRecord) -> String {
    switch record.source {
    case .person(let user): "\(Mention.user(user))"
    case .byHand(let user): context.strings("case.byHand", ["user": "\(Mention.user(user))"])
    case .automatic(let plugin, let rule): rule.isEmpty ? plugin : "\(plugin) · \(rule)"
    case .erased: context.strings["case.erased"]
    }
  }

  private func lasting(_ duration: Duration, _ record: CaseRecord) -> String {
    let span = HumanDuration.format(duration)
    if let end = record.endedAt { return "\(span) (\(Mention.timestamp(end, .relative)))" }
    return record.expiresAt.map { "\(span) (\(Mention.timestamp($0, .relative)))" } ?? span
  }

  /// A number of points without a needless zero.
  static func text(_ points: Double) -> String {
    let tenths = (points * 10).rounded() / 10
    return tenths == tenths.rounded() ? "\(Int64(tenths))" : "\(tenths)"
  }
}

extension CaseKind {
  /// Of embeds about it: green for what ends something, red for what removes, amber between.
  var color: Int {
    switch self {
    case .note, .role: 0x80848E
    case .warn, .timeout, .quarantine: 0xE0A000
    case .kick, .ban, .softban: 0xD83C3E
    case .untimeout, .unban, .release: 0x3BA55D
    }
  }
}

extension String {
  /// One line of it.
  fileprivate var replacingLineEnds: String { String(map { $0.isNewline ? " " : $0 }) }
}
