// What somebody wants to know the reasons of, as they typed it.

package import PlatformPlugins

/// What decisions are looked up by. The command, the command line and the dashboard read it alike.
package enum WhyQuery: Hashable, Sendable {
  /// A message, a member or a channel.
  case id(UInt64)
  /// The key of an event, a timer or an interaction.
  case cause(String)

  /// Reads an id, a mention, a link to a message, whose last part is its id, or else the key of an event.
  package init(typed text: String) {
    // Discord copies `channel-message` where Shift is held.
    let isAddress =
      text.hasPrefix("https://") || text.hasPrefix("<") || text.allSatisfy { $0.isNumber || $0 == "-" }
    let digits = isAddress ? text.split(whereSeparator: { !$0.isNumber }).last : text[...]
    if let digits, !digits.isEmpty, digits.allSatisfy(\.isNumber), let id = UInt64(digits) {
      self = .id(id)
    } else {
      self = .cause(text)
    }
  }

  /// As a journal is asked.
  package var parts: (id: UInt64?, cause: String?) {
    switch self {
    case .id(let id): (id, nil)
    case .cause(let cause): (nil, cause)
    }
  }
}

/// Which decisions to read.
package struct WhyFilter: Hashable, Sendable {
  /// nil for all.
  package var query: WhyQuery?
  /// A plugin's id; nil for all.
  package var plugin: String?
  package var outcome: WhyRecord.Outcome?
  /// Only decisions before this number, the last of the page before; and only those after that one.
  package var before: Int64?
  package var after: Int64?
  /// 1 to 500.
  package var limit = 50

  package init() {}
}

/// A decision as it is kept.
package struct StoredWhyRecord: Hashable, Sendable {
  /// Grows with every decision of the guild.
  package let number: Int64
  package let record: WhyRecord
}
