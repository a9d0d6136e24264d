// The endpoint that Discord calls with interactions, signed.

internal import DiscordCore
internal import DiscordModels
internal import EventLoop
package import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Synchronization
internal import Telemetry
internal import Vault

/// Answers Discord's requests for one application
/// (https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint).
///
/// Each is checked before it is read: the signature (Ed25519 over timestamp and raw body), the timestamp's age, and
/// that it was not here before. What fails is 401. Discord probes with wrong signatures and removes an endpoint that
/// takes them.
package struct InteractionEndpoint: Sendable {
  /// How far the timestamp may be from our clock. An interaction lives for three seconds; the rest is for clocks.
  package static let tolerance = Duration.seconds(60)
  /// Bytes that a request may have. Interactions with many resolved objects reach some hundred KiB.
  package static let bodyLimit = 1 << 20

  private static let log = Log(room: "bot")

  let publicKey: Ed25519PublicKey
  let application: ApplicationID
  let time: any TimeSource
  /// Takes the interaction, and fills the slot.
  let receive: @Sendable (Interaction, ResponseSlot, Duration) -> Void

  /// The answer to a request.
  ///
  /// - Throws: `HTTPProblem`: 401 for what is not from Discord, 400 for what is no interaction, 503 when nobody
  ///   answered in time.
  package func handle(_ request: HTTPRequest) async throws -> HTTPResponse {
    let receivedAt = time.uptime
    let body = try await request.body.collect(upTo: Self.bodyLimit)
    try authenticate(
      signature: request["X-Signature-Ed25519"], timestamp: request["X-Signature-Timestamp"], body: body)
    let question: Question
    do {
      question = try JSONParser().parse(body, read)
    } catch {
      throw HTTPProblem.badRequest("not an interaction")
    }
    switch question {
    case .ping: return HTTPResponse(.pong)
    case .interaction(let interaction): return try await answer(interaction, receivedAt)
    case .foreign: throw HTTPProblem.badRequest("another application's")
    }
  }

  /// What a request is about.
  private enum Question {
    case ping
    case interaction(Interaction)
    /// Of another application.
    case foreign
  }

  private func read(_ json: JSONView) throws -> Question {
    guard try json.require("application_id").asID(Entity.Application.self) == application else {
      return .foreign
    }
    // A ping needs nothing else to be answered.
    guard json["type"]?.int != InteractionType.ping.rawValue else { return .ping }
    return .interaction(try Interaction(from: json))
  }

  private func answer(_ interaction: Interaction, _ receivedAt: Duration) async throws -> HTTPResponse {
    let slot = ResponseSlot()
    receive(interaction, slot, receivedAt)
    let response = await withTaskGroup(of: Void.self) { group in
      group.addTask {
        // Cancelled: there is an answer, or Discord has gone.
        _ = try? await time.sleep(for: receivedAt + InteractionLimits.firstResponse - time.uptime)
        slot.close()
      }
      defer { group.cancelAll() }
      return await slot.response()
    }
    guard let response else {
      Self.log.warning("an interaction was not answered in time")
      throw HTTPProblem(.serviceUnavailable, "Not answered in time")
    }
    return response
  }

  private func authenticate(signature: String?, timestamp: String?, body: [UInt8]) throws(HTTPProblem) {
    guard let signature, let timestamp, let seconds = Int64(timestamp),
      publicKey.verifiesInteraction(signatureHex: signature, timestamp: timestamp, body: body)
    else { throw Self.unauthorized("invalid request signature") }
    let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    let tolerance = Self.tolerance.wholeMilliseconds
    let (age, isFar) = time.now.milliseconds.subtractingReportingOverflow(milliseconds)
    guard !overflow, !isFar, age.magnitude <= UInt64(tolerance) else {
      throw Self.unauthorized("stale request")
    }
  }

  private static func unauthorized(_ detail: String) -> HTTPProblem {
    HTTPProblem(.unauthorized, "Unauthorized", detail: detail)
  }
}
