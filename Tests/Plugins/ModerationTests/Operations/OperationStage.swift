// Calling the plugin's commands, buttons and forms on the stage, as the dispatcher does.

import DiscordCore
import DiscordModels
import EventLoop
import JSON
@testable import ModerationPlugin
import PlatformCommands
import PlatformPlugins
@testable import PlatformSchedule
import PlatformTenancy
import Simulator
import SimulatorWorld
import Storage
import Synchronization
import Testing

/// Keeps what a person would see.
final class TestResponder: Responder, ReplyHandle {
  let replies = Mutex<[MessageCreate]>([])
  let edits = Mutex<[MessageEdit]>([])
  let forms = Mutex<[Modal]>([])
  var canOpenModals: Bool { true }

  func reply(_ message: MessageCreate) async throws -> any ReplyHandle {
    try message.validate()
    replies.withLock { $0.append(message) }
    return self
  }
  func open(_ modal: Modal) async throws {
    try modal.validate()
    forms.withLock { $0.append(modal) }
  }
  func update(_ edit: MessageEdit) async throws {
    try edit.validate()
    edits.withLock { $0.append(edit) }
  }
  func edit(_ edit: MessageEdit) async throws { try await update(edit) }
  func delete() async throws {}

  /// All that was answered, as text.
  var text: String {
    let replied = replies.withLock { $0.compactMap(\.content) }
    let edited = edits.withLock { edits in
      edits.compactMap { if case .set(let text) = $0.content { text } else { nil } }
    }
    return (replied + edited).joined(separator: "\n")
  }

  /// The ids of the buttons that were shown.
  var buttons: [String] { replies.withLock { $0.flatMap { $0.components.customIDs } } }
}

extension [Component] {
  /// The ids of all buttons in the rows.
  var customIDs: [String] {
    flatMap { component -> [String] in
      guard case .actionRow(let row) = component else { return [] }
      return row.components.compactMap { if case .button(let button) = $0 { button.customID } else { nil } }
    }
  }
}

extension SanctionStage {
  private static let unit = PluginUnit(Moderation.self)

  /// Gives a command as it is typed, without the prefix.
  @discardableResult
  func say(
    _ text: String, as person: Person? = nil, in channel: ChannelID, cause: String,
    source: CommandSource = .slash
  ) async throws -> TestResponder {
    let index = CommandIndex(Self.unit.commands.map(\.declaration))
    let found = try #require(index.find(text[...]), "no such command: \(text)")
    let command = try #require(Self.unit.commands.first { $0.declaration.name == found.command.name })
    let responder = TestResponder()
    try await command.handler(
      CommandInvocationContext(
        core: try await context(cause).core, declaration: command.declaration,
        arguments: try command.declaration.arguments(typed: found.rest), person: person ?? owner,
        channel: channel, source: source, responder: responder))
    return responder
  }

  /// Uses a button.
  @discardableResult
  func press(_ customID: String, as person: Person? = nil, in channel: ChannelID, cause: String) async throws
    -> TestResponder
  {
    let state = try #require(try await signer(of: guild).read(customID))
    let route = try #require(Self.unit.components[state.route])
    let responder = TestResponder()
    let json: JSONValue = ["custom_id": .string(customID), "component_type": 2]
    let invocation = try JSONParser(retainedSize: 0).parse(try json.encoded()) {
      try ComponentInvocation(from: $0)
    }
    try await route.handler(
      ComponentInvocationContext(
        core: try await context(cause).core, person: person ?? owner, channel: channel, state: state.state,
        input: .component(invocation), message: nil, responder: responder))
    return responder
  }

  /// Sends a form.
  @discardableResult
  func send(
    _ customID: String, _ inputs: [String: String], as person: Person? = nil, in channel: ChannelID,
    cause: String
  ) async throws -> TestResponder {
    let state = try #require(try await signer(of: guild).read(customID))
    let route = try #require(Self.unit.modals[state.route])
    let responder = TestResponder()
    let labels = inputs.map { name, value -> JSONValue in
      ["type": 18, "component": ["type": 4, "custom_id": .string(name), "value": .string(value)]]
    }
    let json: JSONValue = ["custom_id": .string(customID), "components": .array(labels)]
    let submission = try JSONParser(retainedSize: 0).parse(try json.encoded()) {
      try ModalSubmission(from: $0)
    }
    try await route.handler(
      ComponentInvocationContext(
        core: try await context(cause).core, person: person ?? owner, channel: channel, state: state.state,
        input: .modal(submission), message: nil, responder: responder))
    return responder
  }

  /// Chooses an entry of a message's menu.
  func choose(_ menu: String, on message: DiscordModels.Message, as person: Person, cause: String)
    async throws
    -> TestResponder
  {
    let entry = try #require(Self.unit.menus.first { $0.name == menu })
    let responder = TestResponder()
    try await entry.handler(
      MenuInvocationContext(
        core: try await context(cause).core, person: person, channel: message.channelID,
        target: .message(message), responder: responder))
    return responder
  }

  /// Fires the timers of a name until none is due any more; `limit` keeps a test from running forever.
  func runTimers(_ name: String, limit: Int = 50) async throws {
    let handler = try #require(Self.unit.timers[name])
    for _ in 0..<limit {
      let due = try await schedule.pending(Tenant(guild)).filter {
        $0.name.kind == "moderation.\(name)" && $0.due <= now
      }
      guard !due.isEmpty else { return }
      for timer in due {
        let firing = TimerFiring(name: timer.name, due: timer.due, payload: [], attempt: 1)
        switch try await handler(try await context(firing.effectKey).core, firing) {
        case .done: try await schedule.cancel(timer.name)
        case .again(let instant): try await schedule.set(timer.name, at: instant)
        }
      }
      advance(by: .seconds(1))
    }
    Issue.record("the timers of \(name) never end")
  }

  /// Another text channel than the log's, whose settings are as they were seeded.
  func plaza() async throws -> ChannelID {
    let (guild, log) = (guild, log)
    return try #require(
      await simulator.withWorld { world in
        world.guilds[guild]?.channels.sorted().compactMap { world.channels[$0] }
          .first { $0.kind == .text && $0.id != log && $0.thread == nil }?.id
      })
  }

  /// Puts messages of those ages into a channel, and returns their ids.
  func write(
    _ ages: [Duration], by user: UserID, in channel: ChannelID, content: String = "hello",
    pinned: Bool = false
  ) async -> [MessageID] {
    let now = now
    return await simulator.withWorld { world in
      guard let place = world.channels[channel] else { return [] }
      return ages.enumerated().map { index, age in
        let id = MessageID(MessageID(earliestAt: now - age).rawValue + UInt64(index))
        var message = SimulatorWorld.Message(id: id, channel: channel, author: .user(user))
        message.content = content
        message.isPinned = pinned
        world.post(message, in: place)
        return id
      }
    }
  }

  /// What lies in a channel, oldest first.
  func messages(in channel: ChannelID) async -> [SimulatorWorld.Message] {
    await simulator.withWorld { $0.channels[channel]?.messages.all ?? [] }
  }

  func overwrites(of channel: ChannelID) async -> Set<PermissionOverwrite> {
    await simulator.withWorld { Set($0.channels[channel]?.overwrites ?? []) }
  }

  func change(_ channel: ChannelID, _ body: @Sendable (SimulatorWorld.Channel) -> Void) async {
    await simulator.withWorld { world in if let place = world.channels[channel] { body(place) } }
  }
}
