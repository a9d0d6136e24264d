// The form under the rules, and the pictures of people, with the simulated Discord behind them.

import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import PlatformPlugins
import PluginTestKit
import Synchronization
import Testing

@testable import WelcomePlugin

/// Remembers what a person was shown.
private final class Screen: Responder {
  private let shown = Mutex<(modals: [Modal], texts: [String])>(([], []))

  var modals: [Modal] { shown.withLock { $0.modals } }
  var texts: [String] { shown.withLock { $0.texts } }
  var canOpenModals: Bool { true }

  func reply(_ message: MessageCreate) async throws -> any ReplyHandle {
    shown.withLock { $0.texts.append(message.content ?? "") }
    return Shown()
  }

  func open(_ modal: Modal) async throws { shown.withLock { $0.modals.append(modal) } }
  func update(_ edit: MessageEdit) async throws {}

  private struct Shown: ReplyHandle {
    func edit(_ edit: MessageEdit) async throws {}
    func delete() async throws {}
  }
}

@Suite(.timeLimit(.minutes(2)), .serialized) struct AcceptanceTests {
  private func form(typing text: String) throws -> ModalSubmission {
    let json: JSONValue = [
      "custom_id": "x",
      "components": [["type": 18, "component": ["type": 4, "custom_id": "phrase", "value": .string(text)]]],
    ]
    return try JSONParser(retainedSize: 0).parse(try json.encoded()) { try ModalSubmission(from: $0) }
  }

  private func invocation(
    _ input: ComponentInvocationContext.Input, by user: UserID, _ screen: Screen, _ stage: PluginStage,
    cause: String
  ) async throws -> ComponentInvocationContext {
    ComponentInvocationContext(
      core: try await stage.context(Welcome.self, cause: cause).core,
      person: Person(user: user, name: "ada", roles: [], permissions: []), channel: stage.channel, state: "",
      input: input, message: nil, responder: screen)
  }

  @Test func `where a text is to be typed, only that text accepts the rules`() async throws {
    try await PluginStage.run([PluginUnit(Welcome.self)]) { stage in
      try await stage.enable("welcome")
      let member = try await stage.newRole("Member")
      try await stage.configure(Welcome.self) { settings in
        settings.join.isOn = false
        (settings.rules.gives, settings.rules.phrase) = (member, "I agree")
      }
      let ada = try await stage.newcomer("ada")
      let screen = Screen()
      let button: JSONValue = ["custom_id": "x", "component_type": 2]
      let press = try JSONParser(retainedSize: 0).parse(try button.encoded()) {
        try ComponentInvocation(from: $0)
      }
      try await Acceptance.pressed(
        ComponentCall(try await invocation(.component(press), by: ada, screen, stage, cause: "c1")))
      #expect(screen.modals.count == 1)
      #expect(throws: Never.self) { try screen.modals.first?.validate() }
      let refused = await #expect(throws: Refusal.self) {
        try await Acceptance.confirmed(
          ModalCall(
            try await invocation(.modal(try form(typing: "no")), by: ada, screen, stage, cause: "c2")))
      }
      #expect(refused?.key == "refused.phrase")
      #expect(await stage.roles(of: ada) == [])
      for cause in ["c3", "c3", "c4"] {
        try await Acceptance.confirmed(
          ModalCall(
            try await invocation(.modal(try form(typing: " i  AGREE")), by: ada, screen, stage, cause: cause))
        )
      }
      #expect(await stage.roles(of: ada) == [member])
      #expect(screen.texts.first == "Thank you. You are in.")
      #expect(screen.texts.last == "You have accepted the rules already.")
    }
  }

  @Test func `the picture of a person comes from the picture server, and from nowhere else`() async throws {
    try await PluginStage.run([PluginUnit(Welcome.self)]) { stage in
      let bot = try await stage.context(Welcome.self).bot
      let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47]
      let own = try #require(await bot.avatar(of: stage.owner, hash: "0123456789abcdef0123456789abcdef"))
      #expect(own.starts(with: png))
      #expect(try #require(await bot.avatar(of: stage.owner, hash: nil)).starts(with: png))
      let rest = stage.bot.rest
      #expect(try await rest.picture("http://127.0.0.1:1/a.png", atMost: 100, within: .seconds(1)) == nil)
      let address = rest.cdn.defaultAvatar(of: stage.owner)
      await #expect(throws: (any Error).self) {
        _ = try await rest.picture(address, atMost: 10, within: .seconds(5))
      }
    }
  }
}
