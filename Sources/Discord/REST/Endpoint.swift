// A call of Discord's REST API as a value: what to send, by which limits it is counted, what comes back.

package import DiscordCore
package import DiscordLimits
package import DiscordModels
package import HTTPClient
package import HTTPTypes
package import JSON

/// One call and the type of its answer. Routes are static functions that build these:
///
/// ```swift
/// extension Endpoint where Response == Empty {
///   static func deleteMessage(_ message: MessageID, in channel: ChannelID, reason: String? = nil) -> Endpoint {
///     Endpoint(.delete, "/channels/{channel.id}/messages/{message.id}", channel, message)
///       .needing([.manageMessages]).because(reason).at(.moderation)
///   }
/// }
/// ```
package struct Endpoint<Response: WireDecodable>: Sendable {
  /// Everything but the type of the answer.
  package var call: RESTCall

  /// A call of the route with these values for the template's parameters, in order.
  ///
  /// From the template follow the major parameter, the guild, the authorization (none for webhooks and interactions by
  /// token), the default priority and whether the global limit counts the call; the methods below change them.
  ///
  /// - Precondition: as many parameters as braces in the template.
  package init(_ method: HTTPMethod, _ template: StaticString, _ parameters: any PathParameter...) {
    call = RESTCall(method, template, parameters)
  }
}

/// A call without the type of its answer: what the egress works with.
package struct RESTCall: Sendable {
  /// What the call says who it is.
  package enum Authorization: Sendable {
    /// `Bot <token>`, from the client.
    case bot
    /// `Bearer <token>`: on behalf of a user.
    case bearer(RESTToken)
    /// `Basic`: a client's id and secret, for OAuth2.
    case basic(RESTToken)
    /// Nothing: the path holds a token, or everybody may call.
    case none
  }

  /// What the call carries.
  package enum Body: Sendable {
    case none
    /// A JSON text.
    case json([UInt8])
    /// `application/x-www-form-urlencoded`, for OAuth2.
    case urlEncoded(String)
    /// Files, and `payload_json` or fields beside them.
    case multipart(MultipartForm)
  }

  /// How the call is sent, and the route it is counted by.
  package let method: HTTPMethod
  package var route: RouteKey
  /// Below the API's base, parameters filled in and percent-encoded, without the query. May hold a token: not for logs.
  package let path: String
  package var major: MajorParameter
  /// The message that an edit or delete is about: old ones are counted apart.
  let message: MessageID?
  /// Percent-encoded, without the question mark; empty for none.
  package var query = ""
  package var body = Body.none
  /// The reason for the audit log, encoded and cut as Discord wants it.
  package var reason: String?
  package var priority: EgressPriority
  package var authorization: Authorization
  /// Whether sending the call twice does no more than sending it once.
  package var isRepeatable: Bool
  /// What Discord asks of the bot for it, as far as documented; for error texts.
  package var permissions: Permissions = []
  /// Whose call it is, for fairness between guilds; nil when it is no guild's.
  package var guild: GuildID?
  /// Whether it counts against the bot's global limit. Interaction endpoints do not.
  package var isGloballyLimited: Bool
  /// A limit that no header tells of.
  package var hiddenLimit: HiddenLimit?
  /// How long the call may take from handing it over to its answer, waiting included; nil for the client's default.
  package var deadline: Duration?
  /// Why the call cannot be sent: a body that has no JSON form, or limits a builder found broken.
  package var defect: String?

  init(_ method: HTTPMethod, _ template: StaticString, _ parameters: [any PathParameter]) {
    let rendering = PathRendering(template, parameters)
    self.method = method
    route = RouteKey(method: method.rawValue, template: template)
    path = rendering.path
    message =
      route.isOfOneMessage && parameters.count == 2 ? parameters[1].pathNumber.map { MessageID($0) } : nil
    major = rendering.major
    guild = rendering.major.guildID.map { GuildID($0) }
    let isInteraction = route.hasPrefix("/interactions/{") || rendering.isInteractionWebhook
    isGloballyLimited = !isInteraction
    priority = isInteraction ? .interaction : (method == .get ? .background : .reply)
    authorization = isInteraction || rendering.major.isWebhookWithToken ? .none : .bot
    isRepeatable = method.isIdempotent
    hiddenLimit = HiddenLimit(route: route, major: major)
  }
}

// MARK: Building

extension Endpoint {
  /// Adds a field to the query; nil adds nothing.
  package func query(_ name: StaticString, _ value: (some CustomStringConvertible)?) -> Self {
    guard let value else { return self }
    return changed { call in
      if !call.query.isEmpty { call.query += "&" }
      call.query += "\(name)=\(PercentEncoding.encode(value.description))"
    }
  }

  /// Gives the call a JSON body. What cannot be written makes the call fail when it is sent, as a mistake of ours.
  package func json(_ write: (inout JSONWriter) -> Void) -> Self {
    changed { $0.setJSON(write) }
  }

  /// Gives the call a model as its JSON body.
  package func json(_ value: some WireEncodable) -> Self { json { value.write(to: &$0) } }

  /// Adds files to a call with a JSON body or none: the body becomes `payload_json`, the files `files[0]` and so on.
  /// Without files nothing changes.
  package func attaching(_ files: [OutgoingFile]) -> Self {
    changed { $0.attach(files) }
  }

  /// Sends form fields and one file, for the routes that want that (stickers).
  package func form(_ fields: [(name: String, value: String)], file: OutgoingFile, named name: String) -> Self
  {
    changed { call in
      var form = MultipartForm()
      for field in fields { form.add(field.name, field.value) }
      form.add(name, file)
      call.body = .multipart(form)
    }
  }

  /// Sends fields as `application/x-www-form-urlencoded`, for OAuth2.
  package func urlEncoded(_ fields: [(name: String, value: String)]) -> Self {
    changed { call in
      call.body = .urlEncoded(
        fields.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
          .joined(separator: "&"))
    }
  }

  /// Gives the reason that the audit log shows. It is percent-encoded and cut to what Discord takes; nil and blank give
  /// none.
  package func because(_ reason: String?) -> Self {
    changed { $0.reason = reason.flatMap(AuditReason.encode) }
  }

  /// The priority unless the sender gives another.
  package func at(_ priority: EgressPriority) -> Self { changed { $0.priority = priority } }

  /// The permissions Discord asks for, for error texts.
  package func needing(_ permissions: Permissions) -> Self { changed { $0.permissions = permissions } }

  /// Says that sending it twice does no more than sending it once: an edit to fixed values, a message with an enforced
  /// nonce. GET, PUT and DELETE are so by themselves.
  package func repeatable(_ isRepeatable: Bool = true) -> Self { changed { $0.isRepeatable = isRepeatable } }

  /// Whose authorization the call carries.
  package func authorized(by authorization: RESTCall.Authorization) -> Self {
    changed { $0.authorization = authorization }
  }

  /// Whose call it is, where the path does not say.
  package func of(_ guild: GuildID?) -> Self { changed { $0.guild = guild ?? $0.guild } }

  /// The bound on waiting and sending together, instead of the client's.
  package func within(_ deadline: Duration?) -> Self { changed { $0.deadline = deadline } }

  /// Says that the call changes a channel's name or topic, which Discord allows twice in ten minutes.
  package func renamingChannel() -> Self { changed { $0.hiddenLimit = .channelRename } }

  /// Tells apart calls of one route that Discord counts apart (deletes and edits of old messages).
  package func variant(_ variant: StaticString) -> Self {
    changed { call in
      call.route = RouteKey(method: call.route.method, template: call.route.template, variant: variant)
    }
  }

  /// Makes the call fail when it is sent, with this sentence. `defect` must be safe to log; nil changes nothing.
  package func refused(because defect: String?) -> Self { changed { $0.defect = $0.defect ?? defect } }

  private func changed(_ change: (inout RESTCall) -> Void) -> Self {
    var copy = self
    change(&copy.call)
    return copy
  }
}

extension RESTCall {
  fileprivate mutating func setJSON(_ write: (inout JSONWriter) -> Void) {
    var json = JSONWriter()
    write(&json)
    do {
      body = .json(try json.finish())
    } catch {
      defect = "the body has no JSON form: \(error)"
    }
  }

  fileprivate mutating func attach(_ files: [OutgoingFile]) {
    guard !files.isEmpty else { return }
    var form = MultipartForm()
    if case .json(let payload) = body {
      form.add("payload_json", fileName: nil, contentType: "application/json", bytes: payload)
    }
    for (index, file) in files.enumerated() { form.add("files[\(index)]", file) }
    body = .multipart(form)
  }
}
