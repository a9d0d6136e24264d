// Who is who, for workers: installations from memory, bots from the dispatcher.

import DiscordCore
import PlatformDispatch
import PlatformPlugins
import SandboxContract
import Storage
import Synchronization

/// Looks up installations and bots. Has the dispatcher once there is one.
final class GuestRegister: GuestDirectory, Sendable {
  let storage: Storage
  let installations: Installations
  private let dispatcher = Mutex<Dispatcher?>(nil)

  init(_ storage: Storage, _ installations: Installations) {
    (self.storage, self.installations) = (storage, installations)
  }

  func set(_ new: Dispatcher) { dispatcher.withLock { $0 = new } }
  var current: Dispatcher? { dispatcher.withLock { $0 } }

  func installation(of plugin: String, in guild: GuildID) -> GuestInstallation? {
    installations.enabled(plugin, in: guild)
  }

  func guilds(with release: GuestRelease) -> [GuildID] { installations.guilds(with: release) }

  func bot(in guild: GuildID) -> GuildBot? {
    current?.bots.bot(serving: guild).map { GuildBot($0, in: guild) }
  }
}

/// The log, without lines of servers that do not have the plugin: what a process says last must not bring back a server's store
/// that was just erased.
struct InstalledJournal: GuestJournal {
  let journal: any GuestJournal
  let installations: Installations

  func note(_ line: GuestLogLine) {
    guard line.guild.map({ installations.has(line.plugin, in: $0) }) ?? true else { return }
    journal.note(line)
  }

  func keep(_ letter: GuestDeadLetter) {
    guard installations.has(letter.delivery.plugin, in: letter.delivery.guild) else { return }
    journal.keep(letter)
  }
}
