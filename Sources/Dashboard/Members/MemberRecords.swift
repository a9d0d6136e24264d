// What plugins offer about members: cases to read, acts to take. Through capabilities, never by name of a plugin.

import DiscordCore
import PlatformDispatch
import PlatformPlugins

extension GuildVisit {
  /// Who keeps the cases of this guild; nil when no plugin does, or no bot serves the guild.
  ///
  /// - Throws: what the store throws.
  func caseHistory() async throws -> (any CaseHistory)? {
    let core = try await context(of: CorePlugin.id)
    return visit.house.dispatcher.capability(Capability<any CaseHistory>.caseHistory.name, in: core)
      as? any CaseHistory
  }
}
