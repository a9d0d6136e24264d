// Tasks that plugins run by the clock (plugin-host contract, section 18).

import SandboxWorkers
import DiscordCore
import EventLoop
import JSON
import SandboxArtifacts
import SandboxContract
import Telemetry

/// Fires due tasks: at most once for each server, task and minute, whoever else looks at the clock.
struct CronRunner: Sendable {
  private let sandbox: Sandbox
  private let log = Log(room: "sandbox")

  init(_ sandbox: Sandbox) { self.sandbox = sandbox }

  /// Looks at each minute once, until cancelled. Minutes in which nothing ran are not made good.
  func run() async {
    var last = minute(sandbox.time.now)
    while !Task.isCancelled {
      do { try await sandbox.time.sleep(for: .seconds(1)) } catch { return }
      let now = minute(sandbox.time.now)
      guard now > last else { continue }
      last = now
      await fire(now)
    }
  }

  private func minute(_ instant: Timestamp) -> Int64 { instant.milliseconds / 60_000 }

  /// Every task that is due in a minute. A server's own delay spreads the load.
  func fire(_ minute: Int64) async {
    let at = Timestamp(milliseconds: minute * 60_000)
    await withDiscardingTaskGroup { group in
      for installation in sandbox.installations.enabled {
        for entry in installation.release.manifest.cron {
          // What the reader let through can be read.
          guard let spec = try? CronSpec(entry.spec), spec.matches(at) else { continue }
          group.addTask { await fire(entry, of: installation, minute, at) }
        }
      }
    }
  }

  private func fire(
    _ entry: GuestManifest.CronEntry, of installation: GuestInstallation, _ minute: Int64, _ at: Timestamp
  ) async {
    let (guild, plugin) = (installation.guild, installation.plugin)
    do {
      try await sandbox.time.sleep(for: .seconds(Int64(guild.rawValue % 31)))
      guard try await sandbox.store.takeMinute(minute, of: entry.name, plugin: plugin, in: guild) else {
        return
      }
    } catch {
      if !(error is CancellationError) {
        log.error("a task could not be marked", ["plugin": .string(plugin), "error": .string("\(error)")])
      }
      return
    }
    var payload = JSONObject()
    payload["name"] = .string(entry.name)
    payload["spec"] = .string(entry.spec)
    payload["scheduled_at"] = .string(at.iso8601)
    await sandbox.workers.deliver(
      GuestDelivery(guild: guild, plugin: plugin, type: "cron", payload: payload, cause: .cron(entry.name)))
  }
}
