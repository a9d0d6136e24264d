// An entry of the audit log in words.

import DiscordCore
import PlatformAudit
import PlatformDispatch
import Resources

/// Makes sentences of entries. What a plugin records, its own catalog says: `audit.<verb>`.
struct AuditWords {
  let strings: StringCatalog
  let catalog: PluginCatalog
  let names: GuildNames

  /// What was done, as the end of a sentence that begins with who did it.
  func deed(_ entry: AuditEntry) -> String {
    let values = ["target": target(entry), "action": entry.action]
    let key = "audit.does.\(entry.action)"
    if strings.sentence(key) != nil { return strings(dynamic: key, values) }
    if let (plugin, verb) = plugin(entry) {
      let own = catalog.strings(of: plugin, language: strings.language)
      if own.sentence("audit.\(verb)") != nil { return own(dynamic: "audit.\(verb)", values) }
    }
    return strings(dynamic: entry.target.isEmpty ? "audit.other" : "audit.otherTo", values)
  }

  /// Who did it, when it was no person.
  func actor(_ actor: AuditEntry.Actor) -> String? {
    switch actor {
    case .user: nil
    case .operator: strings["audit.operator"]
    case .system: strings["audit.system"]
    }
  }

  /// Who did it: a name, or the id of whoever is not known.
  func who(_ actor: AuditEntry.Actor) -> String {
    guard case .user(let user) = actor else { return self.actor(actor) ?? "" }
    return names.name(user) ?? "\(user)"
  }

  /// To whom or what: a plugin, a person, a role, a channel, or what stands there.
  func target(_ entry: AuditEntry) -> String {
    let text = entry.target
    if catalog[text] != nil {
      return catalog.strings(of: text, language: strings.language).sentence("plugin.name") ?? text
    }
    // `user:7` and `role:8`, of grants.
    let id = text.split(separator: ":", maxSplits: 1).last.map(String.init) ?? text
    guard (15...20).contains(id.utf8.count), let number = UInt64(id), let name = names.anything(number) else {
      return text
    }
    return name
  }

  private func plugin(_ entry: AuditEntry) -> (plugin: String, verb: String)? {
    let parts = entry.action.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, catalog[String(parts[0])] != nil else { return nil }
    return (String(parts[0]), String(parts[1]))
  }
}
