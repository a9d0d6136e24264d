// The door to Discord's REST API for one bot.

package import DiscordCore
package import DiscordLimits
internal import DiscordModels
internal import HTTPClient
internal import JSON

/// Sends endpoints of one bot. Every call goes through the bot's one egress.
package final class RESTClient: Sendable {
  /// Sends the call and reads its answer.
  ///
  /// - Parameters:
  ///   - priority: instead of the endpoint's.
  ///   - guild: whose call it is, when the endpoint does not say.
  ///   - deadline: for waiting and sending together, instead of the endpoint's.
  /// - Throws: `RESTError`; `.cancelled` when the task is cancelled, and the call is taken out of its queue.
  package func send<Response>(
    _ endpoint: Endpoint<Response>, priority: EgressPriority? = nil, guild: GuildID? = nil,
    deadline: Duration? = nil
  ) async throws(RESTError) -> Response {
    throw RESTError(.closed, kind: .bug, route: endpoint.call.route)
  }
}
