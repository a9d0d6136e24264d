// The real SDK with a test in the host's place: for what our host never says, and whose end it relies upon all the same.

import Foundation
import JSON
import SandboxContract
@testable import SandboxWorkers
import Synchronization
import TestKit
import Testing

/// A conversation with one process.
final class Wire: Sendable {
  let child: ChildProcess
  private let folder: TemporaryDirectory
  private let unread = Mutex<[JSONObject]>([])
  private let asked = Mutex(0)

  private init(_ source: String) async throws {
    folder = try TemporaryDirectory()
    try source.write(toFile: folder.file("__main__.py"), atomically: true, encoding: .utf8)
    child = try await ChildProcess.start(
      [testPython, "-u", folder.path], environment: ["PYTHONUNBUFFERED": "1"])
  }

  /// Starts it and hears the banner.
  static func run(_ source: String, _ body: (Wire) async throws -> Void) async throws {
    let wire = try await Wire(source)
    defer { wire.child.kill() }
    _ = try await wire.hear("the banner") {
      $0["params"]?["message"]?.string == "SDK plugin process started"
    }
    try await body(wire)
  }

  func say(_ line: [UInt8]) { child.write(String(decoding: line, as: UTF8.self)) }

  func say(_ text: String) { child.write(text + "\n") }

  /// The next message that fits, and takes it away; the others stay.
  func hear(_ what: String, where fits: (JSONObject) -> Bool) async throws -> JSONObject {
    let known = unread.withLock { unread in
      unread.firstIndex(where: fits).map { unread.remove(at: $0) }
    }
    if let known { return known }
    while let line = await child.nextLine() {
      guard let message = try? JSONValue(parsing: Array(line.utf8)).object else { continue }
      if fits(message) { return message }
      unread.withLock { $0.append(message) }
    }
    throw TestKitError("the SDK did not say it: \(what)")
  }

  func hearCall(_ method: String) async throws -> JSONObject {
    try await hear("a call of \(method)") { $0["method"]?.string == method && $0["id"] != nil }
  }

  /// What was said and not waited for.
  var unheard: [JSONObject] { unread.withLock { $0 } }

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
