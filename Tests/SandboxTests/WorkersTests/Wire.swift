// The real SDK with a test in the host's place: for what our host never says, and whose end it relies upon all the same.

import JSON
import SandboxContract
import SandboxTestKit
@testable import SandboxWorkers
import Synchronization
import TestKit
import Testing

/// A conversation with one process.
final class Wire: Sendable {
  let worker: ObservedChannel
  private let launcher: ObservedLauncher
  /// Places in the conversation that were heard.
  private let heard = Mutex<Set<Int>>([])
  private let asked = Mutex(0)
  /// What is said, in its order; nil ends the process's input.
  private let outgoing: AsyncStream<[UInt8]?>.Continuation

  private init(
    _ worker: ObservedChannel, _ launcher: ObservedLauncher, _ outgoing: AsyncStream<[UInt8]?>.Continuation
  ) {
    (self.worker, self.launcher, self.outgoing) = (worker, launcher, outgoing)
  }

  /// Starts it and hears the banner.
  static func run(_ source: String, _ body: (Wire) async throws -> Void) async throws {
    try await GuestHousing.current.hold(try GuestSources(["wired": source])) { launcher in
      _ = try await launcher.launch(
        GuestRelease(manifest: GuestManifest(id: "wired", name: "Wired", version: "1.0.0"), digest: "wired"))
      let worker = try #require(launcher.channels.first)
      let (lines, outgoing) = AsyncStream<[UInt8]?>.makeStream()
      let wire = Wire(worker, launcher, outgoing)
      let outcome = await withTaskGroup(of: Void.self) { group -> Result<Void, any Error> in
        // Either ends with the process, whose end is looked at where it matters.
        group.addTask { while (try? await worker.read()) != nil {} }
        group.addTask {
          for await line in lines {
            if let line { try? await worker.write(line) } else { await worker.closeInput() }
          }
        }
        let outcome: Result<Void, any Error>
        do {
          _ = try await wire.hear("the banner") {
            $0["params"]?["message"]?.string == "SDK plugin process started"
          }
          outcome = .success(try await body(wire))
        } catch { outcome = .failure(error) }
        outgoing.finish()
        await worker.kill()
        return outcome
      }
      try outcome.get()
    }
  }

  func say(_ line: [UInt8]) { outgoing.yield(line) }

  func say(_ text: String) { say(Array((text + "\n").utf8)) }

  func closeInput() { outgoing.yield(nil) }

  /// What the process said and nobody waited for, with its places.
  private var rest: [(place: Int, line: WireLine)] {
    let heard = heard.withLock { $0 }
    return launcher.transcript.enumerated().filter { $1.speaker == .plugin && !heard.contains($0) }
      .map { ($0, $1) }
  }

  /// The next message that fits, and takes it away; the others stay.
  func hear(_ what: String, where fits: (JSONObject) -> Bool) async throws -> JSONObject {
    var found: JSONObject?
    try await eventually("the SDK said \(what)") {
      for (place, line) in rest {
        guard let message = line.object, fits(message) else { continue }
        heard.withLock { _ = $0.insert(place) }
        found = message
        return true
      }
      return false
    }
    return try #require(found)
  }

  func hearCall(_ method: String) async throws -> JSONObject {
    try await hear("a call of \(method)") { $0["method"]?.string == method && $0["id"] != nil }
  }

  /// What was said and not waited for.
  var unheard: [JSONObject] { rest.compactMap(\.line.object) }

  /// All that was printed, to its end.
  func printed() async throws -> String {
    _ = try await worker.wait()
    return launcher.transcript.filter { $0.speaker == .plugin }.map(\.text).joined(separator: "\n")
  }

  /// A request in the host's form, and its answer.
  func ask(_ method: String, _ params: JSONValue = [:]) async throws -> JSONObject {
    let number = asked.withLock { asked in
      asked += 1
      return asked
    }
    say(HostLine.request("h-\(number)", method, params.object ?? JSONObject()))
    return try await hear("the answer to \(method)") { $0["id"] == .string("h-\(number)") }
  }

  func notify(_ method: String, _ params: JSONValue = [:]) {
    say(HostLine.notification(method, params.object ?? JSONObject()))
  }

  func boot(_ change: [String: JSONValue] = [:]) async throws {
    var params = JSONObject()
    params["mode"] = "pool"
    params["discord_srv_id"] = ""
    params["plugin_id"] = "wired"
    params["version"] = "1.0.0"
    params["capabilities"] = ["storage:kv"]
    for (key, value) in change { params[key] = value }
    #expect(try await ask("host.boot", .object(params))["result"] == .null)
  }

  static func event(_ id: JSONValue, _ payload: JSONValue = [:]) -> JSONValue {
    [
      "event_id": id, "discord_srv_id": "1001", "plugin_id": "wired", "version": "1.0.0",
      "capabilities": ["storage:kv"], "event": payload,
    ]
  }
}
