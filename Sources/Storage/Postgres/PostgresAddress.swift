// Where a server is and how to log in: a connection URL, taken apart once, whose password never leaves it.

internal import CPostgres
package import SQL

/// A PostgreSQL server, database and login.
///
/// Its description names host, database and user and is safe to log. Every parameter of libpq's connection
/// URLs passes through, `sslmode`, `sslrootcert` and `target_session_attrs` included.
package struct PostgresAddress: Sendable, CustomStringConvertible {
  /// libpq's keywords in the order in which they are handed over; later ones win.
  let parameters: [(keyword: String, value: String)]

  /// Takes a URL (`postgresql://user:password@host:5432/database?sslmode=verify-full`) or libpq's
  /// `key=value` form apart.
  ///
  /// - Throws: `SQLError` with `.invalidStatement` when libpq cannot read it; the message repeats nothing of
  ///   it, since a malformed URL may carry the password anywhere.
  package init(url: String) throws(SQLError) {
    var parameters: [(keyword: String, value: String)] = []
    guard let options = PQconninfoParse(url, nil) else {
      throw SQLError(.invalidStatement, message: "the database URL cannot be read")
    }
    defer { PQconninfoFree(options) }
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        parameters.append((String(cString: keyword), String(cString: value)))
      }
      option += 1
    }
    self.parameters = parameters
  }

  private init(parameters: [(keyword: String, value: String)]) {
    self.parameters = parameters
  }

  /// The same server and database under another login.
  package func replacing(user: String, password: String?) -> PostgresAddress {
    var kept = parameters.filter { $0.keyword != "user" && $0.keyword != "password" }
    kept.append(("user", user))
    if let password { kept.append(("password", password)) }
    return PostgresAddress(parameters: kept)
  }

  /// The same server and login for another database.
  package func replacing(database: String) -> PostgresAddress {
    PostgresAddress(parameters: parameters.filter { $0.keyword != "dbname" } + [("dbname", database)])
  }

  /// The database's name; nil when the address leaves it to the server.
  package var database: String? { value(of: "dbname") }

  /// A parameter's value; nil when the address does not give it.
  func value(of keyword: String) -> String? {
    parameters.last { $0.keyword == keyword }?.value
  }

  package var description: String {
    let host = value(of: "host") ?? value(of: "hostaddr") ?? "the local socket"
    let port = value(of: "port").map { ":\($0)" } ?? ""
    // A password with an unescaped "@" makes libpq take its tail for the host: show nothing then.
    let shownHost = host.contains("@") ? "(unreadable)" : host
    return "database '\(value(of: "dbname") ?? "default")' on \(shownHost)\(port)"
  }
}
