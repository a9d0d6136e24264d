// What happens to a REST request around its handler: limits before it, faults before and after.

internal import DiscordCore
internal import EventLoop
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld

/// What limits and faults have decided about one request.
struct RESTPassage {
  let address: String
  /// The fields that say where the bucket stands.
  var bucket: BucketState?
  /// The scope of a 429.
  var scope: RateLimitRefusal.Scope?
  var delay = Duration.zero
  /// Sent in the place of the handler's answer.
  var lostAnswer: RESTAnswer?
  private var slowBody: Duration?
  private var cutsBody = false

  init(address: String) { self.address = address }

  /// Takes in the faults that strike this request; the answer that takes the handler's place, if one of them is one.
  mutating func take(_ faults: [Fault]) -> RESTAnswer? {
    var refusal: RESTAnswer?
    for fault in faults {
      switch fault {
      case .delayAnswer(let time): delay += time
      case .slowBody(let time): slowBody = time
      case .cutBody: cutsBody = true
      case .serverError(let status): refusal = Self.serverError(status)
      case .lostAnswer(let status): lostAnswer = Self.serverError(status)
      case .rateLimit(let scope, let retryAfter):
        let scope = RateLimitRefusal.Scope(rawValue: scope.rawValue) ?? .user
        self.scope = scope
        refusal = RateLimitRefusal(scope: scope, retryAfter: retryAfter).answer
      default: break
      }
    }
    return refusal
  }

  private static func serverError(_ status: Int) -> RESTAnswer {
    RESTAnswer(status: status, json: ["message": .string("\(status): Server Error"), "code": 0])
  }

  /// The response as it goes over the wire: whole, slow, or cut in the middle.
  func shaped(_ response: HTTPResponse) -> HTTPResponse {
    guard slowBody != nil || cutsBody, case .bytes(let bytes) = response.body, !bytes.isEmpty else {
      return response
    }
    let (time, cuts) = (slowBody ?? .zero, cutsBody)
    let body = Array(bytes)
    var shaped = HTTPResponse.stream(
      status: response.status, contentType: response.fields["Content-Type"] ?? "application/json",
      length: Int64(body.count)
    ) { writer in
      let pieces = 10
      let size = max(1, body.count / pieces)
      for start in stride(from: 0, to: cuts ? body.count / 2 : body.count, by: size) {
        try await writer.write(Array(body[start..<min(start + size, body.count)]))
        if time > .zero { try await Task.sleep(for: time / pieces) }
      }
      // What was promised does not come: the server cuts the connection.
      if cuts { throw OrderedCut() }
    }
    for field in response.fields.fields { shaped.fields[field.name] = field.value }
    return shaped
  }

  private struct OrderedCut: Error {}
}

extension RateLimitRefusal {
  /// The 429 as an answer.
  var answer: RESTAnswer {
    var answer = RESTAnswer(status: 429, json: body)
    answer.fields = fields
    return answer
  }
}

extension SimulatorHub {
  /// Whether the address has sent too many invalid requests. The simulator's own control is always open.
  func isBlocked(_ address: String, _ route: RESTRoute, at now: Timestamp) -> Bool {
    !route.template.hasPrefix("/sim/") && limiter.isEnabled
      && limiter.invalidRequests(of: address, at: now) >= limiter.invalidLimit
  }

  /// What a blocked address gets: no JSON, and no `Via`.
  var blockedAnswer: RESTAnswer {
    var answer = RESTAnswer(status: 403)
    answer.bytes = ("text/html; charset=utf-8", Array(RateLimitRefusal.blockedPage.utf8))
    answer.fields["Retry-After"] = "600"
    return answer
  }

  /// Lets a request pass, or answers it in the handler's place. People and `/sim` are not limited, but faults strike
  /// people too.
  func admit(_ call: RESTCall, _ passage: inout RESTPassage, at now: Timestamp) -> RESTAnswer? {
    guard !call.template.hasPrefix("/sim/") else { return nil }
    let site = FaultSite(
      application: call.application, guild: call.parameters["guild.id"].flatMap { GuildID($0) },
      method: call.method.rawValue, route: call.template)
    if let answer = passage.take(faults.strike(site, at: now, where: \.isREST)) { return answer }
    if case .user = call.caller { return nil }
    switch limiter.admit(call.limited(from: passage.address), at: now) {
    case .admitted(let bucket):
      passage.bucket = bucket
      return nil
    case .limited(let refusal):
      passage.scope = refusal.scope
      return refusal.answer
    case .blocked: return blockedAnswer
    }
  }

  /// Puts the limit's fields on an answer, and counts it.
  func finish(_ answer: inout RESTAnswer, of call: RESTCall, _ passage: RESTPassage, at now: Timestamp) {
    guard !call.template.hasPrefix("/sim/") else { return }
    if answer.status != 429 || answer.fields["X-RateLimit-Limit"] == nil {
      passage.bucket?.write(to: &answer.fields)
    }
    if answer.bytes == nil { answer.fields["Via"] = "1.1 simulator" }
    limiter.answered(status: answer.status, scope: passage.scope, address: passage.address, at: now)
    inspector.note(
      InspectorEntry(
        kind: .rest, who: call.who, title: "\(call.method) \(call.template)",
        status: answer.status, size: answer.bytes?.bytes.count ?? 0,
        preview: answer.json.flatMap { try? $0.encoded() }.map { InspectorRing.preview($0) } ?? "",
        request: InspectorRing.preview(call.rawBody)), at: now)
  }
}

extension RESTCall {
  /// The application that asks, by its bot or for a person.
  var application: ApplicationID? {
    switch caller {
    case .bot(let id): id
    case .bearer(_, let id, _): id
    default: nil
    }
  }

  /// The caller, as the inspector names it.
  fileprivate var who: String {
    switch caller {
    case .bot(let id): "application \(id)"
    case .user(let id): "user \(id)"
    case .bearer(let user, let id, _): "application \(id) for \(user.map { "user \($0)" } ?? "itself")"
    case .webhook(let id): "webhook \(id)"
    case .anonymous: "anonymous"
    }
  }

  /// This request as the limiter counts it.
  fileprivate func limited(from address: String) -> LimitedRequest {
    let isInteraction = template.hasPrefix("/interactions/")
    let isWebhook = template.hasPrefix("/webhooks/{webhook.id}/{webhook.token}")
    var major = ["channel.id", "guild.id"].compactMap { parameters[$0] }.joined(separator: " ")
    var name = application.map { "application \($0)" }
    if isWebhook || isInteraction {
      let id = parameters["webhook.id"] ?? parameters["interaction.id"] ?? ""
      let token = parameters["webhook.token"] ?? parameters["interaction.token"] ?? ""
      major = "\(id) \(token)"
      name = "webhook \(id)"
    }
    return LimitedRequest(
      caller: name, address: address, method: method.rawValue, template: template, major: major,
      isExemptFromGlobal: isInteraction || isWebhook, hidden: hiddenLimit)
  }

  private var hiddenLimit: HiddenLimit? {
    switch (method.rawValue, template) {
    case ("PATCH", "/channels/{channel.id}") where body?["name"] != nil || body?["topic"] != nil:
      .channelRename(parameters["channel.id"] ?? "")
    case ("POST", "/channels/{channel.id}/messages/{message.id}/crosspost"):
      .crosspost(parameters["channel.id"] ?? "")
    case ("POST", "/guilds/{guild.id}/emojis"): .guildEmojis(parameters["guild.id"] ?? "")
    default: nil
    }
  }
}
