// Telling the member what was done to them, and why.

import DiscordBot
import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins
import Resources

extension Sanctioner {
  /// Writes to the member, once, where the guild or whoever acts wants it.
  ///
  /// A message that cannot be sent holds up nothing: what it is about matters more.
  ///
  /// - Throws: what the store throws.
  func tell(_ order: SanctionOrder) async throws -> CaseNotice {
    guard let topic = NoticeSettings.Topic(rawValue: order.kind.rawValue),
      order.notifies ?? settings.notices.topics.contains(topic)
    else { return .off }
    do {
      let wasSent = try await context.effects.sendDirect(
        notice(of: order), to: order.target, as: "notice", priority: .moderation)
      return wasSent ? .sent : .closed
    } catch let error as RESTError {
      context.why(
        .refused, "noticeFailed", ["reason": error.description], about: WhySubject(member: order.target))
      return .closed
    }
  }

  /// What the member reads.
  func notice(of order: SanctionOrder) -> MessageCreate {
    let strings = context.strings
    let server = context.bot.info?.name ?? ""
    let action = strings[dynamic: "action.\(order.kind.rawValue)"]
    let reason = order.reason.isEmpty ? strings["case.noReason"] : order.reason
    let end = order.duration.map { context.now + $0 }
    let appeal = settings.notices.appeal ?? ""
    if let template = settings.notices.text {
      // One pass over the template, so that a reason in braces stays a reason.
      let catalog = StringCatalog(language: context.preferences.language, sentences: ["text": template])
      let text = catalog(
        dynamic: "text",
        [
          "server": server, "action": action, "reason": reason, "appeal": appeal,
          "duration": end.map { "\(Mention.timestamp($0, .relative))" } ?? strings["case.forGood"],
        ])
      return MessageCreate(text.limited(to: MessageCreate.maximumContentLength))
    }
    var embed = Embed(
      description: strings(dynamic: "told.\(order.kind.rawValue)", ["server": Markdown.escaped(server)]),
      color: order.kind.color
    ).field(strings["case.reason"], reason.limited(to: 1_024))
    if let end {
      embed = embed.field(strings["case.ends"], "\(Mention.timestamp(end, .relative))")
    }
    if !appeal.isEmpty { embed = embed.field(strings["case.appeal"], appeal) }
    return MessageCreate().embed(embed)
  }
}
