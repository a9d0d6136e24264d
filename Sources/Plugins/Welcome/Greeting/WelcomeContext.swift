// What the handlers of the plugin ask of their context again and again.

import PlatformConfiguration
import DiscordBot
import DiscordCore
import EventLoop
import PlatformPlugins
import Resources

typealias WelcomeContext = PluginContext<Welcome>

extension WelcomeContext {
  /// What time it is, however long the handler has been running.
  var clock: Timestamp { core.host.time.now }
  /// The same, for measuring.
  var uptime: Duration { core.host.time.uptime }
  var rows: WelcomeStore { WelcomeStore(store) }
  /// Whether the guild has the plugin on: timers fire all the same.
  var isOn: Bool { core.configuration.isEnabled(Welcome.id) }

  /// The guild as templates show it.
  var server: TemplateValues.Server {
    TemplateValues.Server(
      name: bot.info?.name ?? "", members: bot.info?.memberCount ?? 0, tier: bot.info?.premiumTier ?? 0)
  }

  /// The message for somebody, to be composed.
  func greeting(_ occasion: Occasion, of guest: Guest, cause: String) -> GreetingMessage {
    GreetingMessage(occasion, of: guest, in: server, cause: cause, strings: strings)
  }

  /// Files that something was not done for want of permission, and tells the owners.
  func lacks(_ key: String, _ parameters: [String: String]) async {
    why(.missingPermission, key, parameters)
    await notify(.warning, key, parameters)
  }
}
