// Giving people on the stage access.

import Assembly
import DiscordCore
import EventLoop
import PlatformAccess
import PlatformCommands
import PlatformPlugins
import PlatformSettings
import Storage

extension DashboardStage {
  /// Lets somebody look at the server's pages.
  func allow(_ user: UserID, _ role: AccessRole = .viewer) async throws {
    _ = try await AccessStore(store).grant(AccessGrant(.user(user), role), by: owner, at: time.now)
  }
}
