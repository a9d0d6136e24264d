// The routes about plugins: the list, settings, history, presets, previews, and the plugins' own pages.

import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformPlugins

/// Everything below `/g/{guild}/plugins`, and `/g/{guild}/{plugin}`.
enum PluginPages {
  static func addRoutes(to routes: inout DashboardRoutes) {
    let drafts = PreviewDrafts()
    routes.guild(.viewer, .get, "/plugins", name: "guild.plugins") { visit in
      try await PluginList.show(visit)
    }
    routes.guild(.manager, .post, "/plugins/{plugin}/switch", .text, name: "guild.plugin.switch") {
      try await PluginList.turn($0, $1)
    }
    routes.guild(.viewer, .get, "/plugins/{plugin}", .text, name: "guild.plugin") { visit, plugin in
      try PluginSettingsPage(try PluginPlace(visit, plugin)).show()
    }
    routes.guild(.manager, .post, "/plugins/{plugin}", .text, name: "guild.plugin.save") { visit, plugin in
      try await PluginSettingsPage(try PluginPlace(visit, plugin)).save()
    }
    routes.guild(.manager, .post, "/plugins/{plugin}/preview", .text, name: "guild.plugin.preview") {
      visit, plugin in
      try await PluginSettingsPage(try PluginPlace(visit, plugin)).preview(drafts)
    }
    routes.guild(.viewer, .get, "/plugins/{plugin}/history", .text, name: "guild.plugin.history") {
      visit, plugin in
      try await PluginHistoryPage(try PluginPlace(visit, plugin)).show()
    }
    routes.guild(.manager, .post, "/plugins/{plugin}/revert", .text, name: "guild.plugin.revert") {
      visit, plugin in
      try await PluginHistoryPage(try PluginPlace(visit, plugin)).revert()
    }
    routes.guild(
      .viewer, .get, "/plugins/{plugin}/presets/{preset}", .text, .text, name: "guild.plugin.preset"
    ) {
      visit, plugin, preset in
      try PluginPresetPage(try PluginPlace(visit, plugin), preset).show()
    }
    routes.guild(
      .manager, .post, "/plugins/{plugin}/presets/{preset}", .text, .text, name: "guild.plugin.preset.apply"
    ) { visit, plugin, preset in
      try await PluginPresetPage(try PluginPlace(visit, plugin), preset).apply()
    }
    routes.guild(.viewer, .get, "/{plugin}", .plugin, name: "guild.page.first") { visit, plugin in
      let place = try PluginPlace(visit, plugin)
      // A plugin need not have a page without a name: its first one stands for it.
      if let first = place.unit.pages.first(where: { $0.isListed }), !first.id.isEmpty {
        return .redirect(to: SafeURL.guild(visit.guild, plugin, first.id).description)
      }
      return try await PluginOwnPage(place, "", drafts).show()
    }
    routes.guild(.viewer, .get, "/{plugin}/{page}", .plugin, .text, name: "guild.page") {
      visit, plugin, page in
      try await PluginOwnPage(try PluginPlace(visit, plugin), page, drafts).show()
    }
    routes.guild(.viewer, .post, "/{plugin}/{page}", .plugin, .text, name: "guild.action") {
      visit, plugin, page in
      try await PluginOwnPage(try PluginPlace(visit, plugin), page, drafts).perform()
    }
  }
}

extension PathParameter where Value == String {
  /// A plugin's id.
  static var plugin: Self { Self(kind: "plugin") { PluginUnit.isID($0) ? $0 : nil } }
}
