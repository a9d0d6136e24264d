// What a guild can set about roles.

package import DiscordCore
package import PlatformSettings

/// What holders of a role may give and take by command.
package struct GivingLimit: SettingsRecord, Hashable {
  /// Whoever has this role …
  package var staff = RoleID(0)
  /// … gives and takes these roles, and no others.
  package var roles: [RoleID] = []

  package init() {}

  package init(staff: RoleID, roles: [RoleID]) { (self.staff, self.roles) = (staff, roles) }

  package static let fields = SettingsFields<GivingLimit>(
    .init("staff", \.staff, .role),
    .init("roles", \.roles, .unique(.role, 1...100)))
}

/// The settings of the plugin. Menus are no settings: they are made one by one, and live in the store.
package struct RolesSettings: PluginSettings, Hashable {
  /// Where changes of roles through the plugin are told.
  package var logChannel: ChannelID?
  /// Whether a member who comes back gets temporary roles again that have not ended.
  package var restoresOnReturn = true
  /// Whether a menu whose message was deleted is published again.
  package var republishesMissing = false
  /// Whether a reaction that is refused is taken away.
  package var clearsRefusedReactions = true
  /// Who may give what; whoever is in none of them is bound by their rank alone.
  package var limits: [GivingLimit] = []

  package init() {}

  package static let fields = SettingsFields<RolesSettings>(
    .init("logChannel", \.logChannel, .optional(.channel(0, 5, 11, 12))),
    .init("restoresOnReturn", \.restoresOnReturn, .toggle),
    .init("republishesMissing", \.republishesMissing, .toggle),
    .init("clearsRefusedReactions", \.clearsRefusedReactions, .toggle),
    .init("limits", \.limits, .list(.record(), 0...50)))

  /// Which of `wanted` somebody with these roles may not give or take; empty when nothing limits them.
  package func forbidden(_ wanted: some Sequence<RoleID>, to roles: [RoleID]) -> [RoleID] {
    let limits = limits.filter { roles.contains($0.staff) }
    guard !limits.isEmpty else { return [] }
    let allowed = Set(limits.flatMap(\.roles))
    return wanted.filter { !allowed.contains($0) }
  }
}
