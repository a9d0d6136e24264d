// The moderation plugin: acting on members with numbered cases, and keeping order in channels.

package import PlatformPlugins

/// Warnings, time-outs, kicks, bans and quarantine with cases, notices, a mod log and an escalation ladder; purges,
/// lockdowns, reports, appeals and mass actions.
package enum Moderation: Plugin {
  package static let id = "moderation"
  package typealias Settings = ModerationSettings

  package static func declare(_ plugin: inout PluginDeclaration<Self>) {
    plugin.strings = "ModerationPlugin"
    plugin.category = .protection
    plugin.tables(Migrations.owner)
    declareSanctions(&plugin)
    declareOperations(&plugin)
  }
}
