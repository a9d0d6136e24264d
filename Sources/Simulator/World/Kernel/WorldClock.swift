// The world's own time, the ids that are born in it, and what falls due.

package import DiscordCore
package import EventLoop

/// A clock that runs with another one at a distance, or stands still.
package struct WorldClock: Sendable {
  private let source: any TimeSource
  private var offset: Duration = .zero
  private var frozen: Timestamp?

  /// Runs with `source`.
  package init(_ source: any TimeSource = SystemTime()) { self.source = source }

  /// What the clock shows.
  package var now: Timestamp { frozen ?? source.now + offset }

  package var isFrozen: Bool { frozen != nil }

  /// Stands still from here on; `set` still moves it.
  package mutating func freeze() { frozen = now }

  /// Runs again from what it shows.
  package mutating func thaw() {
    guard let frozen else { return }
    offset = frozen - source.now
    self.frozen = nil
  }

  /// Shows `instant` from here on.
  package mutating func set(_ instant: Timestamp) {
    if frozen != nil { frozen = instant } else { offset = instant - source.now }
  }
}

/// Mints ids: each larger than the one before, born at the world's time.
package struct IDMint: Sendable {
  private var last: UInt64 = 0

  package init() {}

  /// The next id at that instant.
  package mutating func next<Entity>(_ entity: Entity.Type = Entity.self, at instant: Timestamp) -> Snowflake<
    Entity
  > {
    last = max(last + 1, Snowflake<Entity>(earliestAt: instant).rawValue)
    return Snowflake(last)
  }
}

/// What is to happen at an instant of the world's time; setting a key again replaces what it stood for.
package struct Agenda {
  /// What an entry is about.
  package enum Key: Hashable, Sendable {
    case timeout(GuildID, UserID)
    case poll(MessageID)
    case archive(ChannelID)
    case scheduledEvent(GuildScheduledEventID)
    case invite(String)
    case incidents(GuildID)
    /// Anything else, by a name of its owner's.
    case named(String)
  }

  private struct Entry {
    let due: Timestamp
    let order: Int
    let act: (World) -> Void
  }

  private var entries: [Key: Entry] = [:]
  private var counter = 0
  /// The earliest entry; nil when it has to be looked for.
  private var earliest: Key?
  /// Called when something is due earlier than before, so that a timer can be set anew.
  package var onEarlier: (() -> Void)?

  package init() {}

  /// When the next entry is due; nil when nothing is.
  package var next: Timestamp? {
    mutating get { findEarliest().flatMap { entries[$0]?.due } }
  }

  package var count: Int { entries.count }

  /// Sets what happens at `due`.
  package mutating func set(_ key: Key, at due: Timestamp, _ act: @escaping (World) -> Void) {
    counter += 1
    let before = findEarliest().flatMap { entries[$0]?.due }
    entries[key] = Entry(due: due, order: counter, act: act)
    if earliest == key || earliest == nil { earliest = nil }
    if let before, before <= due { return }
    earliest = key
    onEarlier?()
  }

  /// Forgets the entry.
  package mutating func cancel(_ key: Key) {
    entries[key] = nil
    if earliest == key { earliest = nil }
  }

  /// Takes out the earliest entry that is due at `instant`.
  package mutating func takeNext(dueAt instant: Timestamp) -> (due: Timestamp, act: (World) -> Void)? {
    guard let key = findEarliest(), let entry = entries[key], entry.due <= instant else { return nil }
    cancel(key)
    return (entry.due, entry.act)
  }

  private mutating func findEarliest() -> Key? {
    if let earliest, entries[earliest] != nil { return earliest }
    earliest = entries.min { ($0.value.due, $0.value.order) < ($1.value.due, $1.value.order) }?.key
    return earliest
  }
}
