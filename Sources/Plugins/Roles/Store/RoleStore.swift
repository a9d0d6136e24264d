// A guild's menus and what people picked in them.

import PlatformSettings
import DiscordCore
import EventLoop
import JSON
import SQL
import Storage

/// Everything the plugin keeps of one guild: every SQL statement is in this folder. Every call may throw what `Store`
/// throws.
struct RoleStore: Sendable {
  let store: GuildStore
  var tenant: Int64 { store.tenant.id }

  init(_ store: GuildStore) { self.store = store }

  // MARK: Menus

  /// How many menus a guild may have.
  static let maximumMenus = 200

  private static let menuColumns = "id, document, version, channel_id, message_id, is_missing"

  /// Adds a draft, inside a transaction of `writeNumbered` or `Effects.once`.
  func create(
    _ menu: RoleMenu, by user: UserID, at now: Timestamp, cause: String, _ session: any SQLSession
  ) async throws -> StoredMenu {
    let rows = try await session.rows(
      """
      INSERT INTO roles_menu (guild_id, id, document, version, is_missing, created_by, created_at, cause)
      SELECT \(tenant), COALESCE(MAX(id), 0) + 1, \(try text(menu)), \(RoleMenu.version), \(false),
        \(Int64(bitPattern: user.rawValue)), \(now.milliseconds), \(cause) FROM roles_menu
      RETURNING id
      """)
    guard let id: Int64 = try rows.first?.get("id") else {
      throw SQLError(.other, message: "no row came back")
    }
    return StoredMenu(id: id, menu: menu)
  }

  /// All menus, in the order they were made.
  func menus() async throws -> [StoredMenu] {
    try await store.rows(
      """
      SELECT \(unescaped: Self.menuColumns) FROM roles_menu
      WHERE guild_id = \(tenant) ORDER BY id LIMIT \(Self.maximumMenus)
      """
    ).map(Self.menu)
  }

  func menu(_ id: Int64) async throws -> StoredMenu? {
    try await store.rows(
      """
      SELECT \(unescaped: Self.menuColumns) FROM roles_menu
      WHERE guild_id = \(tenant) AND id = \(id)
      """
    ).first
      .map(Self.menu)
  }

  /// The menu that was made under that cause.
  func menu(madeBy cause: String) async throws -> StoredMenu? {
    try await store.rows(
      """
      SELECT \(unescaped: Self.menuColumns) FROM roles_menu
      WHERE guild_id = \(tenant) AND cause = \(cause)
      """
    ).first
      .map(Self.menu)
  }

  /// The menu that is published in that message.
  func menu(in message: MessageID) async throws -> StoredMenu? {
    try await store.rows(
      """
      SELECT \(unescaped: Self.menuColumns) FROM roles_menu
      WHERE guild_id = \(tenant) AND message_id = \(Int64(bitPattern: message.rawValue))
      """
    ).first.map(Self.menu)
  }

  /// Changes a menu in the transaction that reads it, so that no change of somebody else is lost.
  ///
  /// - Returns: before and after; nil when there is no such menu.
  /// - Throws: what `change` throws, too.
  func update(
    _ id: Int64, _ session: any SQLSession, _ change: @Sendable (inout RoleMenu) throws -> Void
  ) async throws -> (before: StoredMenu, after: StoredMenu)? {
    // A statement that writes holds the row: two that only read would overwrite each other on PostgreSQL.
    let rows = try await session.rows(
      """
      UPDATE roles_menu SET version = version WHERE guild_id = \(tenant) AND id = \(id)
      RETURNING \(unescaped: Self.menuColumns)
      """)
    guard let before = try rows.first.map(Self.menu) else { return nil }
    var after = before
    try change(&after.menu)
    try await session.execute(
      """
      UPDATE roles_menu SET document = \(try text(after.menu)), version = \(RoleMenu.version)
      WHERE guild_id = \(tenant) AND id = \(id)
      """)
    return (before, after)
  }

  /// Writes down where a menu is; nil makes it a draft again.
  func place(_ id: Int64, _ place: MenuPlace?) async throws {
    try await store.execute(
      """
      UPDATE roles_menu SET channel_id = \(place.map { Int64(bitPattern: $0.channel.rawValue) }),
        message_id = \(place.map { Int64(bitPattern: $0.message.rawValue) }), is_missing = \(false)
      WHERE guild_id = \(tenant) AND id = \(id)
      """)
  }

  /// Writes down that the message of a menu is gone. Returns whether that is news.
  func markMissing(_ message: MessageID) async throws -> Bool {
    try await store.execute(
      """
      UPDATE roles_menu SET is_missing = \(true)
      WHERE guild_id = \(tenant) AND message_id = \(Int64(bitPattern: message.rawValue))
        AND is_missing = \(false)
      """) > 0
  }

  /// Deletes a menu and what was picked in it. Returns whether there was one.
  func delete(_ id: Int64, _ session: any SQLSession) async throws -> Bool {
    try await session.execute("DELETE FROM roles_pick WHERE guild_id = \(tenant) AND menu_id = \(id)")
    return try await session.execute("DELETE FROM roles_menu WHERE guild_id = \(tenant) AND id = \(id)") > 0
  }

  private func text(_ menu: RoleMenu) throws -> String {
    String(decoding: try menu.document.encoded(), as: UTF8.self)
  }

  private static func menu(_ row: SQLRow) throws -> StoredMenu {
    let text: String = try row.get("document")
    // What no longer fits has its default: a menu stays usable when a limit is lowered.
    let menu = RoleMenu.stored(try JSONValue(parsing: Array(text.utf8)), version: try row.get("version"))
      .settings
    let channel: Int64? = try row.get("channel_id")
    let message: Int64? = try row.get("message_id")
    var place: MenuPlace?
    if let channel, let message {
      place = MenuPlace(
        channel: ChannelID(UInt64(bitPattern: channel)), message: MessageID(UInt64(bitPattern: message)))
    }
    return StoredMenu(id: try row.get("id"), menu: menu, place: place, isMissing: try row.get("is_missing"))
  }

  // MARK: Picks

  /// Which options of a menu somebody has on record.
  func picked(_ menu: Int64, by user: UserID, _ session: any SQLSession) async throws -> Set<Int> {
    let rows = try await session.rows(
      """
      SELECT option_id FROM roles_pick
      WHERE guild_id = \(tenant) AND menu_id = \(menu) AND user_id = \(Int64(bitPattern: user.rawValue))
      """)
    return Set(try rows.map { try $0.get(0) })
  }

  /// Who has an option on record, in the order of their ids: after one, up to another.
  func pickers(
    of option: Int, in menu: Int64, after: UserID, through: UserID
  ) async throws -> [UserID] {
    try await store.rows(
      """
      SELECT user_id FROM roles_pick
      WHERE guild_id = \(tenant) AND menu_id = \(menu) AND option_id = \(option)
        AND user_id > \(Int64(bitPattern: after.rawValue))
          AND user_id <= \(Int64(bitPattern: through.rawValue))
      ORDER BY user_id
      """
    ).map { UserID(UInt64(bitPattern: try $0.get(0))) }
  }

  func record(
    _ picked: Set<Int>, not unpicked: Set<Int>, in menu: Int64, by user: UserID, at now: Timestamp,
    _ session: any SQLSession
  ) async throws {
    let user = Int64(bitPattern: user.rawValue)
    for option in unpicked {
      try await session.execute(
        """
        DELETE FROM roles_pick WHERE guild_id = \(tenant) AND menu_id = \(menu) AND option_id = \(option)
          AND user_id = \(user)
        """)
    }
    for option in picked {
      try await session.execute(
        """
        INSERT INTO roles_pick (guild_id, menu_id, option_id, user_id, picked_at)
        VALUES (\(tenant), \(menu), \(option), \(user), \(now.milliseconds))
        ON CONFLICT (guild_id, menu_id, option_id, user_id) DO NOTHING
        """)
    }
  }

  /// Forgets what somebody picked in a menu, so that they may choose again. Returns how much it was.
  func forget(_ menu: Int64, by user: UserID, _ session: any SQLSession) async throws -> Int {
    try await session.execute(
      """
      DELETE FROM roles_pick WHERE guild_id = \(tenant) AND menu_id = \(menu)
        AND user_id = \(Int64(bitPattern: user.rawValue))
      """)
  }

  /// Forgets that somebody picked an option.
  func forget(_ menu: Int64, option: Int, by user: UserID) async throws {
    try await store.execute(
      """
      DELETE FROM roles_pick WHERE guild_id = \(tenant) AND menu_id = \(menu) AND option_id = \(option)
        AND user_id = \(Int64(bitPattern: user.rawValue))
      """)
  }

  /// Forgets what everybody picked in a menu.
  func forgetAll(_ menu: Int64) async throws {
    try await store.execute("DELETE FROM roles_pick WHERE guild_id = \(tenant) AND menu_id = \(menu)")
  }

  /// Forgets who picked an option: it was removed, or its reactions cleared away.
  func forget(option: Int, in menu: Int64) async throws {
    try await store.execute(
      """
      DELETE FROM roles_pick
      WHERE guild_id = \(tenant) AND menu_id = \(menu) AND option_id = \(option)
      """)
  }
}
