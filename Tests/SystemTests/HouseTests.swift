// The house as it is put together: nothing forgotten, nothing twice.

import DiscordModels
import PlatformSettings
import PlatformCommands
import Assembly
import Glibc
import PlatformData
import PlatformDispatch
import PlatformPlugins
import Resources
import Storage
import Testing

@Suite struct HouseTests {
  private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

  @Test func `every plugin's folder is in the list, and every plugin of the list has a folder`() throws {
    var folders: Set<String> = []
    let directory = try #require(opendir("\(Self.root)/Sources/Plugins"))
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { folders.insert(name.lowercased()) }
    }
    #expect(folders == Set(builtInPlugins.dropFirst().map(\.id)))
  }

  @Test func `the plugins fit together`() throws {
    _ = try PluginCatalog(builtInPlugins)
  }

  @Test func `every sentence that the declarations name is in the catalogs`() throws {
    let catalog = try PluginCatalog(builtInPlugins)
    for unit in catalog.units {
      let strings = catalog.strings(of: unit.id, language: "en")
      var keys = ["plugin.name", "plugin.description"]
      for command in unit.commands {
        keys.append("command.\(command.declaration.name)")
        keys += command.declaration.options.map { "command.\(command.declaration.name).\($0.name)" }
      }
      keys += unit.menus.map { "menu.\($0.name)" }
      keys += unit.permissions.map(\.reason)
      keys += unit.pages.filter { !$0.id.isEmpty }.map { "page.\($0.id)" }
      keys += unit.settingsFields.map { "settings.\($0.name)" }
      let missing = keys.filter { strings.sentence($0) == nil }
      #expect(missing.isEmpty, "\(unit.id) lacks \(missing.joined(separator: ", "))")
    }
  }

  @Test func `Discord would take every command, in all languages at once`() async throws {
    let catalog = try PluginCatalog(builtInPlugins, languages: GuildLanguage.tags)
    let plan = RegistrationPlan(ofAll: catalog)
    #expect(plan.problems.isEmpty, "\(plan.problems)")
    let locales = Set(GuildLanguage.allCases.filter { $0 != .english }.flatMap(\.locales).map(\.rawValue))
    for definition in plan.definitions {
      let others =
        definition.kind == .chatInput ? definition.descriptionLocalizations : definition.nameLocalizations
      #expect(Set(others.keys) == locales, "\(definition.name)")
    }
  }
}
