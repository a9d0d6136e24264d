// The settings, read from the environment once and checked before anything starts.

import Assembly
import Dashboard
import DiscordCore
import FoundationEssentials
import HTTPClient
import HTTPServer
import Redis
import Sandbox
import Storage
import Telemetry
import Vault

/// What the operator decided. Each has a default that works on one machine.
struct Settings: Sendable {
  let folder: DataFolder
  let masterKeyFile: String
  /// The operator's socket.
  let adminSocket: String
  let databaseURL: String?
  /// Where third-party plugins lie, and the container engine's socket; nil finds or starts one.
  let sandboxFolder: String?
  let containerHost: String?
  let host: String
  let port: UInt16
  let proxies: ProxyTrust
  let logLevels: LogLevels
  /// Discord's REST API, or another server's that speaks like it.
  let discordAPI: String
  /// Calls a second that Discord granted the shared bot; nil for what it grants everybody.
  let discordGlobalLimit: Int?
  /// Hosts that are not public and that third-party plugins may reach all the same, once a server allows them.
  let pluginHosts: Set<String>
  /// The shared bot's; nil: the simulator stands in for Discord.
  let discordToken: Secret?
  /// nil: the bus of one process.
  let redis: RedisAddress?
  let roles: HouseRoles
  /// The origin browsers use; nil: made of the address.
  let publicURL: String?
  /// What people sign in with.
  let signIn: SignInApplication?
  let operators: Set<UserID>
  let simulatorHost: String
  let simulatorPort: UInt16

  /// - Throws: `UsageError` that names the variable and what it takes.
  init(_ environment: [String: String]) throws {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    folder = DataFolder(value("GUILDHALL_DATA") ?? "./data")
    masterKeyFile = value("GUILDHALL_MASTER_KEY_FILE") ?? folder.masterKey
    adminSocket = value("GUILDHALL_ADMIN_SOCKET") ?? "\(folder.path)/admin.sock"
    databaseURL = value("GUILDHALL_DATABASE_URL")
    if let databaseURL {
      guard databaseURL.hasPrefix("postgres://") || databaseURL.hasPrefix("postgresql://") else {
        throw UsageError(
          description: "GUILDHALL_DATABASE_URL must begin with postgres://; leave it out for files")
      }
    }
    sandboxFolder = value("GUILDHALL_SANDBOX_DATA")
    containerHost = value("GUILDHALL_CONTAINER_HOST")
    if let containerHost, !containerHost.hasPrefix("unix:///") {
      throw UsageError(description: "GUILDHALL_CONTAINER_HOST takes unix:// and an absolute path")
    }
    pluginHosts = try Self.hosts(value("GUILDHALL_PLUGIN_HOSTS") ?? "")
    (host, port) = try Self.address("GUILDHALL_LISTEN", value("GUILDHALL_LISTEN") ?? "127.0.0.1:8080")
    (simulatorHost, simulatorPort) = try Self.address(
      "GUILDHALL_SIMULATOR_LISTEN", value("GUILDHALL_SIMULATOR_LISTEN") ?? "127.0.0.1:8090")
    discordToken = value("GUILDHALL_DISCORD_TOKEN").map { Secret(Array($0.utf8)) }
    discordGlobalLimit = try value("GUILDHALL_DISCORD_GLOBAL_LIMIT").map(Self.globalLimit)
    discordAPI = value("GUILDHALL_DISCORD_API") ?? "https://discord.com/api/v10"
    publicURL = try value("GUILDHALL_PUBLIC_URL").map(Self.origin)
    signIn = try Self.signIn(value("GUILDHALL_DISCORD_CLIENT_ID"), value("GUILDHALL_DISCORD_CLIENT_SECRET"))
    operators = try Self.operators(value("GUILDHALL_OPERATORS") ?? "")
    do throws(RedisError) {
      if let address = value("GUILDHALL_REDIS_URL") { redis = try RedisAddress(address) } else { redis = nil }
    } catch {
      throw UsageError(description: "GUILDHALL_REDIS_URL: \(error.message)")
    }
    guard let roles = HouseRoles(value("GUILDHALL_ROLES") ?? "all") else {
      throw UsageError(
        description: "GUILDHALL_ROLES takes gateway, worker, scheduler, web, with commas between, or all")
    }
    self.roles = roles
    if roles != .all, redis == nil || databaseURL == nil {
      throw UsageError(
        description:
          "GUILDHALL_ROLES shares out work, which takes GUILDHALL_REDIS_URL and GUILDHALL_DATABASE_URL")
    }
    if redis != nil, databaseURL == nil {
      throw UsageError(
        description: "GUILDHALL_REDIS_URL takes GUILDHALL_DATABASE_URL: files belong to one process")
    }
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

  private static func globalLimit(_ text: String) throws -> Int {
    guard let limit = Int(text), (1...10_000).contains(limit) else {
      throw UsageError(description: "GUILDHALL_DISCORD_GLOBAL_LIMIT takes calls a second, from 1 to 10000")
    }
    return limit
  }

  /// An origin: scheme and host, without a path.
  private static func origin(_ text: String) throws -> String {
    let origin = text.hasSuffix("/") ? String(text.dropLast()) : text
    let rest = ["https://", "http://"].first { origin.hasPrefix($0) }.map { origin.dropFirst($0.count) }
    guard let rest, !rest.isEmpty, !rest.contains(where: { "/?#@ ".contains($0) }) else {
      throw UsageError(description: "GUILDHALL_PUBLIC_URL takes an origin such as https://bot.example.org")
    }
    return origin
  }

  private static func signIn(_ id: String?, _ secret: String?) throws -> SignInApplication? {
    switch (id, secret) {
    case (nil, nil): return nil
    case (let id?, let secret?):
      guard let id = ApplicationID(id) else {
        throw UsageError(description: "GUILDHALL_DISCORD_CLIENT_ID is the application's id, all digits")
      }
      return SignInApplication(id: id, secret: Secret(utf8: secret))
    default:
      throw UsageError(
        description: "GUILDHALL_DISCORD_CLIENT_ID and GUILDHALL_DISCORD_CLIENT_SECRET belong together")
    }
  }

  /// Host names and addresses with commas between, as they stand in a URL, without ports.
  private static func hosts(_ text: String) throws -> Set<String> {
    var hosts: Set<String> = []
    for part in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
      guard let host = try? HTTPTarget(parsing: "http://\(part)/").hostText, host == part.lowercased() else {
        throw UsageError(
          description:
            "GUILDHALL_PLUGIN_HOSTS takes host names or addresses with commas between; '\(part)' is none")
      }
      hosts.insert(host)
    }
    return hosts
  }

  private static func operators(_ text: String) throws -> Set<UserID> {
    try Set(
      text.split(whereSeparator: { ", ".contains($0) }).map { word in
        guard let user = UserID(word) else {
          throw UsageError(description: "GUILDHALL_OPERATORS takes Discord user ids with commas between")
        }
        return user
      })
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

extension Settings {
  /// Third-party plugins: below the data unless told otherwise, with the runtime that `./guildhall setup` made.
  var sandbox: SandboxSettings {
    func absolute(_ path: String) -> String {
      let path = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
      return path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    }
    var sandbox = SandboxSettings(
      folder: absolute(sandboxFolder ?? "\(folder.path)/sandbox"), runtime: absolute(Runtime.path))
    if sandboxFolder == nil { sandbox.folderToOpen = absolute(folder.path) }
    sandbox.containerHost = containerHost
    sandbox.networkExceptions = pluginHosts
    sandbox.databaseURL = databaseURL
    return sandbox
  }
}

/// Where the file system of plugins' containers lies.
enum Runtime {
  /// As `Scripts/build-runtime` names it.
  static let path = ".runtime/guildhall-runtime-0.10.1.tar"
}
