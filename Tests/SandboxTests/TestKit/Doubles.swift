// Stand-ins for what surrounds workers: who is who, what was written, what was called.

package import DiscordCore
package import JSON
package import PlatformPlugins
package import SandboxContract
package import Storage
import Synchronization

/// Installations that a test decides.
package final class StubDirectory: GuestDirectory {
  package let storage: Storage
  private let known = Mutex<[String: GuestInstallation]>([:])

  package init(_ storage: Storage) { self.storage = storage }

  /// Puts one in, or with nil takes it out.
  package func set(_ installation: GuestInstallation?, of plugin: String, in guild: GuildID) {
    known.withLock { $0["\(plugin)/\(guild)"] = installation }
  }

  package func installation(of plugin: String, in guild: GuildID) -> GuestInstallation? {
    known.withLock { $0["\(plugin)/\(guild)"] }
  }

  package func guilds(with release: GuestRelease) -> [GuildID] {
    known.withLock { $0.values.filter { $0.release == release && $0.isEnabled }.map(\.guild).sorted() }
  }

  package func bot(in guild: GuildID) -> GuildBot? { nil }
}

/// Keeps what is told.
package final class RecordingJournal: GuestJournal {
  private let noted = Mutex<[GuestLogLine]>([])
  private let kept = Mutex<[GuestDeadLetter]>([])
  package init() {}
  package func note(_ line: GuestLogLine) { noted.withLock { $0.append(line) } }
  package func keep(_ letter: GuestDeadLetter) { kept.withLock { $0.append(letter) } }
  /// Everything so far.
  package var lines: [GuestLogLine] { noted.withLock { $0 } }
  package var deadLetters: [GuestDeadLetter] { kept.withLock { $0 } }
}

/// Answers every method of the contract by a closure, and remembers who called.
package final class RecordingMethods: GuestMethods {
  /// A call as it came to its method.
  package struct Call: Sendable {
    package let guild: GuildID
    package let method: String
    package let params: JSONObject
  }

  package let names = GuestCapability.methodNames
  private let made = Mutex<[Call]>([])
  private let respond: @Sendable (GuestCall) async throws -> JSONValue

  package init(_ respond: @escaping @Sendable (GuestCall) async throws -> JSONValue = { _ in ["ok": true] }) {
    self.respond = respond
  }

  package func answer(_ call: GuestCall) async throws -> JSONValue {
    made.withLock { $0.append(Call(guild: call.guild, method: call.method, params: call.params)) }
    return try await respond(call)
  }

  /// Everything so far.
  package var calls: [Call] { made.withLock { $0 } }
}
