// Answers calls: what the host's own record allows, by the method that has the name.

import DiscordCore
import EventLoop
import JSON
import SandboxContract
import Synchronization
import Telemetry

/// All methods, and the checks in front of them.
final class CallAnswerer: Sendable {
  private let methods: [String: any GuestMethods]
  private let directory: any GuestDirectory
  private let journal: any GuestJournal
  private let time: any TimeSource
  private let log = Log(room: "sandbox")
  /// Lines about refusals in this hour, by server, plugin and method.
  private let refusals = Mutex<(hour: Int64, counts: [String: Int])>((0, [:]))

  init(
    _ groups: [any GuestMethods], directory: any GuestDirectory, journal: any GuestJournal,
    time: any TimeSource
  ) {
    var table: [String: any GuestMethods] = [:]
    for group in groups { for name in group.names { table[name] = group } }
    methods = table
    (self.directory, self.journal, self.time) = (directory, journal, time)
  }

  /// The `result` or the `error` of an answer to a process of that release. Away from the pool, which has others to hear.
  @concurrent
  func answer(_ method: String, _ params: JSONObject, for lease: Lease, of release: GuestRelease) async
    -> Result<JSONValue, RPCError>
  {
    let plugin = release.plugin
    do {
      return .success(try await allowed(method, params, lease, release))
    } catch let error as RPCError {
      note(error, method, lease.guild, plugin)
      return .failure(error)
    } catch {
      log.error(
        "a call of a plugin failed here",
        ["plugin": .string(plugin), "method": .string(method), "error": .string("\(error)")])
      // None of the words that the SDK reads errors by (section 11.3).
      return .failure(RPCError(.internalFault, "the host could not do this; it is on record there"))
    }
  }

  private func allowed(
    _ method: String, _ params: JSONObject, _ lease: Lease, _ release: GuestRelease
  ) async throws -> JSONValue {
    guard let needed = GuestCapability.needed(by: method), let group = methods[method] else {
      throw RPCError(.unknownMethod, "unknown method: \(method.prefix(80))")
    }
    guard let installation = lease.pinned ?? directory.installation(of: release.plugin, in: lease.guild)
    else {
      throw RPCError(.notFound, "the plugin is not switched on in this server")
    }
    // The id alone says nothing of whose code this is: a process that still ends must not get the secrets of a plugin of the
    // same name by somebody else.
    guard installation.release.developer == release.developer else {
      throw RPCError(.notFound, "another plugin of this name took this one's place in the server")
    }
    // What this version asks for, and not what another does that took its place meanwhile (section 8.3).
    let declared = needed.filter(release.manifest.capabilities.contains)
    guard needed.isEmpty || declared.contains(where: installation.grants.capabilities.contains) else {
      let names = needed.map(\.rawValue).joined(separator: " or ")
      let isDeclared = !declared.isEmpty
      throw RPCError(
        .capabilityDenied,
        isDeclared
          ? "this server did not grant the capability \(names)"
          : "the manifest does not ask for the capability \(names)")
    }
    var params = params
    params["_event_id"] = nil
    params["_pool_discord_srv_id"] = nil
    let call = GuestCall(
      installation: installation, method: method, params: params, cause: lease.cause,
      bot: directory.bot(in: lease.guild), storage: directory.storage, now: time.now)
    return try await group.answer(call)
  }

  /// Tells the server's people what was refused, three times an hour for each method.
  private func note(_ error: RPCError, _ method: String, _ guild: GuildID, _ plugin: String) {
    let isWorthSaying: Set<RPCError.Code> = [
      .capabilityDenied, .validation, .unknownMethod, .botMissingPermission, .quotaExceeded, .rateLimited,
      .kvQuotaExceeded, .upstream, .discordAPI,
    ]
    guard isWorthSaying.contains(error.code) else { return }
    // Names that a plugin makes up are one and the same here: they must not fill the table, nor the log.
    let method = error.code == .unknownMethod ? "a method that there is not" : method
    let hour = time.now.milliseconds / 3_600_000
    let isQuiet = refusals.withLock { refusals in
      if refusals.hour != hour || refusals.counts.count > 10_000 { refusals = (hour, [:]) }
      let count = (refusals.counts["\(guild) \(plugin) \(method)"] ?? 0) + 1
      refusals.counts["\(guild) \(plugin) \(method)"] = count
      return count > 3
    }
    guard !isQuiet else { return }
    journal.note(
      GuestLogLine(
        at: time.now, guild: guild, plugin: plugin, source: .host, level: .warning,
        message: "\(method.prefix(80)) was refused: \(error.message)", extra: ["code": error.code.rawValue],
        method: String(method.prefix(80))))
  }
}
