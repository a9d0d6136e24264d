// An installation with what is kept for plugins, for a test.

import DiscordCore
import EventLoop
import JSON
import PlatformData
import SandboxContract
import SandboxData
import Storage
import StorageTestKit
import Testing

let (here, there) = (GuildID(101), GuildID(202))

/// What a test plays on.
struct Stage: Sendable {
  let storage: Storage
  let data: GuestData
  let time: ManualTime

  /// Calls as a plugin, and returns what it gets.
  @discardableResult
  func call(
    _ method: String, _ params: JSONValue = [:], as plugin: String = "alpha", in guild: GuildID = here
  ) async throws -> JSONValue {
    let release = GuestRelease(
      manifest: GuestManifest(id: plugin, name: plugin, version: "1"), digest: "d")
    let installation = GuestInstallation(
      guild: guild, release: release, grants: GuestGrants(), isEnabled: true, installedAt: time.now)
    let call = GuestCall(
      installation: installation, method: method, params: params.object ?? JSONObject(), cause: .unprompted,
      bot: nil, storage: storage, now: time.now)
    let methods = try #require(data.methods.first { $0.names.contains(method) })
    return try await methods.answer(call)
  }

  /// An event that a plugin failed at.
  func letter(
    _ payload: JSONValue = [:], of plugin: String = "alpha", in guild: GuildID = here
  ) -> GuestDeadLetter {
    GuestDeadLetter(
      GuestDelivery(
        guild: guild, plugin: plugin, type: "message_create", payload: payload.object ?? JSONObject(),
        cause: .event("message_create")),
      at: time.now, attempts: 5)
  }

  /// The code of the error that a call ends with; nil when it succeeds.
  func refusal(
    _ method: String, _ params: JSONValue, as plugin: String = "alpha"
  ) async throws -> RPCError.Code? {
    do {
      try await call(method, params, as: plugin)
      return nil
    } catch let error as RPCError {
      return error.code
    }
  }
}

func withStage(_ engine: Engine, _ body: @Sendable (Stage) async throws -> Void) async throws {
  try await withInstallation(engine) { installation in
    let schema = Schema(
      platform: [DataSchema.owner] + SandboxDataSchema.platform, guild: SandboxDataSchema.guild)
    try await installation.run(schema: schema) { storage async throws in
      let data = GuestData(storage: storage, time: installation.time)
      try await body(Stage(storage: storage, data: data, time: installation.time))
    }
  }
}
