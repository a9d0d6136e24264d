// Something that a verdict asks for: written down before it is done, and struck out afterwards.

import DiscordCore
import EventLoop
import JSON
import PlatformPlugins

/// One thing to be done at Discord.
struct Order: Hashable, Sendable {
  /// What is done.
  enum Work: Hashable, Sendable {
    case delete(MessageReference)
    case sanction(SanctionWork)
    /// A direct message to the member.
    case tell(String)
    case log(LogEntry)
  }

  /// A measure that moderation takes and records.
  struct SanctionWork: Hashable, Sendable {
    var kind: SanctionKind
    /// Seconds of a time-out.
    var seconds: Int64?
    /// nil leaves them to what the server set for the kind.
    var points: Double?
    var rule: String
    var reason: String
    var tells: Bool
    var message: MessageReference?
    var content: String?
  }

  /// A line of the log.
  struct LogEntry: Hashable, Sendable {
    var channel: ChannelID
    var title: String
    var text: String
  }

  /// Different for different orders, the same for one that is asked for again.
  var key: String
  /// Whom it is about.
  var member: UserID
  /// In whose name its effects are done once.
  var cause: String
  var work: Work
  var attempts = 0

  /// What goes first where not all can go at once.
  var rank: Int64 {
    switch work {
    case .sanction: 0
    case .delete: 1
    case .tell: 2
    case .log: 3
    }
  }
}

/// Orders that Discord lets through at the same pace, and so wait for each other and for no others: time-outs are few in
/// ten seconds, deletions hundreds.
enum Desk: String, CaseIterable, Sendable {
  case deletions
  case sanctions
  case words

  /// How many orders one look takes: what can be done within a lease.
  var batch: Int {
    switch self {
    case .deletions: 200
    case .sanctions: 6
    case .words: 20
    }
  }

  /// The kinds of its orders.
  var kinds: [String] {
    switch self {
    case .deletions: ["delete"]
    case .sanctions: ["sanction"]
    case .words: ["tell", "log"]
    }
  }
}

extension Order {
  var desk: Desk {
    switch work {
    case .delete: .deletions
    case .sanction: .sanctions
    case .tell, .log: .words
    }
  }
}

// MARK: Stored

extension Order {
  var kind: String {
    switch work {
    case .delete: "delete"
    case .sanction: "sanction"
    case .tell: "tell"
    case .log: "log"
    }
  }

  var body: JSONValue {
    switch work {
    case .delete(let place): place.json
    case .sanction(let work):
      [
        "kind": .string(work.kind.rawValue), "seconds": work.seconds.map { .integer($0) } ?? .null,
        "points": work.points.map { .double($0) } ?? .null, "rule": .string(work.rule),
        "reason": .string(work.reason), "tells": .bool(work.tells), "message": work.message?.json ?? .null,
        "content": work.content.map { .string($0) } ?? .null,
      ]
    case .tell(let text): .string(text)
    case .log(let entry):
      [
        "channel": .string("\(entry.channel)"), "title": .string(entry.title), "text": .string(entry.text),
      ]
    }
  }

  /// What was stored; nil for what this version cannot read.
  init?(key: String, member: UserID, cause: String, kind: String, body: JSONValue, attempts: Int) {
    let work: Work
    switch kind {
    case "delete":
      guard let place = MessageReference(json: body) else { return nil }
      work = .delete(place)
    case "sanction":
      guard let name = body["kind"]?.string, let kind = SanctionKind(rawValue: name) else { return nil }
      work = .sanction(
        SanctionWork(
          kind: kind, seconds: body["seconds"]?.int64, points: body["points"]?.double,
          rule: body["rule"]?.string ?? "", reason: body["reason"]?.string ?? "",
          tells: body["tells"]?.bool ?? false, message: body["message"].flatMap(MessageReference.init(json:)),
          content: body["content"]?.string))
    case "tell": work = .tell(body.string ?? "")
    case "log":
      guard let channel = body["channel"]?.snowflake else { return nil }
      work = .log(
        LogEntry(
          channel: ChannelID(channel), title: body["title"]?.string ?? "", text: body["text"]?.string ?? ""))
    default: return nil
    }
    self.init(key: key, member: member, cause: cause, work: work, attempts: attempts)
  }
}

extension MessageReference {
  fileprivate var json: JSONValue { ["channel": .string("\(channel)"), "message": .string("\(message)")] }

  fileprivate init?(json: JSONValue) {
    guard let channel = json["channel"]?.snowflake, let message = json["message"]?.snowflake else {
      return nil
    }
    self.init(channel: ChannelID(channel), message: MessageID(message))
  }
}
