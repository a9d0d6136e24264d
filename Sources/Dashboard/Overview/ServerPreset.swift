// What a new server may begin with: plugins that go together, and a few settings for the kind of server it is.

import PlatformDispatch
import PlatformPlugins

/// A kind of server, and what is switched on for it. A beginning, which can be changed at any time.
enum ServerPreset: String, CaseIterable, Sendable {
  case community, gaming, support, quiet

  /// A setting that differs from the plugin's own default, as a person would type it.
  struct Setting: Sendable {
    let plugin: String
    let path: String
    let value: String
  }

  /// Ids of the plugins it switches on.
  var plugins: [String] {
    switch self {
    case .community, .gaming: ["moderation", "automod", "roles", "welcome"]
    case .support: ["moderation", "automod", "roles"]
    case .quiet: ["moderation", "automod"]
    }
  }

  /// Where it departs from the plugins' defaults.
  var settings: [Setting] {
    switch self {
    case .community: []
    case .gaming:
      // Fast talk and many mentions are no spam among people who play.
      [
        Setting(plugin: "automod", path: "spam.messages", value: "10"),
        Setting(plugin: "automod", path: "mentions.maximum", value: "10"),
      ]
    case .support:
      // People paste logs and ping helpers; links to other servers are advertising.
      [Setting(plugin: "automod", path: "mentions.maximum", value: "8")]
    case .quiet:
      [
        Setting(plugin: "automod", path: "spam.messages", value: "5"),
        Setting(plugin: "automod", path: "raid.members", value: "4"),
      ]
    }
  }

  /// Those of its plugins that this program has.
  func units(of catalog: PluginCatalog) -> [PluginUnit] { plugins.compactMap { catalog[$0] } }
}
