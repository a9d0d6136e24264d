// What of an event a plugin may see that must not read messages.

package import JSON
package import SandboxContract

/// The fields of payloads, and which of them are messages' text (plugin-host contract, section 12.5).
///
/// A list of what may pass, not of what is taken away: a field that nobody thought about does not pass.
package enum GuestPrivacyFilter {
  /// Fields that pass, by type; `member.roles` is a field of an object. Values of fields that are not followed by others
  /// pass whole.
  package static let allowed: [String: Set<String>] = {
    var table: [String: Set<String>] = [:]
    func allow(_ types: String, _ fields: String) {
      let fields = Set(fields.split(separator: " ").map(String.init))
      for type in types.split(separator: " ") { table[String(type), default: []].formUnion(fields) }
    }
    allow(
      "message_create message_edit message_delete", "message_id channel_id author_id guild_id")
    allow("message_create message_edit", "embed_count attachment_count mention_count")
    allow(
      "message_create",
      "channel_name author_name author_username author_bot created_at timestamp reference_message_id")
    allow(
      "member_join member_leave member_update", "user_id username display_name bot roles nick guild_id")
    allow("member_join member_leave", "joined_at")
    allow("member_join", "guild_name member_count")
    allow("member_update", "before_roles before_nick")
    allow("reaction_add reaction_remove", "message_id channel_id user_id emoji user_bot guild_id")
    allow(
      "voice_state_update",
      """
      user_id username bot member_bot before_channel_id before_channel_name after_channel_id after_channel_name \
      before_self_stream after_self_stream self_mute self_deaf self_stream self_video guild_id channel_id
      """)
    allow(
      "channel_create channel_delete channel_update",
      "channel_id id name type category_id position guild_id")
    allow(
      "role_create role_delete role_update",
      "role_id id name color position permissions managed mentionable guild_id")
    allow("channel_update role_update", "before_name")
    // What somebody gave to the plugin on purpose is always the plugin's.
    allow(
      "interaction_create",
      """
      interaction_id interaction_type type command_name command_type options command_options custom_id values \
      modal_values message_id channel_id guild_id user_id user_name user_username username display_name permissions \
      member member.permissions member.roles member.nick member.user member.user.id member.user.username locale \
      guild_locale
      """)
    allow("cron", "name spec scheduled_at")
    return table
  }()

  /// Fields that are messages' text: empty where it must not be seen.
  package static let stripped: [String: Set<String>] = [
    "message_create": ["content"], "message_edit": ["content"], "message_delete": ["content"],
  ]

  /// The payload as a plugin with these grants may have it.
  package static func apply(_ type: String, _ payload: JSONObject, _ grants: GuestGrants) -> JSONObject {
    guard !grants.seesContent else { return payload }
    return reduced(payload, to: allowed[type] ?? [], stripping: stripped[type] ?? [], path: "")
  }

  private static func reduced(
    _ object: JSONObject, to allowed: Set<String>, stripping stripped: Set<String>, path: String
  ) -> JSONObject {
    var result = JSONObject()
    result.fields.reserveCapacity(object.fields.count)
    for field in object.fields {
      let place = path + field.key
      if stripped.contains(place) {
        result.fields.append(.init(key: field.key, value: .string("")))
      } else if allowed.contains(place) {
        var field = field
        if let inner = field.value.object, allowed.contains(where: { $0.hasPrefix(place + ".") }) {
          field.value = .object(reduced(inner, to: allowed, stripping: stripped, path: place + "."))
        }
        result.fields.append(field)
      }
    }
    return result
  }
}
