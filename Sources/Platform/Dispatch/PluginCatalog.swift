// All plugins of this program, checked against each other once, at start.

package import DiscordGateway
import PlatformCommands
package import PlatformConfiguration
package import PlatformPlugins
package import Resources
package import Storage

/// Why a set of plugins cannot start: a mistake of ours or of an operator, in a sentence.
package struct CatalogError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String
}

/// The plugins, and what is found by name among them. Built-in and sandboxed ones are the same here.
package struct PluginCatalog: Sendable {
  /// In the order in which they get events.
  package let units: [PluginUnit]
  /// The languages that there are catalogs in, English first.
  package let languages: [String]
  private let byID: [String: PluginUnit]
  /// First words of the commands of all plugins.
  package let roots: Set<String>
  private let commands: [String: PluginCommand]
  private let menusByTitle: [String: PluginMenu]
  private let providers: [String: PluginUnit]
  private let catalogs: [String: [String: StringCatalog]]

  /// - Parameters:
  ///   - units: what there is; the core's comes first.
  ///   - languages: of the catalogs, English first.
  /// - Throws: `CatalogError`; `ResourceError` when a catalog is missing or damaged.
  package init(_ units: [PluginUnit], languages: [String] = ["en"]) throws {
    (self.units, self.languages) = (units, languages)
    var byID: [String: PluginUnit] = [:]
    var commands: [String: PluginCommand] = [:]
    var menus: [String: PluginMenu] = [:]
    var providers: [String: PluginUnit] = [:]
    for unit in units {
      guard byID.updateValue(unit, forKey: unit.id) == nil else {
        throw CatalogError(description: "two plugins are called \(unit.id)")
      }
      for command in unit.commands {
        for name in [command.declaration.name] + command.declaration.aliases {
          if let other = commands.updateValue(command, forKey: name) {
            throw CatalogError(
              description: "\(other.plugin) and \(command.plugin) both have a command called '\(name)'")
          }
        }
      }
      for menu in unit.menus where menus.updateValue(menu, forKey: menu.name) != nil {
        throw CatalogError(description: "two menu entries are called \(menu.name)")
      }
      for name in unit.provided.keys {
        if let other = providers.updateValue(unit, forKey: name) {
          throw CatalogError(description: "\(other.id) and \(unit.id) both provide \(name)")
        }
      }
    }
    for unit in units {
      for name in unit.required.sorted() where providers[name] == nil {
        throw CatalogError(description: "\(unit.id) needs \(name), which no plugin provides")
      }
    }
    (self.byID, self.commands, self.providers) = (byID, commands, providers)
    roots = Set(commands.values.map { $0.declaration.path[0] })
    catalogs = try Self.load(units, languages)
    var byTitle: [String: PluginMenu] = [:]
    for menu in menus.values {
      for catalog in (catalogs[menu.plugin] ?? [:]).values {
        byTitle[catalog[dynamic: "menu.\(menu.name)"]] = menu
      }
    }
    menusByTitle = byTitle
  }

  private static func load(_ units: [PluginUnit], _ languages: [String]) throws
    -> [String: [String: StringCatalog]]
  {
    var catalogs: [String: [String: StringCatalog]] = [:]
    for unit in units {
      guard let target = unit.stringsTarget else {
        catalogs[unit.id] = ["en": StringCatalog(language: "en", sentences: [:])]
        continue
      }
      let folder = try ResourceFolder(of: target)
      let english = try folder.catalog(language: "en")
      var all = ["en": english]
      for language in languages where language != "en" {
        // Not every plugin speaks every language: English stands in.
        all[language] = try translated(folder, language)?.completed(by: english) ?? english
      }
      catalogs[unit.id] = all
    }
    return catalogs
  }

  /// nil when there is no such catalog.
  private static func translated(_ folder: ResourceFolder, _ language: String) throws -> StringCatalog? {
    do {
      return try folder.catalog(language: language)
    } catch {
      guard error.code == .unreadable else { throw error }
      return nil
    }
  }

  /// The plugin of that id.
  package subscript(_ id: String) -> PluginUnit? { byID[id] }

  /// The command of that name or alias.
  package func command(_ name: String) -> PluginCommand? { commands[name] }

  /// All entries of context menus.
  package var allMenus: [PluginMenu] { units.flatMap(\.menus) }

  /// The entry of a context menu that people see under that title, in any language.
  package func menu(titled title: String) -> PluginMenu? { menusByTitle[title] }

  /// Who provides a capability.
  package func provider(of capability: String) -> PluginUnit? { providers[capability] }

  /// A plugin's sentences; English when the language is not there.
  package func strings(of plugin: String, language: String) -> StringCatalog {
    catalogs[plugin]?[language] ?? catalogs[plugin]?["en"]
      ?? StringCatalog(language: language, sentences: [:])
  }

  /// The settings types of all plugins.
  package var configurationRegistry: ConfigurationRegistry {
    var registry = ConfigurationRegistry()
    for unit in units { unit.registerSettings(&registry) }
    return registry
  }

  /// The owners of tables in a guild's store.
  package var guildTables: [SchemaOwner] { units.compactMap(\.tables) }

  /// What a bot must be told of for all plugins to work.
  package var intents: Intents {
    units.reduce(into: Intents.guilds) { $0.formUnion($1.allIntents) }
  }
}
