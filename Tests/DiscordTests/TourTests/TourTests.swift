// Every route of ours against the simulator: answered, read into our models, and as Discord describes it.

import DiscordREST
import DiscordTestKit
import Glibc
import HTTPTypes
import Simulator
import TestKit
import Testing

@Suite(.timeLimit(.minutes(2))) struct TourTests {
  /// What ours can call and the simulator has not: direct messages with several people, followed channels, activities,
  /// sticker packs, and the webhook forms of others.
  private static let unserved: Set<String> = [
    "PUT /channels/{channel.id}/recipients/{user.id}", "DELETE /channels/{channel.id}/recipients/{user.id}",
    "POST /channels/{channel.id}/followers", "POST /channels/{channel.id}/send-soundboard-sound",
    "GET /applications/{application.id}/activity-instances/{instance_id}", "GET /sticker-packs/{pack.id}",
    "POST /webhooks/{webhook.id}/{webhook.token}/github", "POST /webhooks/{webhook.id}/{webhook.token}/slack",
  ]

  @Test func `the tour comes by every route that the simulator and the client have`() async throws {
    let called = Recorder<String>()
    for stop in TourStop.all {
      do {
        try await Tour.run(proof: try ExchangeProof(), called: called) { try await stop.visit($0) }
      } catch { Issue.record("\(stop.name): \(error)") }
    }
    let ours = Set(try routesOfOurs())
    #expect(ours.subtracting(called.values).subtracting(Self.unserved).sorted() == [])
    #expect(ours.subtracting(Self.unserved).filter { !isServed($0) }.sorted() == [])
    #expect(Self.unserved.filter { isServed($0) }.sorted() == [], "served now, to be toured")
  }

  private func isServed(_ route: String) -> Bool {
    let parts = route.split(separator: " ")
    let segments = parts[1].split(separator: "/").map { $0.hasPrefix("{") ? "1" : String($0) }
    if case .route = RouteTable.discord.match(HTTPMethod(String(parts[0])), segments[...]) { return true }
    return false
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
