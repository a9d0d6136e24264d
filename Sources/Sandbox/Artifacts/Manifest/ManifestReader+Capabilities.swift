// What a plugin may ask for: capabilities, domains, events.

import JSON
import SandboxContract

extension ManifestReader {
  private static let keys = [
    "capabilities_required", "capabilities_requested", "requested_capabilities", "capabilities",
  ]

  /// Names of old manifests that mean nothing any more (section 12.1).
  private static let legacy: Set<String> = [
    "events:member_join", "events:member_leave", "events:reaction_add", "events:reaction_remove", "kv:read",
    "kv:write", "discord:respond_to_interaction",
  ]

  /// Methods of these cannot be told from the sources, or they are asked for by other parts of the manifest.
  private static let unseen: Set<GuestCapability> = [.storageKV, .sql, .respond]

  /// All four keys together, with what the sources use and what the rest of the manifest implies.
  mutating func capabilities(of object: JSONObject, _ manifest: GuestManifest) -> [GuestCapability] {
    var declared: Set<GuestCapability> = []
    for key in Self.keys { declared.formUnion(self.declared(object[key], key)) }
    var all = declared
    for capability in scan.capabilities.sorted() where all.insert(capability).inserted {
      findings.warn(
        "capability_used_not_declared",
        "The sources use \(capability.rawValue), which the manifest does not ask for; it is asked for all the same.",
        path: Self.file)
    }
    if !manifest.commands.isEmpty { all.insert(.respond) }
    if !manifest.domains.isEmpty { all.insert(.http) }
    for capability in declared.sorted()
    where !Self.unseen.contains(capability) && CapabilityScan.detectable.contains(capability)
      && !scan.capabilities.contains(capability)
    {
      findings.warn(
        "capability_declared_not_used",
        "The manifest asks for \(capability.rawValue), and the sources do not seem to use it.",
        path: Self.file)
    }
    return all.sorted()
  }

  private mutating func declared(_ value: JSONValue?, _ key: String) -> Set<GuestCapability> {
    guard let value, !value.isNull else { return [] }
    guard let items = value.array else {
      findings.error("capabilities_not_list", "\"\(key)\" must be a list.", path: Self.file)
      return []
    }
    var found: Set<GuestCapability> = []
    for item in items.prefix(200) {
      guard let text = item.string?.trimmed, text.contains(":"), text.utf8.count <= 100 else {
        findings.error(
          "capability_malformed", "\"\(key)\" has an entry that is not written as namespace:action.",
          path: Self.file)
        continue
      }
      if let capability = GuestCapability(rawValue: text) {
        found.insert(capability)
      } else if !Self.legacy.contains(text) {
        findings.warn(
          "capability_unknown",
          "There is no capability \(ArtifactFinding.quoted(text, 64)); it has no effect.",
          path: Self.file)
      }
    }
    return found
  }

  /// Bare hosts, in lower case, each once.
  mutating func domains(of object: JSONObject) -> [String] {
    var domains: Set<String> = []
    for key in ["proxy_domains_requested", "proxy_domains"] {
      guard let value = object[key], !value.isNull else { continue }
      guard let items = value.array else {
        findings.error("proxy_domains_not_list", "\"\(key)\" must be a list of hosts.", path: Self.file)
        continue
      }
      for item in items {
        guard let text = item.string, let host = Self.host(text.trimmed) else {
          let shown = item.string.map { ArtifactFinding.quoted($0, 80) } ?? "an entry"
          findings.error(
            "proxy_domain_invalid",
            "\"\(key)\": \(shown) is no host such as api.example.com, without https:// and without a path.",
            path: Self.file)
          continue
        }
        domains.insert(host)
      }
    }
    if domains.count > 50 {
      findings.error("proxy_domains_too_many", "A plugin may ask for at most 50 domains.", path: Self.file)
    }
    return Array(domains.sorted().prefix(50))
  }

  /// A host name of two labels or more; no address, no port, no scheme.
  static func host(_ text: String) -> String? {
    // Sub-domains are covered anyway, so a star before the name says nothing more.
    let bare = (text.hasPrefix("*.") ? String(text.dropFirst(2)) : text).lowercased()
    guard (4...253).contains(bare.utf8.count) else { return nil }
    let labels = bare.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, let top = labels.last, top.utf8.contains(where: { (97...122).contains($0) })
    else {
      return nil
    }
    let isName = labels.allSatisfy { label in
      (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
        && label.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }
    let isLocal = ["localhost", "local", "internal", "localdomain", "home", "lan", "arpa"].contains(top)
    return isName && !isLocal && !top.hasPrefix("0x") ? bare : nil
  }

  /// nil when some name cannot be told; all events are sent then.
  func events(_ manifest: GuestManifest) -> Set<String>? {
    if scan.hasDynamicEvents { return nil }
    var events = scan.events
    if scan.usesInteractions || !manifest.commands.isEmpty { events.insert("interaction_create") }
    if !manifest.cron.isEmpty { events.insert("cron") }
    return events
  }
}
