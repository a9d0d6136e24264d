// What a newcomer finds in the simulated Discord: a server where the plugins are on.

import PlatformPlugins
import PlatformDispatch
import PlatformAudit
import Assembly
import AutoModPlugin
import DiscordCore
import EventLoop
import ModerationPlugin
import PlatformConfiguration
import PlatformTenancy
import Simulator
import SimulatorWorld
import Storage
import WelcomePlugin

/// Sets up the demo's largest server, the first time: everything built-in on, greetings and mod log in their channels.
/// A server that somebody has set up in any way stays as it is.
enum Demo {
  private struct Place: Sendable {
    let guild: GuildID
    let welcome: ChannelID?
    let log: ChannelID?
  }

  static func prepare(_ simulation: Simulation, _ house: House) async throws {
    let place = await simulation.simulator.withWorld { world -> Place? in
      guard let guild = world.guilds.values.max(by: { ($0.members.count, $1.id) < ($1.members.count, $0.id) })
      else { return nil }
      func channel(_ name: String) -> ChannelID? { guild.channels.first { world.channels[$0]?.name == name } }
      return Place(guild: guild.id, welcome: channel("welcome"), log: channel("mod-log"))
    }
    guard let place else { return }
    let tenant = Tenant(place.guild)
    guard try await house.configurations.current(tenant).revision == 0 else { return }
    let origin = ChangeOrigin(.operator, at: house.time.now)
    for unit in house.catalog.units where !unit.isAlwaysOn {
      try await house.configurations.setEnabled(true, plugin: unit.id, in: tenant, by: origin)
    }
    try await house.configurations.update(
      ModerationSettings.self, plugin: Moderation.id, in: tenant, by: origin
    ) {
      $0.logChannel = place.log
      $0.reportChannel = place.log
      var step = LadderStep()
      step.measure = .warnings
      step.threshold = 3
      step.action = .timeout
      step.duration = .seconds(600)
      $0.ladder = [step]
    }
    // Warnings instead of time-outs at once, so that one sees the ladder at work.
    try await house.configurations.update(AutoModSettings.self, plugin: AutoMod.id, in: tenant, by: origin) {
      $0.scams.response = FilterResponse([.log, .delete, .warn], points: 1, tellsMember: true)
      $0.spam.response = FilterResponse([.log, .delete, .warn], points: 1)
    }
    try await house.configurations.update(WelcomeSettings.self, plugin: Welcome.id, in: tenant, by: origin) {
      $0.join.isOn = true
      $0.join.channel = place.welcome
      $0.join.hasCard = true
    }
  }
}
