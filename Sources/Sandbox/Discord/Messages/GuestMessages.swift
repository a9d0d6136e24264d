// Messages and forms as a plugin writes them, made into ours: every limit checked, every mention tamed.

package import DiscordCore
package import DiscordModels
package import JSON
package import SandboxContract

/// Reads the messages of one plugin's calls in one server.
///
/// Nothing that a plugin sends is passed on as it is: it is read field by field and written anew. All functions throw
/// `RPCError.invalid` with a sentence that names the field (`embeds[0].title is 300 characters long; Discord takes at most
/// 256`); no text of the plugin's is in it.
///
///     let messages = GuestMessages(plugin: call.plugin, guild: call.guild)
///     var message = try messages.create(call.params, cuttingContent: true)
package struct GuestMessages: Sendable {
  let plugin: String
  let guild: GuildID

  /// Whose messages, and where.
  package init(plugin: String, guild: GuildID) { (self.plugin, self.guild) = (plugin, guild) }

  /// What a call may bring besides `content`, `embeds` and `allowed_mentions`.
  package struct Parts: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// `components`: rows of buttons and selects.
    package static let components = Parts(rawValue: 1)
    /// `files`: `{filename, data_b64}`, at most 3 of 8 MiB together.
    package static let files = Parts(rawValue: 2)
  }

  /// The new message that `params` describe by `content`, `embeds`, `components`, `files` and `allowed_mentions`. Parts that
  /// are not allowed are ignored; an empty message is refused.
  ///
  /// With `cuttingContent`, a text of more than 2,000 characters is cut instead of refused. Custom ids are rewritten, see
  /// `GuestComponentID`. With files, not on a loop: decoding takes time.
  ///
  /// - Throws: `RPCError.invalid`.
  package func create(
    _ params: JSONObject, with parts: Parts = [.components], cuttingContent: Bool = false
  ) throws(RPCError) -> MessageCreate {
    let fields = GuestFields(params)
    var message = MessageCreate(try content(fields, isCut: cuttingContent))
    message.embeds = try embeds(fields) ?? []
    if parts.contains(.components) { message.components = try components(fields) ?? [] }
    if parts.contains(.files) { message.files = try files(fields) }
    message.allowedMentions = try mentions(fields)
    try check(message)
    return message
  }

  /// The change of a message that `params` describe by `content`, `embeds`, `components` and `allowed_mentions`: what is
  /// missing stays, what is empty goes.
  ///
  /// - Throws: `RPCError.invalid`.
  package func edit(
    _ params: JSONObject, cuttingContent: Bool = false
  ) throws(RPCError) -> MessageEdit {
    let fields = GuestFields(params)
    var edit = MessageEdit()
    if let text = try content(fields, isCut: cuttingContent) {
      edit.content = text.isEmpty ? .clear : .set(text)
    }
    edit.embeds = try embeds(fields)
    edit.components = try components(fields)
    edit.allowedMentions = try mentions(fields)
    try check(edit)
    return edit
  }

  /// The form that `params` describe by `title`, `custom_id` and `components`: rows of one text input each.
  ///
  /// Only the form's own id is rewritten: those of its inputs come back inside of it, as the plugin wrote them.
  ///
  /// - Throws: `RPCError.invalid`.
  package func modal(_ params: JSONObject) throws(RPCError) -> Modal {
    let fields = GuestFields(params)
    let modal = Modal(
      try fields.requiredText("title"), id: try customID(fields), try inputRows(fields))
    try check(modal)
    return modal
  }

  /// Who may be notified, by `allowed_mentions` of a call: nobody where it is missing. `everyone` and `here` never are,
  /// and @everyone is no role that can be meant. Where a kind is both listed and parsed, the list counts; parsed roles are
  /// those that `content` mentions.
  ///
  /// - Throws: `RPCError.invalid`.
  package func allowedMentions(_ params: JSONObject) throws(RPCError) -> AllowedMentions {
    try mentions(GuestFields(params))
  }

  private func content(_ fields: GuestFields, isCut: Bool) throws(RPCError) -> String? {
    guard let text = try fields.text("content"), isCut else { return try fields.text("content") }
    return text.shortened(to: MessageCreate.maximumContentLength)
  }

  private func mentions(_ fields: GuestFields) throws(RPCError) -> AllowedMentions {
    guard let given = try fields.fields("allowed_mentions") else { return .none }
    var kinds: Set<String> = []
    for (index, value) in (try given.list("parse", atMost: 10) ?? []).enumerated() {
      guard let kind = value.string else {
        throw .invalid("\(given.place("parse"))[\(index)] must be a string")
      }
      kinds.insert(kind)
    }
    let users = try given.ids("users", of: Entity.User.self, atMost: 100)
    let roles = try given.ids("roles", of: Entity.Role.self, atMost: 100)
    var allowed = AllowedMentions.none
    if let users { allowed.users = .only(users) } else if kinds.contains("users") { allowed.users = .all }
    if let roles {
      allowed.roles = .only(roles.filter { $0 != guild.everyoneRole })
    } else if kinds.contains("roles") {
      // Not all that are mentioned: a mention of @everyone's role would be among them.
      allowed.roles = .only(mentionedRoles(try fields.text("content") ?? ""))
    }
    return allowed
  }

  /// The roles that a text mentions, each once, @everyone left out; the first hundred.
  private func mentionedRoles(_ text: String) -> [RoleID] {
    var roles: [RoleID] = []
    for piece in text.split(separator: "<@&", omittingEmptySubsequences: false).dropFirst() {
      guard let role = RoleID(piece.prefix { $0 != ">" }), role != guild.everyoneRole else { continue }
      if !roles.contains(role), roles.count < 100 { roles.append(role) }
    }
    return roles
  }

  private func check(_ value: some Validatable) throws(RPCError) {
    do throws(CompositionError) {
      try value.validate()
    } catch {
      throw .invalid(error.description)
    }
  }
}
