// From a person's click to the application: checks, the interaction object, and its delivery.

internal import DiscordCore
internal import EventLoop
internal import JSON
internal import SimulatorWorld
internal import Vault

extension World {
  /// Carries out `POST /interactions` of a person.
  ///
  /// - Throws: 10002, 10008, 10063, 50001, 50013, 50035.
  func interact(_ body: JSONValue, by user: UserID, files: [UploadedPart]) throws(RESTFailure) {
    guard let kind = (body["type"]?.int64).flatMap(InteractionKind.init), kind != .ping else {
      throw .invalid("type", code: "BASE_TYPE_CHOICES", "Value must be one of {2, 3, 4, 5}.")
    }
    guard let application = body["application_id"]?.snowflake.flatMap({ applications[ApplicationID($0)] })
    else {
      throw .unknown(.application)
    }
    let channel = try channel(ChannelID(body["channel_id"]?.snowflake ?? 0), for: user)
    let guild = channel.guildID.flatMap { guilds[$0] }
    let data = body["data"] ?? [:]
    var request = InteractionRequest(
      user: user, application: application, channel: channel, guild: guild, kind: kind,
      nonce: body["nonce"]?.string ?? body["nonce"]?.int64.map(String.init))
    switch kind {
    case .command, .autocomplete: try read(command: data, files, into: &request)
    case .component:
      try read(component: data, message: MessageID(body["message_id"]?.snowflake ?? 0), into: &request)
    case .modal, .ping: try read(modal: data, into: &request)
    }
    try create(request)
  }

  /// What a person asked for, as far as it was read.
  struct InteractionRequest {
    let user: UserID
    let application: Application
    let channel: Channel
    let guild: Guild?
    let kind: InteractionKind
    let nonce: String?
    /// As the application gets it.
    var data: JSONValue = .null
    /// Of a component, and of a modal that a component opened.
    var message: Message?
    var name: String?
    var commandType: Int64?
    /// The metadata of the interaction before a modal's.
    var triggering: JSONValue?
  }

  // MARK: Commands

  private func read(command data: JSONValue, _ files: [UploadedPart], into request: inout InteractionRequest)
    throws(RESTFailure)
  {
    let services = try services
    guard let id = data["id"]?.snowflake,
      let command = services.commands.command(
        ApplicationCommandID(id), of: request.application.id, usableIn: request.guild?.id)
    else { throw .unknown(.applicationCommand) }
    if let version = data["version"]?.snowflake, version != command.version.rawValue {
      throw .invalid(
        "data", code: "INTERACTION_APPLICATION_COMMAND_INVALID_VERSION",
        "This command is outdated, please try again in a few minutes")
    }
    if let guild = request.guild, guild.members[request.application.botID] == nil {
      throw .unknown(.application)
    }
    guard mayUse(command, services.commands, user: request.user, in: request.channel) else {
      throw .missingPermissions
    }
    var options = InteractionOptions(
      self, guild: request.guild, viewer: request.application.botID,
      isAutocomplete: request.kind == .autocomplete)
    var json = Fields()
    json.put("id", command.id)
    json.put("name", command.name)
    json.put("type", .integer(command.type))
    if let guild = command.guild { json.put("guild_id", guild) }
    if command.type == 1 {
      addAttachments(data, files, &options)
      let read = options.read(data["options"], against: command.options)
      if !read.isEmpty { json.put("options", .array(read)) }
    } else {
      let target = data["target_id"]?.snowflake ?? 0
      json.put("target_id", .string(String(target)))
      if command.type == 2 {
        guard users[UserID(target)] != nil else { throw .unknown(.user) }
        options.add(user: UserID(target))
      } else {
        guard let message = request.channel.messages[MessageID(target)] else { throw .unknown(.message) }
        options.add(message: message)
      }
    }
    guard options.errors.isEmpty else { throw options.errors.failure }
    if let resolved = options.resolved { json.put("resolved", resolved) }
    request.data = json.value
    request.name = command.name
    request.commandType = command.type
  }

  /// Files of a person for attachment options, by the ids that the body gave them.
  private func addAttachments(_ data: JSONValue, _ files: [UploadedPart], _ options: inout InteractionOptions)
  {
    for given in data["attachments"]?.array ?? [] {
      guard let id = given["id"]?.string ?? given["id"]?.int64.map(String.init) else { continue }
      guard let file = files.first(where: { $0.index.map(String.init) == id }) ?? files.first else {
        continue
      }
      let key = newID(Entity.Attachment.self).description
      (annex as? Annex)?.uploads.keep(
        Picture(contentType: file.contentType ?? "application/octet-stream", bytes: file.bytes), as: key)
      let address = "\(cdnBase)/ephemeral-attachments/\(key)/\(file.fileName)"
      var json = Fields()
      json.put("id", id)
      json.put("filename", file.fileName)
      json.put("size", file.bytes.count)
      json.put("content_type", file.contentType)
      json.put("url", address)
      json.put("proxy_url", address)
      json.put("ephemeral", true)
      options.add(attachment: id, json.value)
    }
  }

  // MARK: Components and modals

  private func read(component data: JSONValue, message id: MessageID, into request: inout InteractionRequest)
    throws(RESTFailure)
  {
    guard let message = request.channel.messages[id],
      message.visibleTo == nil || message.visibleTo == request.user
    else { throw .unknown(.message) }
    guard message.applicationID == request.application.id || message.authorID == request.application.botID
    else {
      throw .unknown(.application)
    }
    let customID = data["custom_id"]?.string ?? ""
    guard let component = JSONValue.array(message.components).component(withCustomID: customID),
      component["disabled"]?.bool != true
    else {
      throw .invalid("data", code: "COMPONENT_VALIDATION_FAILED", "Component validation failed")
    }
    let type = component["type"]?.int64 ?? 2
    var json = Fields()
    json.put("component_type", .integer(type))
    json.put("id", component["id"] ?? 0)
    json.put("custom_id", customID)
    if type != 2 {
      let values = (data["values"]?.array ?? []).compactMap { $0.string ?? $0.snowflake.map(String.init) }
      let (least, most) = (component["min_values"]?.int64 ?? 1, component["max_values"]?.int64 ?? 1)
      let known = Set((component["options"]?.array ?? []).compactMap { $0["value"]?.string })
      let count = Int64(values.count)
      guard count >= least, count <= most, type != 3 || known.isSuperset(of: values) else {
        throw .invalid("data", "values", code: "COMPONENT_VALIDATION_FAILED", "Component validation failed")
      }
      json.put("values", .array(values.map { .string($0) }))
      var options = InteractionOptions(
        self, guild: request.guild, viewer: request.application.botID, isAutocomplete: false)
      options.resolve(values: values, ofSelect: type)
      if let resolved = options.resolved { json.put("resolved", resolved) }
    }
    request.data = json.value
    request.message = message
  }

  private func read(modal data: JSONValue, into request: inout InteractionRequest) throws(RESTFailure) {
    let services = try services
    guard let id = data["id"]?.snowflake, let opener = services.interactions[InteractionID(id)],
      opener.user == request.user, opener.application == request.application.id, let modal = opener.modal,
      modal.customID == data["custom_id"]?.string
    else { throw .unknown(.interaction) }
    var submission = ModalSubmission(
      options: InteractionOptions(
        self, guild: request.guild, viewer: request.application.botID, isAutocomplete: false))
    let components = submission.read(data["components"]?.array ?? [], against: modal.components.array ?? [])
    guard submission.errors.isEmpty else { throw submission.errors.failure }
    services.interactions.change(opener.id) { $0.modal = nil }
    var json = Fields()
    json.put("custom_id", modal.customID)
    json.put("components", .array(components))
    if let resolved = submission.options.resolved { json.put("resolved", resolved) }
    request.data = json.value
    request.message = opener.message.flatMap { request.channel.messages[$0] }
    request.triggering = opener.metadata
  }

  // MARK: Creation

  private func create(_ request: InteractionRequest) throws(RESTFailure) {
    let services = try services
    let id: InteractionID = newID()
    var interaction = Interaction(
      id: id, token: SecureRandom.token(byteCount: 96), application: request.application.id,
      user: request.user,
      guild: request.guild?.id, channel: request.channel.id, kind: request.kind, message: request.message?.id,
      name: request.name, nonce: request.nonce, created: now)
    interaction.commandType = request.commandType
    interaction.metadata = metadata(of: interaction, request.triggering)
    services.interactions.add(interaction)
    publish("INTERACTION_CREATE", interaction.receipt, to: .user(request.user))
    agenda.set(.named("interaction \(id)"), at: now + InteractionBook.answerTime + .milliseconds(1)) {
      world in
      world.expireInteractions()
    }
    let payload = payload(interaction, request)
    if let url = request.application.interactionsEndpointURL {
      services.hub.deliver(payload, of: interaction, to: url, seed: request.application.signingSeed, at: now)
    } else {
      publish("INTERACTION_CREATE", payload, to: .users([request.application.botID], in: request.guild?.id))
    }
  }

  /// Tells the users of interactions that nobody answered in time.
  func expireInteractions() {
    guard let services = annex as? Annex else { return }
    for interaction in services.interactions.expire(at: now) {
      publish("INTERACTION_FAILURE", interaction.receipt, to: .user(interaction.user))
    }
  }

  /// `interaction_metadata` of the answers.
  private func metadata(of interaction: Interaction, _ triggering: JSONValue?) -> JSONValue {
    var json = Fields()
    json.put("id", interaction.id)
    json.put("type", .integer(interaction.kind.rawValue))
    json.put("user", self.json(user: interaction.user))
    json.put("authorizing_integration_owners", owners(interaction.guild))
    if let name = interaction.name {
      json.put("name", name)
      json.put("command_type", .integer(interaction.commandType ?? 1))
    }
    if interaction.kind == .component, let message = interaction.message {
      json.put("interacted_message_id", message)
    }
    if let triggering { json.put("triggering_interaction_metadata", triggering) }
    return json.value
  }

  /// The application is installed in the guild; in private it is the guild "0".
  private func owners(_ guild: GuildID?) -> JSONValue {
    ["0": guild.map { .id($0) } ?? "0"]
  }

  /// `d` of INTERACTION_CREATE, and the body of the call to an application's own address.
  private func payload(_ interaction: Interaction, _ request: InteractionRequest) -> JSONValue {
    var json = Fields()
    json.put("id", interaction.id)
    json.put("application_id", interaction.application)
    json.put("type", .integer(interaction.kind.rawValue))
    json.put("data", request.data)
    let bot = request.application.botID
    if let guild = request.guild {
      json.put(
        "guild",
        [
          "id": .id(guild.id), "locale": .string(guild.preferredLocale),
          "features": .array(guild.features.sorted().map { .string($0) }),
        ])
      json.put("guild_id", guild.id)
      json.put("guild_locale", guild.preferredLocale)
      if let member = guild.members[request.user] {
        var fields = Fields()
        fields.append(self.json(member))
        fields.put("permissions", permissions(of: request.user, in: request.channel))
        json.put("member", fields.value)
      }
    } else {
      json.put("user", self.json(user: request.user))
    }
    var channel = Fields()
    channel.append(self.json(request.channel, for: bot))
    channel.put("permissions", permissions(of: request.user, in: request.channel))
    json.put("channel", channel.value)
    json.put("channel_id", request.channel.id)
    json.put("token", interaction.token)
    json.put("version", 1)
    if let message = request.message { json.put("message", self.json(message, viewer: bot)) }
    json.put("app_permissions", permissions(of: bot, in: request.channel))
    json.put("locale", users[request.user]?.locale ?? "en-US")
    json.put("entitlements", .array(entitlements(of: request)))
    json.put("authorizing_integration_owners", owners(request.guild?.id))
    json.put("context", request.guild == nil ? 1 : 0)
    json.put("attachment_size_limit", UploadedPart.maximumSize)
    return json.value
  }

  private func entitlements(of request: InteractionRequest) -> [JSONValue] {
    let all = (annex as? Annex)?.store.entitlements ?? []
    return all.filter { one in
      one.application == request.application.id && !one.isDeleted
        && (one.user == request.user || (one.guild != nil && one.guild == request.guild?.id))
    }.map(\.json)
  }
}

extension JSONValue {
  /// The component of that custom id, at any depth.
  func component(withCustomID id: String) -> JSONValue? {
    switch self {
    case .array(let list): return list.lazy.compactMap { $0.component(withCustomID: id) }.first
    case .object(let object):
      if object["custom_id"]?.string == id { return self }
      for key in ["components", "component", "accessory"] {
        if let found = object[key]?.component(withCustomID: id) { return found }
      }
      return nil
    default: return nil
    }
  }
}
