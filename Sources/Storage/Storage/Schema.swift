// What the database holds: tables and the migrations that make them, declared by their owners.

internal import SQL
internal import Vault

/// Everything the program stores, declared once: what `Storage` migrates, copies between engines, and erases.
package struct Schema: Sendable {
  /// Owners of what belongs to no guild.
  package let platform: [SchemaOwner]
  /// Owners of what belongs to a guild.
  package let guild: [SchemaOwner]

  package init(platform: [SchemaOwner] = [], guild: [SchemaOwner] = []) {
    self.platform = platform
    self.guild = guild
  }

  func owners(_ scope: StoreScope) -> [SchemaOwner] {
    switch scope {
    case .platform: platform
    case .guild: guild
    }
  }

  /// The tables of one kind of store, in the order of their declaration.
  package func tables(_ scope: StoreScope) -> [Table] { owners(scope).flatMap(\.tables) }
}

/// Which of the two kinds of store.
package enum StoreScope: String, Sendable, CaseIterable {
  case platform, guild
}

/// A room that owns tables. Its name is the prefix of all of them.
package struct SchemaOwner: Sendable {
  /// The lower-case id of the room, as in `starboard`.
  package let name: String
  /// In order, numbered from 1, appended to and never changed once released.
  package let migrations: [Migration]
  /// The tables as they are after the last migration.
  package let tables: [Table]

  package init(_ name: String, migrations: [Migration], tables: [Table]) {
    self.name = name
    self.migrations = migrations
    self.tables = tables
  }
}

/// One step forward; there is no way back. It runs in one transaction, once, under a lock.
package struct Migration: Sendable {
  /// From 1 in each owner.
  package let number: Int
  let steps: [Step]

  /// A statement, for both engines or for each its own.
  ///
  /// Write portable SQL: `BIGINT`, `TEXT`, `BYTEA`, `DOUBLE PRECISION`, `BOOLEAN` mean the right thing on both.
  package enum Step: Sendable, ExpressibleByStringLiteral {
    case both(String)
    case perEngine(sqlite: String, postgres: String)

    package init(stringLiteral value: String) { self = .both(value) }

    func text(_ engine: EngineKind) -> String {
      switch (self, engine) {
      case (.both(let text), _), (.perEngine(let text, _), .sqlite), (.perEngine(_, let text), .postgres):
        text
      }
    }
  }

  package init(_ number: Int, _ steps: [Step]) {
    self.number = number
    self.steps = steps
  }

  /// What tells whether a released migration was changed: the texts of both engines.
  var hash: String {
    var hash = BLAKE2b(digestSize: 16)
    for step in steps {
      for engine in EngineKind.allCases { hash.update(Array(step.text(engine).utf8) + [0]) }
    }
    return Hex.encode(hash.finalize())
  }
}

/// The two engines.
package enum EngineKind: String, Sendable, CaseIterable {
  case sqlite, postgres
}

/// A table as it is: what copying, sweeping, exporting and erasing need to know. A test compares it with the real one.
///
/// The tables of a guild have `guild_id BIGINT NOT NULL` as their first column and first in their primary key.
package struct Table: Sendable {
  /// A column and the kind of its values.
  package struct Column: Sendable {
    package let name: String
    package let kind: Kind

    package init(_ name: String, _ kind: Kind) {
      self.name = name
      self.kind = kind
    }
  }

  /// The kinds of values both engines know.
  package enum Kind: Sendable {
    case integer, double, boolean, text, blob
  }

  /// Begins with the owner's name and is unique in the schema.
  package let name: String
  package let columns: [Column]
  /// The columns of the primary key, in order.
  package let key: [String]
  /// What it holds about whom, how long it is kept and how it leaves.
  package let data: TableData

  package init(_ name: String, columns: [Column], key: [String], data: TableData) {
    self.name = name
    self.columns = columns
    self.key = key
    self.data = data
  }

  /// The column that names the tenant, in tables of a guild and in those of the platform whose rows belong to one.
  package static let tenantColumn = "guild_id"

  /// Whether its rows belong to guilds.
  package var hasTenant: Bool { columns.contains { $0.name == Self.tenantColumn } }
}

extension Table.Kind {
  /// The value as the declaration has it: SQLite keeps a boolean as 0 or 1 and a whole double as an integer.
  func canonical(_ value: SQLValue) -> SQLValue {
    switch (self, value) {
    case (.boolean, .integer(let number)): .boolean(number != 0)
    case (.double, .integer(let number)): .double(Double(number))
    default: value
    }
  }
}
