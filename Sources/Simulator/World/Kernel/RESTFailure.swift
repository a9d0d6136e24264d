// A refusal, in the words and numbers of Discord's API.

package import JSON

/// What the API answers instead of a result (https://discord.com/developers/docs/topics/opcodes-and-status-codes#json).
package struct RESTFailure: Error, Sendable, Hashable {
  /// The HTTP status.
  package var status: Int
  /// Discord's JSON error code; 0 for a general error.
  package var code: Int
  package var message: String
  /// The nested `errors` object of an invalid form body, if there is one.
  package var errors: JSONValue?

  package init(status: Int, code: Int, message: String, errors: JSONValue? = nil) {
    (self.status, self.code, self.message, self.errors) = (status, code, message, errors)
  }

  /// The answer's body.
  package var body: JSONValue {
    var fields = Fields()
    fields.put("message", message)
    fields.put("code", code)
    if let errors { fields.put("errors", errors) }
    // Every 429 says how long to wait; those of the rate limiter say it exactly.
    if status == 429 {
      fields.put("retry_after", .double(60))
      fields.put("global", false)
    }
    return fields.value
  }
}

extension RESTFailure {
  /// 404: the thing with that name ("Channel", "Message") does not exist, or the caller may not know that it does.
  package static func unknown(_ thing: Thing) -> RESTFailure {
    RESTFailure(status: 404, code: thing.rawValue, message: "Unknown \(thing.name)")
  }

  /// What can be unknown, with its JSON error code.
  package enum Thing: Int, Sendable {
    case account = 10001
    case application = 10002
    case channel = 10003
    case guild = 10004
    case integration = 10005
    case invite = 10006
    case member = 10007
    case message = 10008
    case overwrite = 10009
    case role = 10011
    case token = 10012
    case user = 10013
    case emoji = 10014
    case webhook = 10015
    case ban = 10026
    case sku = 10027
    case entitlement = 10029
    case guildTemplate = 10057
    case sticker = 10060
    case interaction = 10062
    case applicationCommand = 10063
    case voiceState = 10065
    case commandPermissions = 10066
    case stageInstance = 10067
    case welcomeScreen = 10069
    case scheduledEvent = 10070
    case scheduledEventUser = 10071
    case sound = 10097
    case joinRequest = 10099

    var name: String {
      switch self {
      case .account: "Account"
      case .application: "Application"
      case .channel: "Channel"
      case .guild: "Guild"
      case .integration: "Integration"
      case .invite: "Invite"
      case .member: "Member"
      case .message: "Message"
      case .overwrite: "Permission Overwrite"
      case .role: "Role"
      case .token: "Token"
      case .user: "User"
      case .emoji: "Emoji"
      case .webhook: "Webhook"
      case .ban: "Ban"
      case .sku: "SKU"
      case .entitlement: "Entitlement"
      case .guildTemplate: "Guild template"
      case .sticker: "Sticker"
      case .interaction: "interaction"
      case .applicationCommand: "application command"
      case .voiceState: "Voice State"
      case .commandPermissions: "application command permissions"
      case .stageInstance: "Stage Instance"
      case .welcomeScreen: "Guild Welcome Screen"
      case .scheduledEvent: "Guild Scheduled Event"
      case .scheduledEventUser: "Guild Scheduled Event User"
      case .sound: "sound"
      case .joinRequest: "Guild Join Request"
      }
    }
  }

  /// 401 for a missing or wrong token.
  package static let unauthorized = RESTFailure(status: 401, code: 0, message: "401: Unauthorized")
  /// 404 for a route that does not exist.
  package static let noSuchRoute = RESTFailure(status: 404, code: 0, message: "404: Not Found")
  /// 405 for a known path with another method.
  package static let methodNotAllowed = RESTFailure(status: 405, code: 0, message: "405: Method Not Allowed")
  /// 403: the caller is not there, or may not see it.
  package static let missingAccess = RESTFailure(status: 403, code: 50001, message: "Missing Access")
  /// 403: the caller lacks a permission, or stands too low.
  package static let missingPermissions = RESTFailure(
    status: 403, code: 50013, message: "Missing Permissions")
  /// 403: only bots may, or only people may.
  package static let onlyBots = RESTFailure(
    status: 403, code: 20002, message: "Only bots can use this endpoint")
  /// 403: bots may not.
  package static let notForBots = RESTFailure(
    status: 403, code: 20001, message: "Bots cannot use this endpoint")
  /// 400: an empty message.
  package static let emptyMessage = RESTFailure(
    status: 400, code: 50006, message: "Cannot send an empty message")
  /// 403: somebody else's message.
  package static let notTheAuthor = RESTFailure(
    status: 403, code: 50005, message: "Cannot edit a message authored by another user")
  /// 400: the action does not fit the kind of channel.
  package static let wrongChannelType = RESTFailure(
    status: 400, code: 50024, message: "Cannot execute action on this channel type")
  /// 403: a message of the system.
  package static let systemMessage = RESTFailure(
    status: 403, code: 50021, message: "Cannot execute action on a system message")
  /// 400: a role that cannot be given or taken.
  package static let invalidRole = RESTFailure(status: 400, code: 50028, message: "Invalid Role")
  /// 400: the thread is archived.
  package static let archivedThread = RESTFailure(status: 400, code: 50083, message: "Thread is archived")
  /// 403: the user takes no direct messages from the caller.
  package static let cannotMessageUser = RESTFailure(
    status: 403, code: 50007, message: "Cannot send messages to this user")

  /// 400: as many as there may be.
  package static func maximumReached(_ code: Int, _ what: String, _ limit: Int) -> RESTFailure {
    RESTFailure(status: 400, code: code, message: "Maximum number of \(what) reached (\(limit))")
  }

  /// 400: a form body that is wrong in one field.
  package static func invalid(_ path: String..., code: String, _ message: String) -> RESTFailure {
    var errors = FieldErrors()
    errors.add(path, code: code, message)
    return errors.failure
  }
}

/// What was wrong with the fields of a body, in Discord's nested shape.
package struct FieldErrors: Sendable {
  private var root = JSONObject()

  package init() {}

  package var isEmpty: Bool { root.fields.isEmpty }

  /// Adds an error at a path of field names and indices.
  package mutating func add(_ path: [String], code: String, _ message: String) {
    let entry: JSONValue = ["code": .string(code), "message": .string(message)]
    root = Self.inserting(entry, at: path[...], into: root)
  }

  private static func inserting(_ entry: JSONValue, at path: ArraySlice<String>, into object: JSONObject)
    -> JSONObject
  {
    var object = object
    if let step = path.first {
      let inner = object[step]?.object ?? JSONObject()
      object[step] = .object(inserting(entry, at: path.dropFirst(), into: inner))
    } else {
      object["_errors"] = .array((object["_errors"]?.array ?? []) + [entry])
    }
    return object
  }

  /// 400, 50035.
  package var failure: RESTFailure {
    RESTFailure(status: 400, code: 50035, message: "Invalid Form Body", errors: .object(root))
  }
}
