// Greetings that wait, and those that were sent.

import DiscordCore
import EventLoop
import JSON
import SQL
import Storage

/// Somebody who is to be greeted.
struct WaitingGreeting: Hashable, Sendable {
  /// The key of the event; effects are done in its name.
  let cause: String
  let occasion: Occasion
  let guest: Guest
  let happenedAt: Timestamp
  /// Since when nothing stands in the way: later than `happenedAt` for those who had to pass a screening.
  var since: Timestamp
}

/// A message that is to go again.
struct FadingMessage: Hashable, Sendable {
  let cause: String
  let channel: ChannelID
  let message: MessageID
}

/// Everything the plugin keeps of one guild: every SQL statement is in this folder. Every call may throw what `Store`
/// throws.
struct WelcomeStore: Sendable {
  let store: GuildStore
  var tenant: Int64 { store.tenant.id }

  init(_ store: GuildStore) { self.store = store }

  /// What became of a greeting.
  enum State: String, Sendable {
    /// Waits for the person to pass the guild's screening.
    case screening
    case waiting
    /// Greeted alone, or with others.
    case single, together
    case skipped
  }

  /// Adds a greeting; once for each cause.
  func add(_ greeting: WaitingGreeting, _ state: State, _ session: any SQLSession) async throws {
    let document = String(decoding: try greeting.guest.document.encoded(), as: UTF8.self)
    try await session.execute(
      """
      INSERT INTO welcome_greeting (guild_id, cause, occasion, user_id, guest, happened_at, ready_at, state)
      VALUES (\(tenant), \(greeting.cause), \(greeting.occasion.rawValue), \(greeting.guest.user.column),
        \(document), \(greeting.happenedAt.milliseconds), \(greeting.since.milliseconds), \(state.rawValue))
      ON CONFLICT (guild_id, cause) DO NOTHING
      """)
  }

  /// Those who wait, in the order they came.
  func waiting(_ occasion: Occasion, limit: Int) async throws -> [WaitingGreeting] {
    try await store.rows(
      """
      SELECT cause, guest, happened_at, ready_at FROM welcome_greeting
      WHERE guild_id = \(tenant) AND state = \(State.waiting.rawValue) AND occasion = \(occasion.rawValue)
      ORDER BY ready_at, cause LIMIT \(limit)
      """
    ).compactMap { row in
      let text: String = try row.get("guest")
      guard let guest = Guest(try JSONValue(parsing: Array(text.utf8))) else { return nil }
      return WaitingGreeting(
        cause: try row.get("cause"), occasion: occasion, guest: guest,
        happenedAt: Timestamp(milliseconds: try row.get("happened_at")),
        since: Timestamp(milliseconds: try row.get("ready_at")))
    }
  }

  /// How many were greeted alone since then.
  func greeted(_ occasion: Occasion, since instant: Timestamp) async throws -> Int {
    let rows = try await store.rows(
      """
      SELECT COUNT(*) FROM welcome_greeting WHERE guild_id = \(tenant) AND state = \(State.single.rawValue)
        AND occasion = \(occasion.rawValue) AND settled_at > \(instant.milliseconds)
      """)
    let count: Int64? = try rows.first?.get(0)
    return Int(count ?? 0)
  }

  /// Whether somebody's occasion has been noted since then.
  func hasRecent(_ occasion: Occasion, of user: UserID, since instant: Timestamp) async throws -> Bool {
    try await !store.rows(
      """
      SELECT 1 FROM welcome_greeting
      WHERE guild_id = \(tenant) AND user_id = \(user.column) AND occasion = \(occasion.rawValue)
        AND happened_at > \(instant.milliseconds) LIMIT 1
      """
    ).isEmpty
  }

  /// Writes down what became of greetings. Names are not needed any more, and go.
  func settle(_ causes: [String], as state: State, at now: Timestamp) async throws {
    try await store.batch(causes.map { settlement($0, state, now) })
  }

  /// The same in the transaction of a message that was sent: of one greeting, or of all whom it greets.
  func settle(
    _ causes: [String], as state: State, sent message: MessageID, in channel: ChannelID,
    deletedAt end: Timestamp?, at now: Timestamp, _ session: any SQLSession
  ) async throws {
    for cause in causes { try await session.execute(settlement(cause, state, now)) }
    guard let first = causes.first else { return }
    try await session.execute(
      """
      UPDATE welcome_greeting SET channel_id = \(channel.column), message_id = \(message.column),
        delete_at = \(end?.milliseconds)
      WHERE guild_id = \(tenant) AND cause = \(first)
      """)
  }

  private func settlement(_ cause: String, _ state: State, _ now: Timestamp) -> SQL {
    """
    UPDATE welcome_greeting SET state = \(state.rawValue), settled_at = \(now.milliseconds), guest = \("")
    WHERE guild_id = \(tenant) AND cause = \(cause)
    """
  }

  /// Somebody left before they had passed the screening: nobody greets them.
  func dropScreening(_ user: UserID, at now: Timestamp, _ session: any SQLSession) async throws {
    try await session.execute(
      """
      UPDATE welcome_greeting SET state = \(State.skipped.rawValue), settled_at = \(now.milliseconds),
        guest = \("")
      WHERE guild_id = \(tenant) AND user_id = \(user.column) AND state = \(State.screening.rawValue)
      """)
  }

  // MARK: Messages that go again

  /// Messages whose time is over.
  func faded(at now: Timestamp, limit: Int) async throws -> [FadingMessage] {
    try await store.rows(
      """
      SELECT cause, channel_id, message_id FROM welcome_greeting
      WHERE guild_id = \(tenant) AND delete_at IS NOT NULL
        AND delete_at <= \(now.milliseconds) ORDER BY delete_at LIMIT \(limit)
      """
    ).map { row in
      FadingMessage(
        cause: try row.get("cause"), channel: ChannelID(column: try row.get("channel_id")),
        message: MessageID(column: try row.get("message_id")))
    }
  }

  /// The message is gone.
  func forgetMessage(_ cause: String) async throws {
    try await store.execute(
      "UPDATE welcome_greeting SET delete_at = \(Int64?.none) WHERE guild_id = \(tenant) AND cause = \(cause)"
    )
  }

  /// When the next message goes.
  func nextFading() async throws -> Timestamp? {
    let rows = try await store.rows(
      "SELECT MIN(delete_at) FROM welcome_greeting WHERE guild_id = \(tenant) AND delete_at IS NOT NULL")
    let instant: Int64? = try rows.first?.get(0)
    return instant.map { Timestamp(milliseconds: $0) }
  }
}

extension Snowflake {
  /// As a column has it.
  var column: Int64 { Int64(bitPattern: rawValue) }

  init(column: Int64) { self.init(UInt64(bitPattern: column)) }
}
