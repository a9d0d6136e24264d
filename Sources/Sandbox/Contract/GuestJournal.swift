// What happened around a plugin, line by line, for the people whose server it is.

package import DiscordCore
package import EventLoop

/// A line of a plugin's log in one server.
package struct GuestLogLine: Hashable, Sendable {
  /// Whose words they are.
  package enum Source: String, Sendable, Hashable {
    /// The plugin's own, by `plugin.log` or on its output.
    case plugin
    /// The host's: what was refused, what failed, what was restarted.
    case host
  }

  /// How much it matters; the names are the SDK's.
  package enum Level: String, Sendable, Hashable, CaseIterable {
    case debug, info, warning, error
  }

  /// When, where, of which plugin, by whom and how bad.
  package let at: Timestamp
  /// nil for what belongs to no server: a worker's start, its end.
  package let guild: GuildID?
  package let plugin: String
  package let source: Source
  package let level: Level
  /// At most 4,000 characters; values of known secrets are masked where it is stored.
  package let message: String
  /// At most 10.
  package let tags: [String]
  /// At most 20 pairs of at most 500 characters.
  package let extra: [String: String]
  /// The method that was called, where the line is about a call.
  package let method: String?

  package init(
    at: Timestamp, guild: GuildID?, plugin: String, source: Source, level: Level, message: String,
    tags: [String] = [], extra: [String: String] = [:], method: String? = nil
  ) {
    (self.at, self.guild, self.plugin, self.source, self.level) = (at, guild, plugin, source, level)
    (self.message, self.tags, self.extra, self.method) = (message, tags, extra, method)
  }
}

/// An event that was given up, because every process that had it ended (contract, section 6.4).
package struct GuestDeadLetter: Sendable {
  /// What was to be delivered, when it was given up, and how often it was tried.
  package let delivery: GuestDelivery
  package let at: Timestamp
  package let attempts: Int

  package init(_ delivery: GuestDelivery, at: Timestamp, attempts: Int) {
    (self.delivery, self.at, self.attempts) = (delivery, at, attempts)
  }
}

/// Keeps lines and dead letters. Never waits: what is too much is dropped, and of lines it is told how many were.
package protocol GuestJournal: Sendable {
  /// Keeps a line.
  func note(_ line: GuestLogLine)
  /// Keeps an event that was given up, for people to look at and deliver once more.
  func keep(_ letter: GuestDeadLetter)
}
