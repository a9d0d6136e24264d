// A plugin's part, played by the test: it is handed an interaction and makes calls.

import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import PlatformPlugins
import SandboxContract
import Storage
import StorageTestKit
import Synchronization
import TestKit
import Testing

@testable import SandboxDiscord

/// A desk over a stage, with one plugin, `tickets`, whose command is `/open`.
final class InteractionsStage: Sendable {
  static let sentences = GuestInteractionSentences(noReply: "Nothing to say.", notRunning: "Not running.")

  let stage: EventsStage
  let desk: GuestInteractionDesk
  let methods: InteractionMethods
  let storage: Storage
  /// What the desk is done with.
  let attended = Recorder<InteractionID>()
  private let command: ApplicationCommandID
  /// Who waits for the clock besides the desk.
  private let others: Int

  private init(_ stage: EventsStage, _ storage: Storage, command: ApplicationCommandID) {
    (self.stage, self.storage, self.command) = (stage, storage, command)
    others = stage.time.sleeperCount
    desk = GuestInteractionDesk(time: stage.time)
    methods = InteractionMethods(desk)
  }

  static func run(_ body: @Sendable (InteractionsStage) async throws -> Void) async throws {
    try await withInstallation(.embedded) { installation in
      try await installation.run(schema: Schema(platform: [], guild: [])) { storage in
        try await EventsStage.run { stage in
          let registered = try await stage.bot.rest.send(
            .overwriteGuildCommands(
              [.chatInput("open", "Opens a ticket", [.string("why", "The reason")])],
              of: stage.application, in: stage.guild))
          try await body(
            InteractionsStage(stage, storage, command: try #require(registered.first).id))
        }
      }
    }
  }

  func installation(_ plugin: String = "tickets", guild: GuildID? = nil) -> GuestInstallation {
    GuestInstallation(
      guild: guild ?? stage.guild,
      release: GuestRelease(
        manifest: GuestManifest(id: plugin, name: plugin, version: "1.0.0"), digest: "0"),
      grants: GuestGrants(capabilities: [.respond]), isEnabled: true,
      installedAt: Timestamp(milliseconds: 0))
  }

  func command(defers: Bool?) -> GuestManifest.Command {
    GuestManifest.Command(name: "open", definition: JSONObject(), defersOnDispatch: defers)
  }

  /// Calls a method as the plugin would.
  @discardableResult
  func call(
    _ method: String, _ params: JSONObject, plugin: String = "tickets", guild: GuildID? = nil
  ) async throws -> JSONValue {
    try await methods.answer(
      GuestCall(
        installation: installation(plugin, guild: guild), method: "interaction.\(method)", params: params,
        cause: .unprompted, bot: GuildBot(stage.bot, in: stage.guild), storage: storage, now: stage.time.now))
  }

  /// Has the desk attend to whatever comes, with the plugin's part played by `play`.
  func attend(
    defers: Bool? = nil, _ play: @escaping @Sendable (GuestDelivery) async -> GuestDeliveryEnd
  ) {
    stage.onInteraction { received in
      var isCommand = false
      if case .command = received.interaction.data { isCommand = true }
      await self.desk.attend(
        received, for: self.installation(), command: isCommand ? self.command(defers: defers) : nil,
        sentences: Self.sentences, deliver: play)
      self.attended.record(received.interaction.id)
    }
  }

  // MARK: Time

  /// Moves the clock on once the desk waits for it: once for the deferral, a second time for the plugin that is done.
  func pass(_ duration: Duration, waiting: Int) async throws {
    try await eventually("the desk waits for the clock") { stage.time.sleeperCount == others + waiting }
    stage.time.advance(by: duration)
  }

  /// The same, and nobody must have waited for so little.
  func passInVain(_ duration: Duration, waiting: Int) async throws {
    try await pass(duration, waiting: waiting)
    #expect(stage.time.sleeperCount == others + waiting)
  }

  // MARK: People

  func useCommand() async throws {
    try await stage.interact(
      2,
      [
        "id": .id(command), "name": "open", "type": 1,
        "options": [["type": 3, "name": "why", "value": "help"]],
      ])
  }

  /// Presses a button of the plugin's on a new message of the bot's.
  func pressButton() async throws {
    let id = GuestComponentID(plugin: "tickets", customID: "close:17").text
    let message = try await stage.bot.rest.send(
      .createMessage(
        MessageCreate("A ticket").with([.row(.button("Close", id: id))]), in: stage.channel))
    try await stage.interact(3, ["component_type": 2, "custom_id": .string(id)], message: message.id)
  }

  /// Fills a form that `/open` was answered with.
  func sendForm() async throws {
    let opener = Recorder<InteractionID>()
    attend { delivery in
      guard case .interaction(let received, _, _) = delivery.cause else { return .dropped("odd") }
      opener.record(received.interaction.id)
      do {
        try await self.call("send_modal", Self.form(delivery))
      } catch { Issue.record("\(error)") }
      return .acknowledged(isFailed: false)
    }
    try await useCommand()
    let wire = stage.wire
    try await eventually("the form is there") { !attended.values.isEmpty && wire.values.last == "callback 9" }
    let id = GuestComponentID(plugin: "tickets", customID: "form").text
    afterForm.withLock { $0 = wire.values.count }
    form.withLock { $0 = (opener.values.last, id) }
  }

  func submitForm() async throws {
    let (opener, id) = form.withLock { $0 }
    try await stage.interact(
      5,
      [
        "id": .id(try #require(opener)), "custom_id": .string(id),
        "components": [["type": 1, "components": [["type": 4, "custom_id": "text", "value": "hi"]]]],
      ])
  }

  private let form = Mutex<(InteractionID?, String)>((nil, ""))
  private let afterForm = Mutex(0)

  /// What was answered, without the opening of a form.
  var wire: [String] { Array(stage.wire.values.dropFirst(afterForm.withLock { $0 })) }

  // MARK: Parameters

  static func params(_ delivery: GuestDelivery, _ more: KeyValuePairs<String, JSONValue> = [:]) -> JSONObject
  {
    var params = JSONObject()
    params["_interaction_id"] = delivery.payload["interaction_id"]
    for (key, value) in more { params[key] = value }
    return params
  }

  static func form(_ delivery: GuestDelivery) -> JSONObject {
    params(
      delivery,
      [
        "title": "Form", "custom_id": "form",
        "components": [
          [
            "type": 1,
            "components": [["type": 4, "custom_id": "text", "label": "Text", "style": 1]],
          ]
        ],
      ])
  }
}

extension MessageCreate {
  fileprivate func with(_ components: [Component]) -> MessageCreate {
    var copy = self
    copy.components = components
    return copy
  }
}
