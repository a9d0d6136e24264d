// A manifest and grants as they lie in the store: what was read of a zip is not read again at every start.

package import JSON
package import SandboxContract

extension GuestManifest {
  /// As a document.
  var document: JSONValue {
    var object = JSONObject()
    object["id"] = .string(id)
    object["name"] = .string(name)
    object["version"] = .string(version)
    object["description"] = .string(description)
    object["author"] = .string(author)
    object["homepage"] = .string(homepage)
    object["icon"] = .string(icon)
    object["tags"] = .array(tags.map { .string($0) })
    object["capabilities"] = .array(capabilities.map { .string($0.rawValue) })
    object["commands"] = .array(
      commands.map { command in
        var entry = JSONObject()
        entry["name"] = .string(command.name)
        entry["definition"] = .object(command.definition)
        if let defers = command.defersOnDispatch { entry["defers"] = .bool(defers) }
        return .object(entry)
      })
    object["cron"] = .array(cron.map { ["name": .string($0.name), "spec": .string($0.spec)] })
    object["domains"] = .array(domains.map { .string($0) })
    if let events { object["events"] = .array(events.sorted().map { .string($0) }) }
    if let dashboard { object["dashboard"] = .object(dashboard) }
    object["requirements"] = .array(requirements.map { .string($0) })
    return .object(object)
  }

  /// nil for a document that this version does not know.
  init?(document: JSONValue) {
    guard let id = document["id"]?.string, let name = document["name"]?.string,
      let version = document["version"]?.string
    else { return nil }
    self.init(id: id, name: name, version: version)
    description = document["description"]?.string ?? ""
    author = document["author"]?.string ?? ""
    homepage = document["homepage"]?.string ?? ""
    icon = document["icon"]?.string ?? ""
    tags = document.strings("tags")
    capabilities = document.strings("capabilities").compactMap { GuestCapability(rawValue: $0) }
    commands = (document["commands"]?.array ?? []).compactMap { entry in
      guard let name = entry["name"]?.string, let definition = entry["definition"]?.object else { return nil }
      return Command(name: name, definition: definition, defersOnDispatch: entry["defers"]?.bool)
    }
    cron = (document["cron"]?.array ?? []).compactMap { entry in
      guard let name = entry["name"]?.string, let spec = entry["spec"]?.string else { return nil }
      return CronEntry(name: name, spec: spec)
    }
    domains = document.strings("domains")
    events = document["events"].map { _ in Set(document.strings("events")) }
    dashboard = document["dashboard"]?.object
    requirements = document.strings("requirements")
  }
}

extension GuestGrants {
  /// As a document: for the store and for the audit log.
  package var document: JSONValue {
    [
      "capabilities": .array(capabilities.sorted().map { .string($0.rawValue) }),
      "domains": .array(domains.sorted().map { .string($0) }),
      "privacy": .string(privacy.rawValue),
      "dangerous_roles": .bool(allowsDangerousRoles),
    ]
  }

  /// What is not understood is not granted.
  init(document: JSONValue) {
    self.init(
      capabilities: Set(document.strings("capabilities").compactMap { GuestCapability(rawValue: $0) }),
      domains: document.strings("domains"),
      privacy: document["privacy"]?.string.flatMap { GuestPrivacy(rawValue: $0) } ?? .metadata,
      allowsDangerousRoles: document["dangerous_roles"]?.bool ?? false)
  }
}

extension JSONValue {
  /// The strings of a list; empty where there is none.
  fileprivate func strings(_ key: String) -> [String] { self[key]?.array?.compactMap(\.string) ?? [] }
}
