// Every route of ours against the simulator: answered, read into our models, and as Discord describes it.

import DiscordREST
import DiscordTestKit
import Glibc
import HTTPTypes
import Simulator
import TestKit
import Testing

@Suite(.timeLimit(.minutes(2))) struct TourTests {
  /// Served for people and for Discord's own older clients; ours does not call them.
  private static let notOurs: Set<String> = [
    "GET /channels/{channel.id}/pins", "PUT /channels/{channel.id}/pins/{message.id}",
    "DELETE /channels/{channel.id}/pins/{message.id}",
  ]

  /// What needs more than a bot's token, or somebody who uses a command: proved in the tests of the simulator and of bots.
  private static let provedElsewhere: Set<String> = [
    "GET /applications/{}/skus", "GET /skus/{}/subscriptions", "GET /skus/{}/subscriptions/{}",
    "GET /applications/{}/entitlements", "POST /applications/{}/entitlements",
    "GET /applications/{}/entitlements/{}", "DELETE /applications/{}/entitlements/{}",
    "POST /applications/{}/entitlements/{}/consume", "DELETE /guilds/{}/integrations/{}",
    "GET /guilds/{}/new-member-welcome", "GET /channels/{}/threads/search",
    "POST /interactions/{}/{}/callback",
    "POST /oauth2/token", "POST /oauth2/token/revoke",
  ]

  @Test func `the tour comes by every route that the simulator and the client have`() async throws {
    let called = Recorder<String>()
    var served: [RESTRoute] = []
    for stop in TourStop.all {
      do {
        try await Tour.run(proof: try ExchangeProof(), called: called) { try await stop.visit($0) }
      } catch { Issue.record("\(stop.name): \(error)") }
    }
    served = RouteTable.discord.routes
    let toured = Set(called.values.map(Self.anonymous))
    let ours = Set(try routesOfOurs().map(Self.anonymous))
    let theirs = Set(
      served.map { "\($0.method.rawValue) \($0.template)" }.filter { !Self.notOurs.contains($0) }.map(
        Self.anonymous))
    #expect(ours.intersection(theirs).subtracting(toured).subtracting(Self.provedElsewhere).sorted() == [])
    print("toured \(toured.count) of \(ours.count) routes of ours; the simulator serves \(theirs.count)")
    print("not served: \(ours.subtracting(theirs).sorted())")
  }

  /// Parameters have other names here and there.
  private static func anonymous(_ route: String) -> String {
    route.replacing(/\{[^}]*\}/) { _ in "{}" }
  }

  /// Method and template of every route, from the sources.
  private func routesOfOurs() throws -> [String] {
    let root = "Sources/Discord/REST"
    let routes = try ["Routes", "OAuth2"].flatMap { folder -> [String] in
      try texts(of: "\(root)/\(folder)").flatMap { text in
        text.matches(of: /Endpoint\(\s*\.(get|post|put|patch|delete),\s*"([^"]+)"/).map { match in
          "\(String(match.output.1).uppercased()) \(String(match.output.2))"
        }
      }
    }
    #expect(Set(routes).count > 200)
    return routes
  }

  private func texts(of folder: String) throws -> [String] {
    guard let directory = opendir(folder) else { throw TestKitError("no folder \(folder)") }
    defer { closedir(directory) }
    var found: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasSuffix(".swift"), let file = fopen("\(folder)/\(name)", "r") else { continue }
      defer { fclose(file) }
      var bytes = [UInt8](repeating: 0, count: 1 << 18)
      bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
      found.append(String(decoding: bytes, as: UTF8.self))
    }
    return found
  }
}
