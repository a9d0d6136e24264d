// How much a plugin asks for, and how much more than before: what is read before it is let in.

package import SandboxContract

/// The capabilities of a version, in the order in which a person should read them.
package struct GuestRisk: Hashable, Sendable {
  /// Dangerous ones first, then by name.
  package let capabilities: [GuestCapability]
  /// The highest tier among them; safe for a plugin that asks for nothing.
  package let tier: GuestCapability.Tier

  package init(_ capabilities: some Sequence<GuestCapability>) {
    self.capabilities = Set(capabilities).sorted {
      $0.tier == $1.tier ? $0 < $1 : $0.tier > $1.tier
    }
    tier = self.capabilities.first?.tier ?? .safe
  }
}

/// What a version asks for beyond another.
package struct GuestRiskChange: Hashable, Sendable {
  /// Dangerous ones first.
  package let added: [GuestCapability]
  package let removed: [GuestCapability]
  /// Domains that no earlier entry covers; sorted. A sub-domain of an earlier one is covered.
  package let addedDomains: [String]

  package init(from old: GuestManifest, to new: GuestManifest) {
    added = GuestRisk(Set(new.capabilities).subtracting(old.capabilities)).capabilities
    removed = GuestRisk(Set(old.capabilities).subtracting(new.capabilities)).capabilities
    addedDomains = new.domains.filter { domain in
      !old.domains.contains { domain == $0 || domain.hasSuffix("." + $0) }
    }.sorted()
  }

  /// Whether servers that have the old version must be asked before they get the new one.
  package var needsApproval: Bool { !added.isEmpty || !addedDomains.isEmpty }
}
