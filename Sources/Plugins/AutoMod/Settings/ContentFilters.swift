// Filters that look at what a message brings: scams, links, invites, files.

package import PlatformSettings

/// Links and lures of known frauds.
package struct ScamFilter: FilterSettings {
  package var isOn = true
  /// Whether the operator's list counts.
  package var usesSharedList = true
  /// Domains that this server knows to be frauds, their subdomains with them.
  package var domains: [String] = []
  /// Whether names that imitate Discord, Steam and the like count ("dlscord-nitro.com").
  package var catchesImitations = true
  /// Whether a lure ("free nitro") together with any link outside the allowed ones counts.
  package var catchesLures = true
  package var response = FilterResponse(
    [.log, .delete, .timeout], timeout: .seconds(3_600), points: 3, tellsMember: true)

  package init() {}

  package static let fields = SettingsFields<ScamFilter>(
    .init("isOn", \.isOn, .toggle),
    .init("usesSharedList", \.usesSharedList, .toggle),
    .init("domains", \.domains, .unique(.domain, 0...SettingsBounds.domains)),
    .init("catchesImitations", \.catchesImitations, .toggle),
    .init("catchesLures", \.catchesLures, .toggle),
    .init("response", \.response, .record()))

  package func check(at path: SettingsPath, _ problems: inout [SettingsProblem]) {
    problems.checkDomains(domains, at: path.field("domains"))
  }
}

/// Which links are meant.
package enum LinkPolicy: String, CaseIterable, Sendable {
  /// The denied domains alone.
  case denied
  /// All but the allowed domains.
  case allButAllowed
}

/// Links.
package struct LinkFilter: FilterSettings {
  package var isOn = false
  package var policy = LinkPolicy.allButAllowed
  /// A domain stands for its subdomains too.
  package var allowed: [String] = []
  package var denied: [String] = []
  package var response = FilterResponse([.delete], tellsMember: true)

  package init() {}

  package static let fields = SettingsFields<LinkFilter>(
    .init("isOn", \.isOn, .toggle),
    .init("policy", \.policy, .choice),
    .init(
      "allowed", \.allowed, .unique(.domain, 0...SettingsBounds.domains),
      when: SettingsCondition("policy", is: LinkPolicy.allButAllowed.rawValue)),
    .init("denied", \.denied, .unique(.domain, 0...SettingsBounds.domains)),
    .init("response", \.response, .record()))

  package func check(at path: SettingsPath, _ problems: inout [SettingsProblem]) {
    problems.checkDomains(allowed, at: path.field("allowed"))
    problems.checkDomains(denied, at: path.field("denied"))
  }
}

/// Invites to other servers.
package struct InviteFilter: FilterSettings {
  package var isOn = true
  /// Whether invites to this very server pass.
  package var allowsOwn = true
  /// Codes that pass, without `discord.gg/`.
  package var allowed: [String] = []
  package var response = FilterResponse([.log, .delete], points: 1, tellsMember: true)

  package init() {}

  package static let fields = SettingsFields<InviteFilter>(
    .init("isOn", \.isOn, .toggle),
    .init("allowsOwn", \.allowsOwn, .toggle),
    .init("allowed", \.allowed, .unique(.text(2...100), 0...1_000)),
    .init("response", \.response, .record()))
}

/// Files.
package struct AttachmentFilter: FilterSettings {
  package var isOn = true
  /// Ends of file names that are refused, without the dot; `exe` refuses `a.exe` and `a.png.exe`.
  package var refused = [
    "exe", "scr", "bat", "cmd", "com", "msi", "ps1", "vbs", "vbe", "wsf", "hta", "jar", "lnk", "pif", "reg",
  ]
  /// When any stand here, every other end is refused.
  package var onlyAllowed: [String] = []
  /// More than so many files and stickers in one message; Discord allows ten files.
  package var maximumCount = 10
  package var response = FilterResponse([.log, .delete], tellsMember: true)

  package init() {}

  package static let fields = SettingsFields<AttachmentFilter>(
    .init("isOn", \.isOn, .toggle),
    .init("refused", \.refused, .unique(.text(1...20), 0...500)),
    .init("onlyAllowed", \.onlyAllowed, .unique(.text(1...20), 0...500)),
    .init("maximumCount", \.maximumCount, .integer(1...20)),
    .init("response", \.response, .record()))
}

extension [SettingsProblem] {
  /// Notes what is no domain, such as a whole address.
  mutating func checkDomains(_ domains: [String], at path: SettingsPath) {
    for (index, domain) in domains.enumerated() where HostName(setting: domain) == nil {
      append(SettingsProblem(path.element(index), .rule, ["rule": "problem.noDomain"]))
    }
  }
}
