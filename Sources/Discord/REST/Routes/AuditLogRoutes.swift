// The route of https://discord.com/developers/docs/resources/audit-log.

package import DiscordCore
package import DiscordModels
import HTTPTypes
import JSON

extension Endpoint where Response == AuditLog {
  /// What was done in a guild in the last 45 days, newest first; 50 unless said, at most 100.
  package static func getAuditLog(
    of guild: GuildID, user: UserID? = nil, target: String? = nil, action: AuditLogAction? = nil,
    _ page: Page<AuditLogEntryID> = .first, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/audit-logs", guild)
      .query("user_id", user).query("target_id", target).query("action_type", action?.rawValue)
      .page(page, limit: limit).needing(.viewAuditLog)
  }
}
