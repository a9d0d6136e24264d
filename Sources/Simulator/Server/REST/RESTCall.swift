// A REST request, as handlers see it, and their answer.

package import DiscordCore
internal import EventLoop
package import HTTPTypes
package import JSON
package import SimulatorWorld

/// Who makes a request.
package enum Caller: Hashable, Sendable {
  case bot(ApplicationID)
  /// A person with `Authorization: user.<id>`.
  case user(UserID)
  /// An OAuth2 access token: whom it speaks for, for which application, with which scopes.
  case bearer(UserID?, ApplicationID, scopes: Set<String>)
  case webhook(WebhookID)
  case anonymous
}

/// One request. Path parameters by the names of the template.
package struct RESTCall: Sendable {
  package var method: HTTPMethod
  package var template: String
  package var caller: Caller
  package var parameters: [String: String] = [:]
  package var query: [(name: String, value: String)] = []
  /// The parsed JSON (or `payload_json`); an urlencoded form as an object of texts; nil without a body.
  package var body: JSONValue?
  package var files: [UploadedPart] = []
  /// The decoded `X-Audit-Log-Reason`.
  package var reason: String?
  package var contentType: String?
  package var rawBody: [UInt8] = []
  /// Header fields that matter to single routes.
  package var fields: HTTPFields = [:]

  /// The first value of that name in the query.
  package func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

  /// An id of the path.
  ///
  /// - Throws: 50035 for something that is no snowflake, as Discord does.
  package func id<Entity>(_ name: String, _ entity: Entity.Type = Entity.self) throws(RESTFailure)
    -> Snowflake<Entity>
  {
    guard let text = parameters[name], let id = Snowflake<Entity>(text) else {
      throw .invalid(
        name.replacing(".", with: "_"), code: "NUMBER_TYPE_COERCE",
        "Value \"\(parameters[name] ?? "")\" is not snowflake.")
    }
    return id
  }

  /// The ids that paths name most; each throws as `id` does.
  package var guildID: GuildID { get throws(RESTFailure) { try id("guild.id") } }
  package var channelID: ChannelID { get throws(RESTFailure) { try id("channel.id") } }
  package var messageID: MessageID { get throws(RESTFailure) { try id("message.id") } }
  package var userID: UserID { get throws(RESTFailure) { try id("user.id") } }
  package var roleID: RoleID { get throws(RESTFailure) { try id("role.id") } }

  /// The user who acts: a bot's own user, or the person.
  ///
  /// - Throws: 401 for everybody else.
  package var actor: UserID {
    get throws(RESTFailure) {
      switch caller {
      case .bot(let application): return application.converted()
      case .user(let user): return user
      case .bearer, .webhook, .anonymous: throw .unauthorized
      }
    }
  }

  /// Whether a bot asks.
  package var isBot: Bool { if case .bot = caller { true } else { false } }

  /// A whole number of the query within bounds.
  ///
  /// - Throws: 50035.
  package func number(_ name: String, in bounds: ClosedRange<Int>, default fallback: Int) throws(RESTFailure)
    -> Int
  {
    guard let text = query(name) else { return fallback }
    guard let value = Int(text) else {
      throw .invalid(name, code: "NUMBER_TYPE_COERCE", "Value \"\(text)\" is not int.")
    }
    if value < bounds.lowerBound {
      throw .invalid(
        name, code: "NUMBER_TYPE_MIN",
        "int value should be greater than or equal to \(bounds.lowerBound).")
    }
    if value > bounds.upperBound {
      throw .invalid(
        name, code: "NUMBER_TYPE_MAX", "int value should be less than or equal to \(bounds.upperBound).")
    }
    return value
  }

  /// An id of the query; nil when it is not there.
  ///
  /// - Throws: 50035.
  package func queryID<Entity>(_ name: String, _ entity: Entity.Type = Entity.self) throws(RESTFailure)
    -> Snowflake<Entity>?
  {
    guard let text = query(name) else { return nil }
    guard let id = Snowflake<Entity>(text) else {
      throw .invalid(name, code: "NUMBER_TYPE_COERCE", "Value \"\(text)\" is not snowflake.")
    }
    return id
  }

  /// A truth of the query: `true`, `True` and `1` are.
  package func flag(_ name: String, default fallback: Bool = false) -> Bool {
    guard let text = query(name) else { return fallback }
    return ["true", "True", "1"].contains(text)
  }
}

/// An answer.
package struct RESTAnswer: Sendable {
  package var status: Int
  package var json: JSONValue?
  /// Instead of JSON: bytes with their content type.
  package var bytes: (contentType: String, bytes: [UInt8])?
  package var fields: HTTPFields = [:]

  package init(status: Int, json: JSONValue? = nil) { (self.status, self.json) = (status, json) }

  /// 200 with a body.
  package static func ok(_ json: JSONValue) -> RESTAnswer { RESTAnswer(status: 200, json: json) }
  /// 201 with a body.
  package static func created(_ json: JSONValue) -> RESTAnswer { RESTAnswer(status: 201, json: json) }
  /// 204.
  package static let noContent = RESTAnswer(status: 204)
}

extension RESTFailure {
  /// The failure as an answer.
  package var answer: RESTAnswer { RESTAnswer(status: status, json: body) }
}
