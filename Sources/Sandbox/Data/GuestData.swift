// The door of the room: everything that is kept for plugins, put together.

package import DiscordCore
package import EventLoop
package import SandboxContract
package import Storage

/// What is kept for plugins and about them, of one installation.
///
///     let data = GuestData(storage: storage, time: time, wrote: { guild in … })
///     async let _ = data.run()          // returns when cancelled, with everything written
///     … data.methods, data.logs, data.secrets, data.hosts …
///     await data.flush()                // after the last worker ended
package struct GuestData: Sendable {
  /// `kv.*`, `ephemeral.*`, `metrics.*` and `secrets.*`; the last for dashboard and network as well.
  package let keys: KVMethods
  package let ephemeral: EphemeralMethods
  package let metrics: MetricMethods
  package let secrets: GuestSecrets
  /// Where values of secrets are taken out of texts; hosts that were added; how often each plugin may ask the web; and what
  /// happened.
  package let mask: SecretMask
  package let hosts: HostAllowList
  package let limits: RequestLimits
  package let logs: GuestLogStore
  /// Events that were given up.
  package let deadLetters: DeadLetters

  /// `wrote` is told of each server that lines of a log were written of.
  package init(
    storage: Storage, time: any TimeSource, wrote: @escaping @Sendable (GuildID) -> Void = { _ in }
  ) {
    mask = SecretMask(storage: storage)
    keys = KVMethods(storage: storage)
    ephemeral = EphemeralMethods(time: time)
    metrics = MetricMethods(storage: storage, time: time)
    secrets = GuestSecrets(storage: storage, mask: mask, time: time)
    hosts = HostAllowList(storage: storage)
    limits = RequestLimits(storage: storage, time: time)
    logs = GuestLogStore(storage: storage, time: time, mask: mask, wrote: wrote)
    deadLetters = DeadLetters(storage: storage, time: time, wrote: wrote)
  }

  /// What answers calls.
  package var methods: [any GuestMethods] { [keys, secrets, ephemeral, metrics] }

  /// Writes logs, dead letters and metrics as they come, until the task is cancelled.
  package func run() async {
    async let logs: Void = logs.run()
    async let letters: Void = deadLetters.run()
    await metrics.run()
    await logs
    await letters
  }

  /// Writes what waits. Call it after the last worker ended: then nothing is lost at a stop.
  package func flush() async {
    await metrics.flush()
    await deadLetters.flush()
    await logs.flush()
  }

  /// The plugin was uninstalled from a server: its credentials there go at once, and what is in memory; the rest stays for
  /// 30 days, for whoever installs it again.
  ///
  /// - Throws: what the store throws; call again.
  package func uninstalled(_ plugin: String, from guild: GuildID) async throws {
    try await secrets.erase(plugin, in: guild)
    try await ephemeral.erase(plugin, in: guild)
  }

  /// Deletes everything of a plugin in a server.
  ///
  /// - Throws: what the store throws; call again.
  package func erase(_ plugin: String, in guild: GuildID) async throws {
    for methods in methods { try await methods.erase(plugin, in: guild) }
    try await hosts.erase(plugin, in: guild)
    try await deadLetters.erase(plugin, in: guild)
    try await logs.erase(plugin, in: guild)
  }

  /// Deletes what belongs to no server: the plugin was removed from the installation.
  ///
  /// - Throws: what the store throws; call again.
  package func erase(_ plugin: String) async throws {
    try await secrets.eraseDefaults(of: plugin)
    try await limits.erase(plugin)
    try await logs.erase(plugin, in: nil)
  }
}

extension GuestData: GuestJournal {
  package func note(_ line: GuestLogLine) { logs.note(line) }
  package func keep(_ letter: GuestDeadLetter) { deadLetters.keep(letter) }
}
