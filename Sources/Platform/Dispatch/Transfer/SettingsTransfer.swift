// Settings on their way out of a guild and in again: one document, all of it or nothing.

package import JSON
package import PlatformConfiguration
package import PlatformPlugins
package import PlatformSettings
import PlatformTenancy
package import Storage

/// Why a document is not taken. Nothing of it was.
package enum TransferProblem: Error, Hashable, Sendable {
  /// It is no document of an export: it does not say which plugin a part is of.
  case notAnExport
  /// It says nothing about that plugin.
  case nothingAbout(String)
  /// It says two things about that plugin.
  case twice(String)
  /// There is no such plugin here.
  case noSuchPlugin(String)
  /// What it says about the plugin does not fit.
  case invalid(plugin: String, SettingsProblems)
}

/// What an import would change.
package struct TransferPlan: Sendable {
  /// One plugin in it.
  package struct Part: Sendable {
    package let unit: PluginUnit
    /// All its settings as they would be.
    package let settings: JSONValue
    /// nil leaves it as it is.
    package let isEnabled: Bool?
    package let wasEnabled: Bool
    /// What differs from what is stored.
    package let changes: [SettingsChange]
    /// What it was compared with.
    package let revision: Int64

    /// Whether anything would change.
    package var isEmpty: Bool { changes.isEmpty && (isEnabled ?? wasEnabled) == wasEnabled }
  }

  /// In the order of the document.
  package let parts: [Part]
}

/// Exports and imports the settings of a guild: for the command line, the dashboard and the API alike.
package struct SettingsTransfer: Sendable {
  private let catalog: PluginCatalog
  private let configurations: Configuration

  package init(_ catalog: PluginCatalog, _ configurations: Configuration) {
    (self.catalog, self.configurations) = (catalog, configurations)
  }

  /// The document of a plugin's settings, or of all plugins' with whether each is on. The same settings make the same
  /// bytes.
  ///
  /// - Throws: `TransferProblem.noSuchPlugin`, what the store throws.
  package func export(_ plugin: String?, of guild: Tenant) async throws -> JSONValue {
    let configuration = try await configurations.current(guild)
    if let plugin {
      let unit = try unit(plugin)
      return configuration.anySettings(of: unit.id)?.exported(plugin: unit.id) ?? .null
    }
    let documents = catalog.units.compactMap { unit -> JSONValue? in
      guard var object = configuration.anySettings(of: unit.id)?.exported(plugin: unit.id).object else {
        return nil
      }
      object["enabled"] = .bool(unit.isAlwaysOn || configuration.isEnabled(unit.id))
      return .object(object)
    }
    return [
      "format": "guildhall.settings", "guild": .string("\(guild.guild)"), "plugins": .array(documents),
    ]
  }

  /// Looks at a document, all of it, and changes nothing.
  ///
  /// - Parameters:
  ///   - document: of `export`, of all plugins or of one; of this version or an older one.
  ///   - plugin: takes this plugin's part alone; nil takes all.
  ///   - guild: whose settings it is compared with; it may come from another guild.
  /// - Returns: the difference; nothing is stored yet.
  /// - Throws: `TransferProblem`, what the store throws.
  package func plan(_ document: JSONValue, only plugin: String? = nil, in guild: Tenant) async throws
    -> TransferPlan
  {
    let configuration = try await configurations.current(guild)
    var parts: [TransferPlan.Part] = []
    var seen: Set<String> = []
    for document in try documents(of: document, only: plugin) {
      guard let id = document["plugin"]?.string else { throw TransferProblem.notAnExport }
      let unit = try unit(id)
      guard seen.insert(unit.id).inserted else { throw TransferProblem.twice(unit.id) }
      guard let present = configuration.anySettings(of: unit.id) else { continue }
      let settings: JSONValue
      do throws(SettingsProblems) { settings = try present.importing(document, plugin: unit.id) } catch {
        throw TransferProblem.invalid(plugin: unit.id, error)
      }
      parts.append(
        TransferPlan.Part(
          unit: unit, settings: settings, isEnabled: unit.isAlwaysOn ? nil : document["enabled"]?.bool,
          wasEnabled: unit.isAlwaysOn || configuration.isEnabled(unit.id),
          changes: SettingsDifference.between(present.document, settings, unit.settingsFields),
          revision: configuration.revision(of: unit.id)))
    }
    return TransferPlan(parts: parts)
  }

  /// Does what the plan says, in one transaction. What was changed since the plan was made is in the way.
  ///
  /// - Returns: the ids of the plugins that changed; each is to be settled.
  /// - Throws: `ConfigurationError.conflict`, what the store throws.
  package func apply(_ plan: TransferPlan, in guild: Tenant, by origin: ChangeOrigin) async throws -> [String]
  {
    let parts = plan.parts.filter { !$0.isEmpty }
    try await configurations.change(
      parts.map {
        ConfigurationPart(
          plugin: $0.unit.id, document: $0.settings, isEnabled: $0.isEnabled, expected: $0.revision)
      }, in: guild, by: origin)
    return parts.map(\.unit.id)
  }

  private func unit(_ name: String) throws(TransferProblem) -> PluginUnit {
    guard let unit = catalog[name.lowercased()] else {
      throw TransferProblem.noSuchPlugin(String(name.prefix(40)))
    }
    return unit
  }

  private func documents(of document: JSONValue, only plugin: String?) throws(TransferProblem) -> [JSONValue]
  {
    guard document.object != nil else { throw .notAnExport }
    let all = document["plugins"]?.array ?? [document]
    guard !all.isEmpty, all.count <= 1_000 else { throw .notAnExport }
    guard let plugin else { return all }
    let own = all.filter { $0["plugin"]?.string == plugin.lowercased() }
    guard !own.isEmpty else { throw .nothingAbout(plugin) }
    return own
  }
}

extension PluginSettings {
  /// The settings of an exported document of the same plugin, complete.
  fileprivate func importing(_ document: JSONValue, plugin: String) throws(SettingsProblems) -> JSONValue {
    try Self.imported(document, plugin: plugin).document
  }
}
