// Where a Redis server is, from its URL.

/// The address of a Redis server, with what it takes to log in.
///
/// Forms: `redis://[user:password@]host[:port][/database]` and `unix:///path/to/socket[?db=N]`. TLS
/// (`rediss://`) is not spoken: put stunnel or a private network in between.
package struct RedisAddress: Sendable, Equatable, CustomStringConvertible {
  /// How the server is reached.
  package enum Endpoint: Sendable, Equatable {
    case host(String, port: UInt16)
    case socket(String)
  }

  /// How the server is reached.
  package let endpoint: Endpoint
  /// The ACL user; nil for the default one.
  package let user: String?
  /// The database number, 0 unless given.
  package let database: Int
  let password: String?

  /// - Throws: `RedisError` with `.invalidAddress`, whose message says what is wrong and shows no password.
  package init(_ url: String) throws(RedisError) {
    if let rest = url.removingPrefix("unix://") {
      let parts = rest.split(separator: "?", maxSplits: 1)
      guard let path = parts.first, path.hasPrefix("/") else {
        throw RedisError(.invalidAddress, "unix:// takes an absolute path, as in unix:///run/redis.sock")
      }
      var database = 0
      if parts.count == 2 {
        guard let text = String(parts[1]).removingPrefix("db="), let number = Int(text), number >= 0 else {
          throw RedisError(.invalidAddress, "the only option of a unix:// address is ?db=NUMBER")
        }
        database = number
      }
      (endpoint, user, password, self.database) = (.socket(String(path)), nil, nil, database)
      return
    }
    guard let rest = url.removingPrefix("redis://") else {
      let hint = url.hasPrefix("rediss://") ? "; TLS to Redis is not supported, use a private network" : ""
      throw RedisError(.invalidAddress, "it must begin with redis:// or unix://\(hint)")
    }
    let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    var authority = parts[0]
    var credentials: (user: String?, password: String?) = (nil, nil)
    if let at = authority.lastIndex(of: "@") {
      credentials = Self.credentials(authority[..<at])
      authority = authority[authority.index(after: at)...]
    }
    var database = 0
    if parts.count == 2, !parts[1].isEmpty {
      guard let number = Int(parts[1]), number >= 0 else {
        throw RedisError(.invalidAddress, "what follows the host must be the number of a database")
      }
      database = number
    }
    endpoint = try Self.host(authority)
    (user, password, self.database) = (credentials.user, credentials.password, database)
  }

  /// Never shows the password.
  package var description: String {
    switch endpoint {
    case .host(let host, let port): "redis://\(host):\(port)/\(database)"
    case .socket(let path): "unix://\(path)?db=\(database)"
    }
  }

  private static func credentials(_ text: Substring) -> (String?, String?) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let user = percentDecoded(parts[0])
    guard parts.count == 2 else { return (nil, user) }
    return (user.isEmpty ? nil : user, percentDecoded(parts[1]))
  }

  private static func host(_ authority: Substring) throws(RedisError) -> Endpoint {
    var host = authority
    var port: UInt16 = 6379
    let isBareIPv6 = authority.hasPrefix("[") && authority.hasSuffix("]")
    if !isBareIPv6, let colon = authority.lastIndex(of: ":") {
      host = authority[..<colon]
      guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else {
        throw RedisError(.invalidAddress, "the port must be a number from 1 to 65535")
      }
      port = number
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { throw RedisError(.invalidAddress, "the host is missing") }
    return .host(String(host), port: port)
  }

  private static func percentDecoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      let digits = String(rest.prefix(2)) ?? ""
      if byte == UInt8(ascii: "%"), digits.count == 2, let value = UInt8(digits, radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension String {
  fileprivate func removingPrefix(_ prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
