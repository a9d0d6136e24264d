// What Discord allows at most.

/// Limits of Discord on actions against members.
package enum SanctionLimits {
  /// https://discord.com/developers/docs/resources/guild#modify-guild-member: `communication_disabled_until` lies up
  /// to 28 days ahead.
  package static let longestTimeout = Duration.seconds(28 * 86_400)
  /// https://discord.com/developers/docs/resources/guild#create-guild-ban: `delete_message_seconds`.
  package static let longestDeletion = Duration.seconds(604_800)
  /// Characters of an audit log reason, as Discord takes them.
  package static let reasonLength = 512
}
