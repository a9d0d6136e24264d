// From one text to one value, and whether it is within bounds: the same for slash and prefix.

package import DiscordCore
import PlatformText

extension CommandParameterDescription {
  /// What a text means for this option.
  ///
  /// - Throws: `CommandProblem` that names the option.
  func value(of text: String) throws(CommandProblem) -> ArgumentValue {
    switch kind {
    case .text, .rest: return try checked(.text(text))
    case .integer:
      guard let number = Int(text) else { throw notUnderstood(text) }
      return try checked(.integer(number))
    case .number:
      guard let number = Double(text), number.isFinite else { throw notUnderstood(text) }
      return try checked(.number(number))
    case .toggle:
      switch text.lowercased() {
      case "yes", "on", "true", "1": return .toggle(true)
      case "no", "off", "false", "0": return .toggle(false)
      default: throw notUnderstood(text)
      }
    case .user:
      guard let user = MentionText.user(text) else { throw notUnderstood(text) }
      return .user(user)
    case .users:
      var users: [UserID] = []
      for part in text.split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
        guard let user = MentionText.user(part) else { throw notUnderstood(String(part)) }
        if !users.contains(user) { users.append(user) }
      }
      return try checked(.users(users))
    case .role:
      guard let role = MentionText.role(text) else { throw notUnderstood(text) }
      return .role(role)
    case .channel:
      guard let channel = MentionText.channel(text) else { throw notUnderstood(text) }
      return .channel(channel)
    case .duration:
      guard let span = HumanDuration.parse(text) else { throw notUnderstood(text) }
      return try checked(.duration(span))
    case .choice(let words):
      guard let word = words.first(where: { $0.lowercased() == text.lowercased() }) else {
        throw CommandProblem(.notAChoice, name, ["choices": words.joined(separator: ", ")])
      }
      return .text(word)
    }
  }

  /// The value, when it is within the option's bounds.
  func checked(_ value: ArgumentValue) throws(CommandProblem) -> ArgumentValue {
    switch (kind, value) {
    case (.text(let lengths), .text(let text)), (.rest(let lengths), .text(let text)):
      try check(text.unicodeScalars.count, lengths, .tooShort, .tooLong) { "\($0)" }
    case (.integer(let bounds), .integer(let number)):
      try check(number, bounds, .tooSmall, .tooLarge) { "\($0)" }
    case (.number(let bounds), .number(let number)):
      try check(number, bounds, .tooSmall, .tooLarge) { "\($0)" }
    case (.duration(let bounds), .duration(let span)):
      try check(span, bounds, .tooSmall, .tooLarge, HumanDuration.format)
    case (.users(let limit), .users(let users)):
      if users.isEmpty { throw CommandProblem(.missing, name) }
      if users.count > limit { throw CommandProblem(.tooMany, name, ["limit": "\(limit)"]) }
    default: break
    }
    return value
  }

  private func check<Bound: Comparable>(
    _ value: Bound, _ bounds: ClosedRange<Bound>, _ below: CommandProblem.Kind, _ above: CommandProblem.Kind,
    _ text: (Bound) -> String
  ) throws(CommandProblem) {
    if value < bounds.lowerBound { throw CommandProblem(below, name, ["limit": text(bounds.lowerBound)]) }
    if value > bounds.upperBound { throw CommandProblem(above, name, ["limit": text(bounds.upperBound)]) }
  }

  private func notUnderstood(_ text: String) -> CommandProblem {
    CommandProblem(.notUnderstood, name, ["typed": String(text.prefix(100))])
  }
}

/// Ids as people type them: mentions as Discord writes them
/// (https://discord.com/developers/docs/reference#message-formatting), or digits.
package enum MentionText {
  /// `<@1>`, `<@!1>` or a bare id.
  package static func user(_ text: some StringProtocol) -> UserID? { id(text, ["<@!", "<@"]) }
  /// `<@&1>` or a bare id.
  package static func role(_ text: some StringProtocol) -> RoleID? { id(text, ["<@&"]) }
  /// `<#1>` or a bare id.
  package static func channel(_ text: some StringProtocol) -> ChannelID? { id(text, ["<#"]) }

  private static func id<Entity>(_ text: some StringProtocol, _ openings: [String]) -> Snowflake<Entity>? {
    var digits = text[...]
    if let opening = openings.first(where: { text.hasPrefix($0) }) {
      guard text.hasSuffix(">") else { return nil }
      digits = text.dropFirst(opening.count).dropLast()
    }
    // Shorter numbers are amounts and points, not ids.
    guard (15...20).contains(digits.utf8.count) || digits.utf8.count < text.utf8.count else { return nil }
    return Snowflake(digits)
  }
}
