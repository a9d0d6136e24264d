// Settings that somebody is typing, kept for the pictures of their preview.

import DiscordCore
import PlatformPlugins
import PlatformSettings
import Synchronization
import Vault

/// The last previews, by a name that cannot be guessed. In this process only, and gone with it: a picture of a draft that
/// is not found is drawn from what is stored.
final class PreviewDrafts: Sendable {
  /// The field of addresses that names a draft.
  static let field = "draft"
  /// Of drafts that are kept; the oldest go first.
  private static let bound = 500

  private struct Draft {
    let guild: GuildID
    let plugin: String
    let user: UserID
    let settings: any PluginSettings
  }

  private struct State {
    var drafts: [String: Draft] = [:]
    var order: [String] = []
  }

  private let state = Mutex(State())

  /// Keeps settings and names them.
  func keep(_ settings: any PluginSettings, _ place: PluginPlace) -> String {
    let name = Base64URL.encode(SecureRandom.bytes(18))
    let draft = Draft(
      guild: place.visit.guild, plugin: place.unit.id, user: place.visit.user, settings: settings)
    state.withLock { state in
      state.drafts[name] = draft
      state.order.append(name)
      if state.order.count > Self.bound { state.drafts[state.order.removeFirst()] = nil }
    }
    return name
  }

  /// The settings of that name; nil when they are gone, or somebody else's.
  func settings(_ name: String, _ place: PluginPlace) -> (any PluginSettings)? {
    guard let draft = state.withLock({ $0.drafts[name] }), draft.guild == place.visit.guild,
      draft.plugin == place.unit.id, draft.user == place.visit.user
    else { return nil }
    return draft.settings
  }
}
