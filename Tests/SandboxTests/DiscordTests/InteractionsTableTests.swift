// The table of section 14 of the contract, line by line, against the simulated Discord.

import DiscordBot
import DiscordCore
import EventLoop
import JSON
import SandboxContract
import Synchronization
import TestKit
import Testing

@testable import SandboxDiscord

/// A call of the plugin's, or the clock.
enum InteractionsStep: Sendable, CustomStringConvertible {
  case respond
  case respondPrivately
  case update
  case postpone
  case postponePrivately
  case followUp
  case followUpPrivately
  case form
  /// 2.2 seconds pass.
  case clock

  var description: String {
    switch self {
    case .respond: "respond"
    case .respondPrivately: "respond privately"
    case .update: "update"
    case .postpone: "defer"
    case .postponePrivately: "defer privately"
    case .followUp: "follow up"
    case .followUpPrivately: "follow up privately"
    case .form: "send a form"
    case .clock: "wait"
    }
  }
}

/// A line of the table.
struct InteractionsCase: Sendable, CustomTestStringConvertible {
  let kind: OpenInteraction.Kind
  /// Each with whether it is refused.
  let steps: [InteractionsStep]
  let refused: Set<Int>
  let wire: [String]

  init(_ kind: OpenInteraction.Kind, _ steps: [InteractionsStep], refused: Set<Int> = [], _ wire: [String]) {
    (self.kind, self.steps, self.refused, self.wire) = (kind, steps, refused, wire)
  }

  var testDescription: String {
    "\(kind): " + steps.map(\.description).joined(separator: ", ")
  }

  static let all: [InteractionsCase] = [
    // New.
    InteractionsCase(.command, [.respond], ["callback 4"]),
    InteractionsCase(.command, [.respondPrivately], ["callback 4 private"]),
    InteractionsCase(.component, [.update], ["callback 7"]),
    InteractionsCase(.command, [.update, .respond], refused: [0], ["callback 4"]),
    InteractionsCase(.modal, [.update, .respond], refused: [0], ["callback 4"]),
    InteractionsCase(.command, [.postpone, .respond], ["callback 5", "edit original"]),
    InteractionsCase(
      .component, [.postponePrivately, .respond], ["callback 5 private", "edit original"]),
    InteractionsCase(.command, [.followUp], ["callback 4"]),
    InteractionsCase(.command, [.form], ["callback 9"]),
    InteractionsCase(.component, [.form], ["callback 9"]),
    InteractionsCase(.modal, [.form, .respond], refused: [0], ["callback 4"]),
    // Deferred, by the plugin or by the host.
    InteractionsCase(.command, [.clock, .respond], ["callback 5", "edit original"]),
    InteractionsCase(.modal, [.clock, .respond], ["callback 5", "edit original"]),
    InteractionsCase(
      .command, [.clock, .respondPrivately], ["callback 5", "delete original", "follow-up private"]),
    InteractionsCase(.command, [.clock, .postpone, .respond], ["callback 5", "edit original"]),
    InteractionsCase(
      .command, [.postpone, .followUp, .followUp], ["callback 5", "edit original", "follow-up"]),
    InteractionsCase(
      .command, [.clock, .form, .respond], refused: [1], ["callback 5", "edit original"]),
    InteractionsCase(.component, [.clock, .update], ["callback 6", "edit original"]),
    InteractionsCase(
      .component, [.clock, .update, .update], ["callback 6", "edit original", "edit original"]),
    InteractionsCase(.component, [.clock, .respond], ["callback 6", "follow-up"]),
    InteractionsCase(
      .component, [.clock, .respond, .update], ["callback 6", "follow-up", "edit original"]),
    InteractionsCase(
      .component, [.postpone, .update, .respond], refused: [1], ["callback 5", "edit original"]),
    InteractionsCase(.component, [.clock, .form], refused: [1], ["callback 6"]),
    // Responded.
    InteractionsCase(.command, [.respond, .respond], ["callback 4", "follow-up"]),
    InteractionsCase(
      .command, [.respond, .followUpPrivately], ["callback 4", "follow-up private"]),
    InteractionsCase(.command, [.respond, .postpone], refused: [1], ["callback 4"]),
    InteractionsCase(.command, [.respond, .form], refused: [1], ["callback 4"]),
    InteractionsCase(
      .component, [.update, .update, .followUp], ["callback 7", "edit original", "follow-up"]),
    InteractionsCase(.component, [.respond, .update], ["callback 4", "edit message"]),
    // After a form there is nothing that could be answered: the form's own interaction is another one.
    InteractionsCase(.command, [.form, .respond], refused: [1], ["callback 9"]),
  ]
}

@Suite(.timeLimit(.minutes(3)), .serialized) struct InteractionsTableTests {
  @Test(arguments: InteractionsCase.all)
  func `each call has the effect that the contract gives it`(line: InteractionsCase) async throws {
    try await InteractionsStage.run { stage in
      if line.kind == .modal { try await stage.sendForm() }
      let refused = Recorder<Int>()
      let (done, hasEnded) = AsyncStream<Void>.makeStream()
      stage.attend { delivery in
        for (index, step) in line.steps.enumerated() {
          do {
            try await Self.perform(step, stage, delivery)
          } catch let error as RPCError {
            #expect(error.code == .validation, "\(error)")
            refused.record(index)
          } catch {
            Issue.record("\(step): \(error)")
          }
        }
        hasEnded.finish()
        return .acknowledged(isFailed: false)
      }
      switch line.kind {
      case .command: try await stage.useCommand()
      case .component: try await stage.pressButton()
      case .modal: try await stage.submitForm()
      }
      for await _ in done {}
      #expect(stage.wire == line.wire)
      #expect(Set(refused.values) == line.refused)
    }
  }

  private static func perform(
    _ step: InteractionsStep, _ stage: InteractionsStage, _ delivery: GuestDelivery
  ) async throws {
    func params(_ more: KeyValuePairs<String, JSONValue>) -> JSONObject {
      InteractionsStage.params(delivery, more)
    }
    switch step {
    case .respond: try await stage.call("respond", params(["content": "a"]))
    case .respondPrivately: try await stage.call("respond", params(["content": "a", "ephemeral": true]))
    case .update: try await stage.call("respond", params(["content": "b", "update_message": true]))
    case .postpone: try await stage.call("defer", params(["ephemeral": false]))
    case .postponePrivately: try await stage.call("defer", params(["ephemeral": true]))
    case .followUp: try await stage.call("followup", params(["content": "c"]))
    case .followUpPrivately: try await stage.call("followup", params(["content": "c", "ephemeral": true]))
    case .form: try await stage.call("send_modal", InteractionsStage.form(delivery))
    case .clock:
      let count = stage.wire.count
      try await stage.pass(.milliseconds(2_200), waiting: 1)
      try await eventually("the host defers") { stage.wire.count > count }
    }
  }
}
