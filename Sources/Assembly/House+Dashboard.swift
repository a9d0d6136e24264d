// The house's parts that the dashboard works with.

package import Dashboard
import DiscordBot
import EventLoop
import PlatformAccounts
import PlatformData
import PlatformDispatch
import PlatformSite
import Storage
package import Telemetry

extension House {
  /// The dashboard of this house; `logs` has the newest lines of this process's log.
  ///
  /// - Throws: `ResourceError`, `HTTPServerError`: the installation is incomplete.
  package func dashboard(_ site: SiteSettings, logs: LogRing = LogRing()) throws -> Dashboard {
    let resources = try DashboardResources.load()
    return try Dashboard(dashboardEnvironment(site, logs: logs), resources)
  }

  /// What the dashboard stands on.
  ///
  /// - Throws: `ResourceError`: the installation is incomplete.
  package func dashboardEnvironment(_ site: SiteSettings, logs: LogRing = LogRing()) throws
    -> DashboardEnvironment
  {
    DashboardEnvironment(
      site: site, storage: storage, bus: bus, time: time, dispatcher: dispatcher, directory: directory,
      registry: registry, serving: serving, supervisor: supervisor, tokens: tokens, notices: notices,
      accounts: Accounts(store: storage.platform, sessions: sessions, tokens: apiTokens), sessions: sessions,
      apiTokens: apiTokens, signIns: SignInStore(store: storage.platform), status: statusBoard,
      legal: LegalPages(
        store: storage.platform, catalog: try LegalPages.catalog(),
        translations: try GuildLanguage.tags.dropFirst().map { try LegalPages.catalog(language: $0) }),
      desk: desk(logs), pulses: pulses,
      discord: discord, sandbox: sandbox, eraseGuild: { guild in try await self.erase(guild) })
  }

  private func desk(_ logs: LogRing) -> DeskParts {
    var desk = DeskParts(schedule: schedule, metrics: metricHistory)
    desk.version = settings.version
    desk.roles = settings.roles.names
    desk.fleet = fleet
    desk.logs = logs
    return desk
  }

  /// Samples the metrics for the desk until the task is cancelled.
  func sampleMetrics() async {
    while !Task.isCancelled {
      metricHistory.sample(at: time.now.milliseconds)
      do { try await time.sleep(for: Self.sampleInterval) } catch { return }
    }
  }

  static let sampleInterval = Duration.seconds(15)
  /// An hour of them.
  static let sampleCount = 240
  /// What the desk draws.
  static let sampledMetrics: Set<String> = [
    "dispatch_events_total", "dispatch_events_lost_total", "dispatch_failures_total", "dispatch_wait_seconds",
    "bus_lane_depth_entries", "bus_lane_age_seconds", "http_requests_total", "http_request_seconds",
    "discord_rest_requests_total", "discord_rest_rate_limited_total", "discord_rest_seconds",
    "discord_rest_waiting", "discord_gateway_events_total", "schedule_lateness_seconds",
    "schedule_failures_total", "process_resident_memory_bytes", "process_cpu_seconds_total",
    "process_open_fds", "process_start_time_seconds",
  ]
}
