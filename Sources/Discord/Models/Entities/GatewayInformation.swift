// What GET /gateway/bot answers.

package import JSON

/// How many sessions a bot may begin.
package struct SessionStartLimit: Hashable, Sendable {
  package var total: Int
  package var remaining: Int
  package var resetAfter: Duration
  /// How many shards may identify in 5 s.
  package var maxConcurrency: Int

  package init(total: Int, remaining: Int, resetAfter: Duration, maxConcurrency: Int) {
    (self.total, self.remaining, self.resetAfter, self.maxConcurrency) = (
      total, remaining, resetAfter, maxConcurrency
    )
  }
}

/// Where a bot's gateway is and how it may be used (https://discord.com/developers/docs/events/gateway#get-gateway-bot).
package struct GatewayInformation: WireDecodable, Hashable {
  /// `wss://…`, without version and encoding.
  package var url: String
  /// How many shards Discord recommends.
  package var shards: Int
  package var sessionStartLimit: SessionStartLimit

  package init(url: String, shards: Int, sessionStartLimit: SessionStartLimit) {
    (self.url, self.shards, self.sessionStartLimit) = (url, shards, sessionStartLimit)
  }

  /// From Discord's answer.
  ///
  /// - Throws: `.missingField`, `.typeMismatch`.
  package init(from json: JSONView) throws(JSONError) {
    url = try json.require("url").asString()
    shards = max(1, try json.require("shards").asInt())
    let limit = try json.require("session_start_limit")
    sessionStartLimit = SessionStartLimit(
      total: max(1, try limit.require("total").asInt()), remaining: try limit.require("remaining").asInt(),
      resetAfter: .milliseconds(try limit.require("reset_after").asInt64()),
      maxConcurrency: max(1, limit["max_concurrency"]?.int ?? 1))
  }
}
