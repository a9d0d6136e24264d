// The tables of the plugin, in the order they were made.

package import Storage

/// What a guild's store holds of moderation. Each file with a store beside it says what its tables hold and for how long.
package enum Migrations {
  package static let owner = SchemaOwner(
    Moderation.id, migrations: [CaseTables.first, OperationTables.first],
    tables: CaseTables.tables + OperationTables.tables)
}
