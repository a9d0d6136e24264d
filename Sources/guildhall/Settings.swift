// The settings, read from the environment once and checked before anything starts.

import HTTPServer
import Storage
import Telemetry
import Vault

/// What the operator decided. Each has a default that works on one machine.
struct Settings: Sendable {
  let folder: DataFolder
  let masterKeyFile: String
  let databaseURL: String?
  let host: String
  let port: UInt16
  let proxies: ProxyTrust
  let logLevels: LogLevels
  /// Discord's REST API, or another server's that speaks like it.
  let discordAPI: String
  /// The shared bot's; nil: the simulator stands in for Discord.
  let discordToken: Secret?
  let simulatorHost: String
  let simulatorPort: UInt16

  /// - Throws: `UsageError` that names the variable and what it takes.
  init(_ environment: [String: String]) throws {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    folder = DataFolder(value("GUILDHALL_DATA") ?? "./data")
    masterKeyFile = value("GUILDHALL_MASTER_KEY_FILE") ?? folder.masterKey
    databaseURL = value("GUILDHALL_DATABASE_URL")
    if let databaseURL {
      guard databaseURL.hasPrefix("postgres://") || databaseURL.hasPrefix("postgresql://") else {
        throw UsageError(
          description: "GUILDHALL_DATABASE_URL must begin with postgres://; leave it out for files")
      }
    }
    (host, port) = try Self.address("GUILDHALL_LISTEN", value("GUILDHALL_LISTEN") ?? "127.0.0.1:8080")
    (simulatorHost, simulatorPort) = try Self.address(
      "GUILDHALL_SIMULATOR_LISTEN", value("GUILDHALL_SIMULATOR_LISTEN") ?? "127.0.0.1:8090")
    discordToken = value("GUILDHALL_DISCORD_TOKEN").map { Secret(Array($0.utf8)) }
    discordAPI = value("GUILDHALL_DISCORD_API") ?? "https://discord.com/api/v10"
    guard discordAPI.hasPrefix("http"), discordAPI.hasSuffix("/api/v10") else {
      throw UsageError(description: "GUILDHALL_DISCORD_API is an address that ends in /api/v10")
    }
    do {
      let networks = (value("GUILDHALL_TRUSTED_PROXIES") ?? "").split(separator: ",").map {
        String($0.drop { $0 == " " })
      }
      proxies = try ProxyTrust(networks: networks)
    } catch {
      throw UsageError(description: "GUILDHALL_TRUSTED_PROXIES: \(error.message)")
    }
    do {
      logLevels = try LogLevels(value("GUILDHALL_LOG") ?? "info")
    } catch {
      throw UsageError(description: "GUILDHALL_LOG: \(error)")
    }
  }

  var storage: StorageSettings { StorageSettings(folder: folder, databaseURL: databaseURL) }

  private static func address(_ name: String, _ text: String) throws -> (String, UInt16) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      throw UsageError(
        description: "\(name) takes ADDRESS:PORT, such as 127.0.0.1:8080 or [::]:8080")
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    return (String(host), port)
  }
}
