// A message that a webhook sends under a name of its own.

package import DiscordCore
package import JSON

/// A webhook's message (https://discord.com/developers/docs/resources/webhook#execute-webhook).
package struct WebhookExecute: Hashable, Sendable {
  package var message: MessageCreate
  /// Instead of the webhook's own name.
  package var username: String?
  /// Instead of the webhook's own picture.
  package var avatarURL: String?
  /// Makes a thread of that name; in forums and media channels only, where it is needed unless a thread is given.
  package var threadName: String?
  /// Of the new thread.
  package var appliedTags: [ForumTagID]

  package init(
    _ message: MessageCreate, username: String? = nil, avatarURL: String? = nil, threadName: String? = nil,
    appliedTags: [ForumTagID] = []
  ) {
    (self.message, self.username, self.avatarURL) = (message, username, avatarURL)
    (self.threadName, self.appliedTags) = (threadName, appliedTags)
  }
}

extension WebhookExecute: Validatable {
  package func validate() throws(CompositionError) {
    try message.validate()
    try refuseForChannelsOnly(message, by: "a webhook")
    try Check.trimmed(username, "username", 1...80)
    if let username {
      for word in ["discord", "clyde"] where username.lowercased().contains(word) {
        throw CompositionError(.malformed, "username", "has \"\(word)\" in it, which Discord keeps to itself")
      }
    }
    try Check.address(avatarURL, "avatar_url")
    try Check.trimmed(threadName, "thread_name", 1...100)
    try Check.count(appliedTags.count, "applied_tags", 0...5)
    if threadName == nil, !appliedTags.isEmpty {
      throw CompositionError(.conflict, "applied_tags", "belong to a new thread, and there is no thread_name")
    }
  }
}

/// What only messages to channels have.
func refuseForChannelsOnly(_ message: MessageCreate, by sender: String) throws(CompositionError) {
  func refuse(_ isThere: Bool, _ field: String) throws(CompositionError) {
    if isThere { throw CompositionError(.conflict, field, "cannot be sent by \(sender)") }
  }
  try refuse(!message.stickers.isEmpty, "sticker_ids")
  try refuse(message.reference != nil, "message_reference")
  try refuse(message.nonce != nil, "nonce")
}

extension WebhookExecute: WireEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      message.writeCommonFields(to: &json)
      if message.isTTS { json.field("tts", true) }
      json.optional("username", username)
      json.optional("avatar_url", avatarURL)
      json.optional("thread_name", threadName)
      if !appliedTags.isEmpty {
        json.array("applied_tags") { json in for tag in appliedTags { json.id(tag) } }
      }
    }
  }
}
