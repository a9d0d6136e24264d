// The socket between the command line and the running process.

import Administration
import Assembly
import Bus
import CSystem
import DiscordCore
import EventLoop
import Glibc
import JSON
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformTenancy
import Storage
import StorageTestKit
import Synchronization
import Telemetry
import TestKit
import Testing
import Vault

/// What came over the socket.
private final class Heard: Sendable {
  let text = Mutex("")
  let notes = Mutex("")
  var output: AdminOutput {
    AdminOutput(
      write: { part in self.text.withLock { $0 += part } },
      note: { line in self.notes.withLock { $0 += line } })
  }
}

private struct Office {
  let administrator: Administrator
  let house: House
  let path: String
  let loop: EventLoop

  func ask(_ words: String..., input: Secret? = nil, to heard: Heard = Heard()) async throws
    -> AdminClient.Answer
  {
    let client = try AdminClient(socket: path, loop: loop)
    defer { client.close() }
    return try await client.perform(words, input: input, to: heard.output)
  }

  func listen() throws -> AdminServer {
    try AdminServer(listeningAt: path, administrator, loop: loop)
  }

  static func run(_ body: (Office) async throws -> Void) async throws {
    let plugins = [PluginUnit(CorePlugin.self)]
    try await withInstallation(.embedded) { installation in
      try await installation.run(schema: .installation(plugins)) { storage in
        var settings = HouseSettings(discordAPI: "http://127.0.0.1:1/api/v10")
        settings.plugins = plugins
        let house = try House(
          settings, storage: storage, bus: LocalBus(time: SystemTime(), metrics: MetricRegistry()),
          metrics: MetricRegistry())
        try await house.directory.note(
          [GuildSighting(guild: Tenant(42), name: "Tavern", icon: nil, owner: UserID(5), memberCount: 3)],
          by: UserID(6), at: house.time.now)
        try await body(
          Office(
            administrator: try Administrator(house, isRunning: false), house: house,
            path: installation.root.file("admin.sock"), loop: installation.loop))
        await house.close()
      }
    }
  }
}

private func mode(of path: String) -> mode_t? {
  var status = stat()
  return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
}

@Suite(.timeLimit(.minutes(2))) struct SocketTests {
  @Test func `a command goes over a socket that is the owner's alone`() async throws {
    try await Office.run { office async throws in
      let server = try office.listen()
      #expect(mode(of: office.path) == 0o600)
      let heard = Heard()
      #expect(try await office.ask("guilds", "--json", to: heard) == .done(nil))
      let list = try JSONValue(parsing: Array(heard.text.withLock { $0 }.utf8))
      #expect(list.array?.first?["name"] == "Tavern")
      await server.stop(grace: .zero)
      #expect(mode(of: office.path) == nil)
    }
  }

  @Test func `failures keep their sentence and their code`() async throws {
    try await Office.run { office async throws in
      let server = try office.listen()
      guard case .done(let refused?) = try await office.ask("plugins", "43") else {
        Issue.record("it was done")
        return
      }
      #expect(refused.exitCode == 1)
      #expect(refused.description.contains("no server 43"))
      guard case .done(let misunderstood?) = try await office.ask("plugins", "x") else {
        Issue.record("it was done")
        return
      }
      #expect(misunderstood.exitCode == 2)
      await server.stop(grace: .zero)
    }
  }

  @Test func `an export comes in pieces, whole, with its summary beside it`() async throws {
    try await Office.run { office async throws in
      let server = try office.listen()
      // Many pieces, and more than is queued at once.
      for number in 0..<120 {
        _ = try await office.ask("access", "grant", "42", "role:\(1_000 + number)", "viewer")
      }
      let heard = Heard()
      #expect(try await office.ask("data", "export", "guild", "42", to: heard) == .done(nil))
      let export = try JSONValue(parsing: Array(heard.text.withLock { $0 }.utf8))
      let table = export["tables"]?.array?.first { $0["table"] == "access_grant" }
      #expect(table?["rows"]?.array?.count == 120)
      #expect(heard.notes.withLock { $0.contains("rows of") })
      await server.stop(grace: .zero)
    }
  }

  @Test func `input travels as it is`() async throws {
    try await Office.run { office async throws in
      let server = try office.listen()
      let document = #"{"plugin":"core","version":1,"settings":{"prefix":"!"}}"#
      #expect(
        try await office.ask("settings", "import", "42", input: Secret(utf8: document)) == .done(nil))
      let configuration = try await office.house.configurations.current(Tenant(42))
      #expect(configuration.settings(CoreSettings.self, of: "core").prefix == "!")
      await server.stop(grace: .zero)
    }
  }

  @Test func `nobody there is told apart from a failure`() async throws {
    try await Office.run { office async throws in
      #expect(try await office.ask("guilds") == .nobodyThere)
    }
  }

  @Test func `a socket that a dead process left is replaced, a living one is not`() async throws {
    try await Office.run { office async throws in
      // As a killed process leaves it: bound, and nobody listens.
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: office.path.utf8) }
      let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
      let code = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      #expect(code == 0)
      close(descriptor)
      #expect(try await office.ask("guilds") == .nobodyThere)

      let server = try office.listen()
      #expect(mode(of: office.path) == 0o600)
      #expect(try await office.ask("guilds") == .done(nil))
      #expect(throws: (any Error).self) { try office.listen() }
      #expect(try await office.ask("guilds") == .done(nil))
      await server.stop(grace: .zero)
    }
  }

  @Test func `what is no request of ours is refused`() async throws {
    try await Office.run { office async throws in
      let server = try office.listen()
      guard case .done(let failure?) = try await office.ask() else {
        Issue.record("nothing was asked, and it was done")
        return
      }
      #expect(failure.exitCode == 2)
      await server.stop(grace: .zero)
    }
  }
}
