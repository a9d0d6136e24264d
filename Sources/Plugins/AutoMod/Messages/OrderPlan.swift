// What follows from a verdict, as orders.

import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop
import PlatformPlugins
import PlatformText
import Resources

struct OrderPlan {
  /// How soon.
  enum Pace {
    /// Now, and before all else that the bot does: a burst or a raid has begun.
    case urgent
    case prompt
    /// Together with what follows within a moment: one more of what was acted upon already.
    case gathered
  }

  let verdict: Verdict
  /// Those that remain of the verdict's.
  let sentences: [Sentence]
  let message: MessageFacts
  let cause: String
  let context: PluginContext<AutoMod>

  /// A raid that goes on brings new members and more messages all the time: the lane does not wait for each. The same when
  /// a lot is removed at once, since Discord takes few single deletions a second and hundreds together.
  var pace: Pace {
    let signs = verdict.matches.map(\.sign)
    if isFollower || sentences.isEmpty && signs.contains(.more) { return .gathered }
    let isBurst = signs.contains { [.raid, .flood, .copies, .heat].contains($0) }
    if isBurst, !sentences.isEmpty { return .urgent }
    return context.kept.isCrowded(at: context.time) ? .gathered : .prompt
  }

  /// Whether the message comes after the one that completed the raid.
  private var isFollower: Bool {
    verdict.raid.map { $0.members.count == 1 } ?? false
  }

  var orders: [Order] {
    let words = RuleWords(context.strings)
    let match = verdict.matches.first
    let reason = match.map { words.reason($0) } ?? ""
    let rule = match.map { "\($0.rule)" } ?? ""
    var orders = verdict.deletes.map { place in
      Order(key: "delete/\(place.message)", member: message.author, cause: cause, work: .delete(place))
    }
    for sentence in sentences {
      orders += Self.orders(
        for: sentence, rule: rule, reason: reason,
        evidence: (MessageReference(channel: message.channel, message: message.id), message.content),
        isAuthor: sentence.member == message.author, notice: notice(match, words), cause: cause)
    }
    if verdict.logs, !isFollower, let channel = context.settings.alertChannel {
      orders.append(
        Order(
          key: "log/\(cause)", member: message.author, cause: cause, work: .log(log(words, in: channel))))
    }
    return orders
  }

  /// What happens to one member.
  static func orders(
    for sentence: Sentence, rule: String, reason: String,
    evidence: (place: MessageReference, content: String)?, isAuthor: Bool, notice: String, cause: String
  ) -> [Order] {
    let measure = SanctionKind.measure(sentence)
    var orders: [Order] = []
    if let (kind, seconds) = measure {
      // A warning without points of its own counts what the server set for warnings.
      let points = sentence.points == 0 && kind == .warn ? nil : Double(sentence.points)
      orders.append(
        Order(
          key: "sanction/\(cause)/\(sentence.member)", member: sentence.member, cause: cause,
          work: .sanction(
            Order.SanctionWork(
              kind: kind, seconds: seconds, points: points, rule: rule, reason: reason, tells: sentence.tells,
              message: isAuthor ? evidence?.place : nil, content: isAuthor ? evidence?.content : nil))))
    } else if sentence.tells, !notice.isEmpty {
      // Moderation tells of what it does; nobody needs to be told twice.
      orders.append(
        Order(
          key: "tell/\(cause)/\(sentence.member)", member: sentence.member, cause: cause, work: .tell(notice))
      )
    }
    return orders
  }

  private func notice(_ match: RuleMatch?, _ words: RuleWords) -> String {
    guard let match else { return "" }
    return words.notice(
      context.settings.notice, rule: match.rule, server: context.bot.info?.name ?? "",
      channel: message.channel)
  }

  private func log(_ words: RuleWords, in channel: ChannelID) -> Order.LogEntry {
    let strings = context.strings
    var lines = verdict.matches.map { "\(words.name($0.rule)): \(words.what($0))" }
    lines.insert(
      strings(
        "log.author",
        ["user": "<@\(message.author)> (`\(message.author)`)", "channel": "<#\(message.channel)>"]), at: 0)
    if !verdict.deletes.isEmpty {
      lines.append(strings("log.deleted", ["count": "\(verdict.deletes.count)"]))
    }
    for sentence in sentences {
      guard let (kind, _) = SanctionKind.measure(sentence) else { continue }
      lines.append(
        strings(
          "log.sanction",
          ["user": "<@\(sentence.member)>", "action": strings[dynamic: "action.\(kind.rawValue)"]]))
    }
    if !message.content.isEmpty { lines.append("> " + Markdown.escaped(message.content.prefix(500)).quoted) }
    return Order.LogEntry(
      channel: channel, title: strings["log.title"], text: String(lines.joined(separator: "\n").prefix(3_900))
    )
  }
}

extension SanctionKind {
  /// The measure that a sentence asks moderation for, and its seconds; nil when it asks for none.
  fileprivate static func measure(_ sentence: Sentence) -> (kind: SanctionKind, seconds: Int64?)? {
    switch sentence.containment {
    case .timeout(let span): (.timeout, span.components.seconds)
    case .kick: (.kick, nil)
    case .ban: (.ban, nil)
    case .none: sentence.warns || sentence.points > 0 ? (.warn, nil) : nil
    }
  }
}

extension String {
  /// Every line of it in the quotation.
  fileprivate var quoted: String {
    split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n> ")
  }
}
