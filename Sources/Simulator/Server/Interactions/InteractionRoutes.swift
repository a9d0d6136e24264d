// The two ends of an interaction: what a person's client sends, and what the application calls back.

internal import DiscordCore
internal import EventLoop
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld

extension InteractionRefusal {
  /// The refusal as Discord words it.
  var failure: RESTFailure {
    switch self {
    case .unknown: .unknown(.interaction)
    case .acknowledged:
      RESTFailure(status: 400, code: 40060, message: "Interaction has already been acknowledged.")
    case .wrongCallback:
      .invalid("type", code: "BASE_TYPE_CHOICES", "This response type is not valid for the interaction.")
    case .unknownWebhook: .unknown(.webhook)
    }
  }
}

extension RouteTable {
  static let interactionRoutes: [RESTRoute] = [
    RESTRoute(.post, "/interactions") { call, world throws(RESTFailure) in
      guard case .user(let user) = call.caller else { throw .notForBots }
      try world.interact(call.body ?? [:], by: user, files: call.files)
      return .noContent
    },
    RESTRoute(.post, "/interactions/{interaction.id}/{interaction.token}/callback", isPublic: true) {
      call, world throws(RESTFailure) in
      let id = try call.id("interaction.id", Entity.Interaction.self)
      let answer = try world.answer(
        id, token: call.parameters["interaction.token"] ?? "", with: call.body ?? [:], files: call.files)
      return call.flag("with_response") ? .ok(answer) : .noContent
    },
  ]
}

extension World {
  /// Takes an application's answer, from its callback or from the body of its HTTP response.
  ///
  /// - Returns: the callback response object.
  /// - Throws: 10062, 40060, 50035.
  @discardableResult
  func answer(_ id: InteractionID, token: String, with body: JSONValue, files: [UploadedPart])
    throws(RESTFailure)
    -> JSONValue
  {
    let services = try services
    guard let callback = (body["type"]?.int64).flatMap(InteractionCallback.init) else {
      throw .invalid("type", code: "BASE_TYPE_CHOICES", "Value must be one of {1, 4, 5, 6, 7, 8, 9, 10, 12}.")
    }
    // What is wrong with the body is said before the interaction counts as answered.
    let pending = services.interactions[id].flatMap { $0.token == token ? $0 : nil }
    guard let pending else { throw .unknown(.interaction) }
    let prepared = try prepare(callback, body["data"], files, for: pending)
    let interaction: Interaction
    do throws(InteractionRefusal) {
      interaction = try services.interactions.acknowledge(id, token: token, with: callback, at: now)
    } catch {
      throw error.failure
    }
    agenda.cancel(.named("interaction \(id)"))
    let message = try perform(prepared, callback, interaction, services)
    publish("INTERACTION_SUCCESS", interaction.receipt, to: .user(interaction.user))
    return response(callback, interaction, message)
  }

  /// What a callback carries, checked.
  private enum Prepared {
    case nothing
    case message(Message)
    case change(JSONValue)
    case choices([JSONValue])
    case modal(ModalDraft)
  }

  private func prepare(
    _ callback: InteractionCallback, _ data: JSONValue?, _ files: [UploadedPart], for interaction: Interaction
  ) throws(RESTFailure) -> Prepared {
    switch callback {
    case .message: return .message(try compose(data ?? [:], files, answering: interaction))
    case .deferredMessage:
      var message = newAnswer(to: interaction)
      message.flags = Int(data?["flags"]?.int64 ?? 0) & Message.Flag.ephemeral | Message.Flag.loading
      return .message(message)
    case .update: return data.map { .change($0) } ?? .nothing
    case .autocompleteResult:
      guard let choices = data?["choices"]?.array, choices.count <= CommandLimits.choices else {
        throw .invalid("data", "choices", code: "BASE_TYPE_BAD_LENGTH", "Must be between 0 and 25 in length.")
      }
      return .choices(choices)
    case .modal:
      let draft = ModalDraft(data)
      guard draft.errors.isEmpty else { throw draft.errors.failure }
      return .modal(draft)
    case .pong, .deferredUpdate, .premiumRequired, .launchActivity: return .nothing
    }
  }

  private func perform(
    _ prepared: Prepared, _ callback: InteractionCallback, _ interaction: Interaction, _ services: Annex
  ) throws(RESTFailure) -> Message? {
    switch prepared {
    case .nothing: return nil
    case .message(var message):
      if message.flags & Message.Flag.ephemeral != 0 { message.visibleTo = interaction.user }
      try place(message)
      services.interactions.change(interaction.id) { $0.original = message.id }
      return message
    case .change(let body):
      guard let id = interaction.message else { throw .unknown(.message) }
      return try change(id, in: interaction.channel, by: interaction.application.converted(), body, [])
    case .choices(let choices):
      publish(
        "APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE",
        ["choices": .array(choices), "nonce": interaction.nonce.map { .string($0) } ?? .null],
        to: .user(interaction.user))
      return nil
    case .modal(let draft):
      let components = JSONValue.array(draft.components).numbered()
      services.interactions.change(interaction.id) { $0.modal = (draft.customID, components) }
      var json = Fields()
      json.append(interaction.receipt)
      json.put("custom_id", draft.customID)
      json.put("title", draft.title)
      json.put("components", components)
      json.put("application", applications[interaction.application].map { self.json(short: $0) } ?? .null)
      json.put("channel_id", interaction.channel)
      publish("INTERACTION_MODAL_CREATE", json.value, to: .user(interaction.user))
      return nil
    }
  }

  private func json(short application: Application) -> JSONValue {
    [
      "id": .id(application.id), "name": .string(application.name),
      "icon": application.icon.map { .string($0) } ?? .null,
    ]
  }

  /// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback-response-object
  private func response(_ callback: InteractionCallback, _ interaction: Interaction, _ message: Message?)
    -> JSONValue
  {
    var about = Fields()
    about.put("id", interaction.id)
    about.put("type", .integer(interaction.kind.rawValue))
    if let message {
      about.put("response_message_id", message.id)
      about.put("response_message_loading", message.flags & Message.Flag.loading != 0)
      about.put("response_message_ephemeral", message.flags & Message.Flag.ephemeral != 0)
    }
    var json = Fields()
    json.put("interaction", about.value)
    if let message, [.message, .update].contains(callback) {
      json.put(
        "resource",
        [
          "type": .integer(callback.rawValue),
          "message": self.json(message, viewer: interaction.application.converted()),
        ])
    }
    return json.value
  }
}

extension Interaction {
  /// What the user's client knows it by.
  var receipt: JSONValue { ["id": .id(id), "nonce": nonce.map { .string($0) } ?? .null] }
}

extension JSONValue {
  /// Components with an `id` each, where the sender gave none.
  func numbered() -> JSONValue {
    var next: Int64 = 0
    return numbered(&next)
  }

  private func numbered(_ next: inout Int64) -> JSONValue {
    switch self {
    case .array(let list): return .array(list.map { $0.numbered(&next) })
    case .object(var object) where object["type"]?.int64 != nil:
      next += 1
      if object["id"] == nil { object["id"] = .integer(next) }
      for key in ["components", "component", "accessory"] {
        if let inner = object[key] { object[key] = inner.numbered(&next) }
      }
      return .object(object)
    default: return self
    }
  }
}
