// An event as text: rendered once for everyone, and once more for those who may not read messages.

internal import DiscordCore
internal import JSON

/// The two texts of an event.
struct EventRendering {
  let event: String
  let data: JSONValue
  private var full: [UInt8]?
  private var stripped: [UInt8]?

  init(event: String, data: JSONValue) {
    (self.event, self.data) = (event, data)
  }

  /// The `d` that a session gets.
  mutating func bytes(for session: GatewaySession) -> [UInt8]? {
    guard mayRead(session) else {
      // A tree of ours always has a text; here and below.
      if stripped == nil { stripped = try? Self.withoutContent(data).encoded() }
      return stripped
    }
    if full == nil { full = try? data.encoded() }
    return full
  }

  /// Whether the content of a message is for this session: without the intent, a bot reads its own messages, those
  /// in private, and those that mention it.
  private func mayRead(_ session: GatewaySession) -> Bool {
    guard event == "MESSAGE_CREATE" || event == "MESSAGE_UPDATE", session.principal.isBot else { return true }
    if session.identify.intents.contains(.messageContent) || data["guild_id"] == nil { return true }
    let user = session.principal.user.rawValue
    if data["author"]?["id"]?.snowflake == user { return true }
    return data["mentions"]?.array?.contains { $0["id"]?.snowflake == user } ?? false
  }

  /// A message without what MESSAGE_CONTENT guards, nested messages included.
  static func withoutContent(_ message: JSONValue) -> JSONValue {
    guard var object = message.object else { return message }
    if object["content"] != nil { object["content"] = "" }
    for list in ["embeds", "attachments", "components"] where object[list] != nil { object[list] = [] }
    object["poll"] = nil
    if let inner = object["referenced_message"] { object["referenced_message"] = withoutContent(inner) }
    if let snapshots = object["message_snapshots"]?.array {
      object["message_snapshots"] = .array(
        snapshots.map { snapshot in
          guard var fields = snapshot.object, let inner = fields["message"] else { return snapshot }
          fields["message"] = withoutContent(inner)
          return .object(fields)
        })
    }
    return .object(object)
  }
}
