// Interactions over HTTP: signed calls to an application's own address.

internal import DiscordCore
internal import EventLoop
internal import HTTPClient
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld
internal import Telemetry
internal import Vault

private let endpointLog = Log(room: "simulator.endpoint")

extension SimulatorHub {
  /// Sends an interaction to an application's address; what it answers is taken like a callback.
  func deliver(
    _ payload: JSONValue, of interaction: Interaction, to url: String, seed: [UInt8], at now: Timestamp
  ) {
    guard let simulator else { return }
    // A tree of ours always has a text.
    guard let body = try? payload.encoded() else { return }
    let (id, token) = (interaction.id, interaction.token)
    let call = SignedCall(url: url, body: body, seed: seed, at: now)
    // Handlers are synchronous: the call goes on by itself, bounded by its own time limit.
    Task {
      let answer = await simulator.send(call)
      await simulator.take(answer, for: id, token: token)
    }
  }

  /// Discord's check of a new address: a PING must be answered, and a wrongly signed one refused. An address that
  /// does not pass is dropped, and a note in the inspector says so.
  func checkEndpoint(_ url: String, of application: ApplicationID) throws(RESTFailure) {
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
      throw .invalid(
        "interactions_endpoint_url", code: "URL_TYPE_INVALID_SCHEME",
        "Scheme must be one of ('http', 'https').")
    }
    guard let simulator else { return }
    Task { await simulator.check(url, of: application) }
  }
}

/// One signed request.
struct SignedCall: Sendable {
  let url: String
  let body: [UInt8]
  let signature: String
  let timestamp: String

  /// `forged`: signs something else, as Discord does to see whether the application looks.
  init(url: String, body: [UInt8], seed: [UInt8], at now: Timestamp, forged: Bool = false) {
    (self.url, self.body) = (url, body)
    timestamp = String(now.milliseconds / 1_000)
    let signed = Array((forged ? "0" : timestamp).utf8) + body
    // A seed of another length signs nothing, and the application refuses.
    let key = try? Ed25519PrivateKey(seed: Secret(seed))
    signature = key.map { Hex.encode($0.sign(signed)) } ?? ""
  }
}

extension Simulator {
  /// Sends a signed request; the answer's JSON, or nil when there was none in time.
  func send(_ call: SignedCall) async -> (status: Int, json: JSONValue?)? {
    do throws(HTTPError) {
      var request = HTTPClient.Request(call.url, method: .post)
      request.fields = [
        "Content-Type": "application/json", "X-Signature-Ed25519": call.signature,
        "X-Signature-Timestamp": call.timestamp,
        "User-Agent": "Discord-Interactions/1.0 (+https://discord.com)",
      ]
      request.body = .bytes(call.body)
      request.timeouts.total = InteractionBook.answerTime
      request.version = .http1
      let response = try await client().send(request)
      // What is no JSON is no answer.
      return (response.status.code, try? JSONValue(parsing: response.body))
    } catch {
      endpointLog.info("an application's address did not answer", ["error": "\(error.code)"])
      return nil
    }
  }

  /// Takes the answer of an application's address as its callback.
  func take(_ answer: (status: Int, json: JSONValue?)?, for id: InteractionID, token: String) {
    loop.checkIsolated()
    guard let answer, (200..<300).contains(answer.status), let json = answer.json else { return }
    do throws(RESTFailure) {
      try world.answer(id, token: token, with: json, files: [])
    } catch {
      // Discord shows the user a failure, which the three seconds bring.
      endpointLog.info("an application's answer was refused", ["code": .integer(Int64(error.code))])
    }
  }

  /// Asks a new address for a PONG and for the refusal of a forged call.
  func check(_ url: String, of application: ApplicationID) async {
    guard let seed = world.applications[application]?.signingSeed else { return }
    let ping = Array("{\"version\":1,\"type\":1,\"application_id\":\"\(application)\"}".utf8)
    let forged = await send(SignedCall(url: url, body: ping, seed: seed, at: world.now, forged: true))
    let honest = await send(SignedCall(url: url, body: ping, seed: seed, at: world.now))
    let passes = forged?.status == 401 && honest?.json?["type"]?.int64 == 1
    guard !passes, world.applications[application]?.interactionsEndpointURL == url else { return }
    world.applications[application]?.interactionsEndpointURL = nil
    hub.inspector.note(
      InspectorEntry(
        kind: .note, who: "application \(application)",
        title:
          "interactions endpoint could not be verified: PING \(honest?.status ?? 0), forged \(forged?.status ?? 0)"
      ),
      at: world.now)
  }
}
