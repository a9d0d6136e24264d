// What somebody wants to see of the cases, from the fields above the list.

import DiscordCore
import EventLoop

/// The filters of the list, as they stand in its address.
struct CaseQuery: Equatable, Sendable {
  /// Words of the reason; an id in it finds a member's cases, `by:<id>` a moderator's, `kind:ban` those of a kind.
  var text = ""
  var kind: CaseKind?
  var member: UserID?
  var moderator: UserID?
  /// Days in UTC, `2026-11-21`, the last one included.
  var from: String?
  var until: String?

  static let day = Duration.seconds(86_400)

  init() {}

  /// Reads fields; what cannot be meant is left out.
  init(_ fields: [String: String]) {
    text = String((fields["q"] ?? "").prefix(200))
    kind = fields["kind"].flatMap { CaseKind(rawValue: $0) }
    member = Self.user(fields["member"])
    moderator = Self.user(fields["moderator"])
    from = fields["from"].flatMap { Self.instant($0) == nil ? nil : $0 }
    until = fields["until"].flatMap { Self.instant($0) == nil ? nil : $0 }
  }

  var isEmpty: Bool { self == CaseQuery() }

  /// Names and values for an address, without those that say nothing.
  var fields: [(name: String, value: String)] {
    let all: [(String, String?)] = [
      ("q", text.isEmpty ? nil : text), ("kind", kind?.rawValue), ("member", member.map { "\($0)" }),
      ("moderator", moderator.map { "\($0)" }), ("from", from), ("until", until),
    ]
    return all.compactMap { name, value in value.map { (name, $0) } }
  }

  /// As the store takes it.
  var filter: CaseFilter {
    var filter = Self.filter(text)
    filter.kind = kind ?? filter.kind
    filter.target = member ?? filter.target
    filter.moderator = moderator ?? filter.moderator
    filter.since = from.flatMap(Self.instant)
    filter.until = until.flatMap(Self.instant).map { $0 + Self.day }
    return filter
  }

  /// Reads a search: an id finds a member's cases, `by:<id>` a moderator's, `kind:ban` those of a kind, and all other
  /// words stand in the reason.
  static func filter(_ typed: String) -> CaseFilter {
    var filter = CaseFilter()
    var words: [Substring] = []
    for word in typed.split(whereSeparator: \.isWhitespace) {
      if word.hasPrefix("by:"), let user = UserID(word.dropFirst(3)) {
        filter.moderator = user
      } else if word.hasPrefix("kind:"), let kind = CaseKind(rawValue: word.dropFirst(5).lowercased()) {
        filter.kind = kind
      } else if (15...20).contains(word.utf8.count), let user = UserID(word) {
        filter.target = user
      } else {
        words.append(word)
      }
    }
    if !words.isEmpty { filter.text = words.joined(separator: " ") }
    return filter
  }

  /// An id or a mention.
  private static func user(_ typed: String?) -> UserID? {
    typed.flatMap { UserID($0.filter { !"<@!> ".contains($0) }) }
  }

  private static func instant(_ day: String) -> Timestamp? {
    day.utf8.count == 10 ? Timestamp(iso8601: "\(day)T00:00:00Z") : nil
  }
}
