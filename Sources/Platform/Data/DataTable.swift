// The published data table: what is held about whom, how long, and how it leaves, as Markdown.

package import Storage

/// Writes `Docs/data.md` from the declarations of tables, so that the page cannot say anything else than the program does.
package enum DataTable {
  /// The whole page.
  package static func markdown(_ schema: Schema) -> String {
    """
    # What is stored, how long, and how it leaves

    Made from the declarations of the tables, which are also what sweeps, exports and erases; a test compares this page with
    them. What a plugin stores is here too, and is there only while a server uses it.

    * *By age*: what is past its time is deleted once a day. Where a shortest time is given, a server's owner may set a
      shorter one than ours.
    * *A person's erasure* deletes rows, or leaves them without the person, or keeps them for the reason that is stated, in
      one server or in all.
    * *A server's erasure* destroys its store and its key, without which no copy of the store can be read, backups included;
      its rows in the installation's own tables are deleted.
    * *An export* is JSON. A person gets the rows that name them, without what is other people's in them; credentials are in
      no export.
    * Snapshots and backups still have what was deleted since they were taken, until they are replaced.

    ## Of each server

    \(rows(schema.tables(.guild)))

    ## Of the installation

    \(rows(schema.tables(.platform) + Storage.ownTables))

    """
  }

  /// What is published about one table, in words.
  package struct Entry: Hashable, Sendable {
    package let table: String
    package let holds: String
    /// Whom its rows name.
    package let people: String
    package let kept: String
    /// What a person's erasure does to it.
    package let erasure: String
  }

  /// The tables by name: of each server, and of the installation as far as they hold anything of a server.
  package static func entries(ofGuildsIn schema: Schema) -> [Entry] {
    entries(schema.tables(.guild) + schema.tables(.platform).filter(\.hasTenant))
  }

  private static func entries(_ tables: [Table]) -> [Entry] {
    tables.sorted { $0.name < $1.name }.map { table in
      Entry(
        table: table.name, holds: table.data.holds, people: people(table), kept: kept(table),
        erasure: erasure(table))
    }
  }

  private static func rows(_ tables: [Table]) -> String {
    let lines = entries(tables).map { entry in
      ["`\(entry.table)`", entry.holds, entry.people, entry.kept, entry.erasure]
        .map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")
    }
    return """
      | table | holds | names | kept | a person's erasure |
      |---|---|---|---|---|
      \(lines.map { "| \($0) |" }.joined(separator: "\n"))
      """
  }

  private static func people(_ table: Table) -> String {
    guard !table.data.people.isEmpty else { return "nobody" }
    return table.data.people.map { person in
      let role = person.role == .subject ? "whom it is about" : "who did it"
      let personal = person.personal.map { ", `\($0.column)`" }.joined()
      return "\(role) (`\(person.column)`\(personal))"
    }.joined(separator: "; ")
  }

  private static func kept(_ table: Table) -> String {
    var words = table.data.kept.words
    if let shortest = table.data.kept.shortest {
      let days = shortest.components.seconds / 86_400
      words += "; a server's owner may set \(days == 1 ? "a day" : "\(days) days") or more"
    }
    if let reason = table.data.keptAfterGuild { words += "; stays when the server is erased: \(reason)" }
    return words
  }

  private static func erasure(_ table: Table) -> String {
    guard !table.data.people.isEmpty else { return "–" }
    return table.data.people.map { person in
      let what =
        switch person.onErasure {
        case .deleteRow: "deleted"
        case .anonymise: "stays without them"
        case .keep(let reason): "kept: \(reason)"
        }
      return table.data.people.count == 1 ? what : "`\(person.column)`: \(what)"
    }.joined(separator: "; ")
  }
}
