// The door to Discord's REST API for one bot.

package import DiscordCore
package import DiscordLimits
internal import DiscordModels
package import EventLoop
package import HTTPClient
internal import JSON
package import Telemetry
package import Vault

/// Sends endpoints of one bot. Every call goes through the bot's one egress, which waits for limits, keeps classes and
/// guilds apart, and repeats what may be repeated.
///
/// ```swift
/// let rest = RESTClient(loop: loop, http: http, token: token)
/// let message = try await rest.send(.createMessage(in: channel, content), priority: .moderation)
/// ```
package final class RESTClient: Sendable {
  /// Settings of a bot's door.
  package struct Configuration: Sendable {
    /// Of the API, version included, without a slash at the end.
    package var base = "https://discord.com/api/v10"
    /// As Discord wants it (https://discord.com/developers/docs/reference#user-agent).
    package var userAgent = "DiscordBot (https://github.com/guildhall/guildhall, 1.0)"
    /// The bounds of the egress.
    package var limits = EgressMachine.Configuration()
    /// For waiting and sending together, where neither call nor endpoint says.
    package var deadline: @Sendable (EgressPriority) -> Duration = Configuration.usualDeadline
    /// Bytes of an answer.
    package var responseLimit = 16 << 20
    /// Where waits and limits read the time.
    package var time: any TimeSource = SystemTime()
    /// Numbers from 0 up to 1, for the spread of repeats.
    package var random: @Sendable () -> Double = { Double.random(in: 0..<1) }

    package init() {}

    /// A minute; a quarter of one for interactions, ten for the background.
    package static func usualDeadline(_ priority: EgressPriority) -> Duration {
      switch priority {
      case .interaction: .seconds(15)
      case .containment, .moderation, .reply: .seconds(60)
      case .background: .seconds(600)
      }
    }
  }

  /// What the egress is doing.
  package struct State: Sendable {
    /// Calls that wait for their turn.
    package var waiting: [EgressPriority: Int]
    /// Calls that were sent and not answered.
    package var underway: Int
    /// Calls a second, as learnt.
    package var globalLimit: Int
    /// Buckets that are remembered.
    package var buckets: Int
  }

  /// As it was made.
  package var configuration: Configuration { egress.configuration }
  let egress: Egress
  let http: HTTPClient

  /// A door with an egress of its own.
  ///
  /// `loop` must be that of `http`; the egress lives there. `token` is without the word `Bot`; nil is for calls that
  /// need none. `budget` is shared with every other bot that calls from this address.
  package init(
    loop: EventLoop, http: HTTPClient, token: Secret?, configuration: Configuration = Configuration(),
    budget: AddressBudget = .process, metrics: MetricRegistry = .process
  ) {
    self.http = http
    egress = Egress(
      loop: loop, http: http, token: token, configuration: configuration, budget: budget,
      metrics: EgressMetrics(metrics))
  }

  /// Sends the call and reads its answer.
  ///
  /// `priority` and `deadline` (for waiting and sending together) go before the endpoint's; `guild` says whose call it
  /// is when the endpoint does not.
  ///
  /// - Throws: `RESTError`; `.cancelled` when the task is cancelled, and the call is taken out of its queue.
  package func send<Response>(
    _ endpoint: Endpoint<Response>, priority: EgressPriority? = nil, guild: GuildID? = nil,
    deadline: Duration? = nil
  ) async throws(RESTError) -> Response {
    var call = endpoint.call
    if let priority { call.priority = priority }
    if let deadline { call.deadline = deadline }
    if call.guild == nil { call.guild = guild }
    let answer = try await egress.perform(call)
    if let empty = Empty() as? Response { return empty }
    return try Self.decode(answer, of: call)
  }

  /// Sends a call and hands out the bytes of its answer: for answers that are no JSON.
  ///
  /// - Throws: as `send`.
  package func bytes(_ call: RESTCall) async throws(RESTError) -> [UInt8] {
    try await egress.perform(call).body
  }

  /// Gives the bot another token; calls that were refused for the old one's sake may go again.
  package func setToken(_ token: Secret) async { await egress.setToken(token) }

  /// Ends every call that waits with `.closed`; later ones fail at once.
  package func shutdown() async { await egress.close() }

  /// A look at the egress.
  package var state: State { get async { await egress.state } }

  private static func decode<Response: WireDecodable>(_ answer: RESTAnswer, of call: RESTCall)
    throws(RESTError)
    -> Response
  {
    do {
      // No content reads as null: the answer of a type that may be missing.
      let text = answer.body.isEmpty ? Array("null".utf8) : answer.body
      return try JSONParser(retainedSize: 0).parse(text) { try Response(from: $0) }
    } catch {
      let place = (error as? JSONError).map { "\($0)" }
      throw RESTError(
        .unexpectedAnswer, kind: .bug, route: call.route, status: answer.status, detail: place)
    }
  }
}
