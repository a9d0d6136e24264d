// The life of interactions, step by step and by the table.

import DiscordBot
import Testing

@Suite struct InteractionMachineTests {
  typealias Machine = InteractionMachine

  private func machine(
    _ kind: Machine.Kind, _ deferral: AutoDeferral = .reply(isEphemeral: false), userInstalled: Bool = false
  ) -> Machine {
    Machine(kind: kind, receivedAt: .zero, autoDeferral: deferral, isUserInstalledOnly: userInstalled)
  }

  /// What a person can ask for.
  enum Ask: CaseIterable {
    case reply, privateReply, update, postpone, postponeUpdate, modal, choices, followUp, edit, delete

    func put(to machine: inout Machine, at now: Duration) throws(InteractionError) -> Machine.Step? {
      switch self {
      case .reply: try machine.reply(isEphemeral: false, now: now)
      case .privateReply: try machine.reply(isEphemeral: true, now: now)
      case .update: try machine.update(now: now)
      case .postpone: try machine.postpone(.reply(isEphemeral: true), now: now)
      case .postponeUpdate: try machine.postpone(.update, now: now)
      case .modal: try machine.modal(now: now)
      case .choices: try machine.choices(now: now)
      case .followUp: try machine.followUp(now: now)
      case .edit: try machine.editOriginal(now: now)
      case .delete: try machine.deleteOriginal(now: now)
      }
    }
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let kind: Machine.Kind
    /// How it came to where it stands.
    let path: [Ask]
    let ask: Ask
    let step: Machine.Step?
    let error: InteractionError.Code?

    init(_ kind: Machine.Kind, _ path: [Ask], _ ask: Ask, _ step: Machine.Step?) {
      (self.kind, self.path, self.ask, self.step, error) = (kind, path, ask, step, nil)
    }

    init(_ kind: Machine.Kind, _ path: [Ask], _ ask: Ask, fails error: InteractionError.Code) {
      (self.kind, self.path, self.ask, step, self.error) = (kind, path, ask, nil, error)
    }

    var testDescription: String { "\(kind) \(path) \(ask)" }
  }

  static let rows: [Row] = [
    Row(.command, [], .reply, .first(.message)),
    Row(.command, [], .postpone, .first(.deferredMessage(isEphemeral: true))),
    Row(.command, [], .modal, .first(.modal)),
    Row(.command, [], .update, fails: .wrongKind),
    Row(.command, [], .postponeUpdate, fails: .wrongKind),
    Row(.command, [], .choices, fails: .wrongKind),
    Row(.command, [], .followUp, fails: .notAnswered),
    Row(.command, [], .edit, fails: .notAnswered),
    Row(.command, [.reply], .reply, .followUp),
    Row(.command, [.reply], .followUp, .followUp),
    Row(.command, [.reply], .edit, .editOriginal),
    Row(.command, [.reply], .delete, .deleteOriginal),
    Row(.command, [.reply], .modal, fails: .alreadyAnswered),
    Row(.command, [.reply], .postpone, fails: .alreadyAnswered),
    Row(.command, [.postpone], .reply, .editOriginal),
    Row(.command, [.postpone], .privateReply, .editOriginal),
    Row(.command, [.postpone], .followUp, .editOriginal),
    Row(.command, [.postpone], .postpone, nil),
    Row(.command, [.postpone], .modal, fails: .alreadyAnswered),
    Row(.command, [.postpone, .reply], .reply, .followUp),
    Row(.command, [.modal], .reply, fails: .alreadyAnswered),
    Row(.command, [.modal], .edit, fails: .notAnswered),
    Row(.component, [], .update, .first(.update)),
    Row(.component, [], .postponeUpdate, .first(.deferredUpdate)),
    Row(.component, [], .modal, .first(.modal)),
    Row(.component, [.postponeUpdate], .update, .editOriginal),
    Row(.component, [.postponeUpdate], .reply, .followUp),
    Row(.component, [.postpone], .update, fails: .deferredAsReply),
    Row(.component, [.update], .reply, .followUp),
    Row(.component, [.update], .update, fails: .alreadyAnswered),
    Row(.autocomplete, [], .choices, .first(.choices)),
    Row(.autocomplete, [], .reply, fails: .wrongKind),
    Row(.autocomplete, [], .postpone, fails: .wrongKind),
    Row(.autocomplete, [], .modal, fails: .wrongKind),
    Row(.autocomplete, [.choices], .choices, fails: .alreadyAnswered),
    Row(.modal(hasMessage: false), [], .reply, .first(.message)),
    Row(.modal(hasMessage: false), [], .modal, fails: .wrongKind),
    Row(.modal(hasMessage: false), [], .update, fails: .wrongKind),
    Row(.modal(hasMessage: true), [], .update, .first(.update)),
  ]

  @Test(arguments: rows) func `an answer becomes the step that fits`(_ row: Row) throws {
    var machine = machine(row.kind)
    for ask in row.path {
      _ = try ask.put(to: &machine, at: .seconds(1))
      machine.settle(.arrived)
    }
    if let code = row.error {
      let error = #expect(throws: InteractionError.self) { try row.ask.put(to: &machine, at: .seconds(1)) }
      #expect(error?.code == code)
    } else {
      #expect(try row.ask.put(to: &machine, at: .seconds(1)) == row.step)
    }
  }

  @Test(arguments: Ask.allCases) func `nothing is answered after 15 minutes`(_ ask: Ask) throws {
    var machine = machine(.component)
    _ = try machine.reply(isEphemeral: false, now: .seconds(1))
    machine.settle(.arrived)
    guard ask != .choices else { return }
    let error = #expect(throws: InteractionError.self) { try ask.put(to: &machine, at: .seconds(900)) }
    #expect(error?.code == .expired)
  }

  @Test func `a first answer after three seconds is too late`() {
    var machine = machine(.command, .never)
    let error = #expect(throws: InteractionError.self) {
      try machine.reply(isEphemeral: false, now: .seconds(3))
    }
    #expect(error?.code == .tooLate)
    #expect(machine.phase == .lost)
  }

  @Test(arguments: [
    (
      Machine.Kind.command, AutoDeferral.reply(isEphemeral: true),
      Machine.First.deferredMessage(isEphemeral: true)
    ),
    (.command, .reply(isEphemeral: false), .deferredMessage(isEphemeral: false)),
    (.component, .update, .deferredUpdate),
    (.modal(hasMessage: true), .update, .deferredUpdate),
    // Without a message there is nothing to update.
    (.command, .update, .deferredMessage(isEphemeral: true)),
    (.modal(hasMessage: false), .update, .deferredMessage(isEphemeral: true)),
  ])
  func `two seconds without an answer defer as declared`(
    _ kind: Machine.Kind, _ deferral: AutoDeferral, _ first: Machine.First
  ) {
    var machine = machine(kind, deferral)
    #expect(machine.deadline == .seconds(2))
    #expect(machine.wake(now: .milliseconds(1_999)) == nil)
    #expect(machine.wake(now: .seconds(2)) == .first(first))
    #expect(machine.deadline == nil)
    #expect(machine.wake(now: .seconds(2)) == nil)
  }

  @Test func `what declares never, and autocompletion, is not deferred`() {
    #expect(machine(.command, .never).deadline == nil)
    #expect(machine(.autocomplete, .reply(isEphemeral: true)).deadline == nil)
  }

  @Test func `an answer before two seconds keeps the deferral away`() throws {
    var machine = machine(.command)
    _ = try machine.reply(isEphemeral: false, now: .seconds(1))
    #expect(machine.wake(now: .seconds(2)) == nil)
    machine.settle(.arrived)
    #expect(machine.wake(now: .seconds(2)) == nil)
  }

  @Test func `a form after the automatic deferral is refused with the reason`() {
    var machine = machine(.command)
    _ = machine.wake(now: .seconds(2))
    machine.settle(.arrived)
    let error = #expect(throws: InteractionError.self) { try machine.modal(now: .seconds(2)) }
    #expect(error?.code == .modalAfterDeferral)
  }

  @Test func `a private answer never lands in a public place`() throws {
    var machine = machine(.command, .reply(isEphemeral: false))
    _ = machine.wake(now: .seconds(2))
    machine.settle(.arrived)
    #expect(try machine.reply(isEphemeral: true, now: .seconds(3)) == .replaceOriginal)
    #expect(try machine.reply(isEphemeral: true, now: .seconds(3)) == .followUp)
  }

  @Test(arguments: [Ask.reply, .modal, .followUp, .edit, .postpone])
  func `everything waits while the first answer is on its way`(_ ask: Ask) throws {
    var machine = machine(.command)
    _ = try machine.reply(isEphemeral: false, now: .seconds(1))
    #expect(try ask.put(to: &machine, at: .seconds(1)) == .wait)
  }

  @Test func `a first answer that failed may be tried again, one that is lost may not`() throws {
    var machine = machine(.command)
    _ = try machine.reply(isEphemeral: false, now: .seconds(1))
    machine.settle(.failed)
    #expect(try machine.reply(isEphemeral: false, now: .seconds(1)) == .first(.message))
    machine.settle(.lost)
    #expect(throws: InteractionError.self) { try machine.reply(isEphemeral: false, now: .seconds(1)) }
  }

  @Test func `an app of the user alone follows up five times`() throws {
    var machine = machine(.command, userInstalled: true)
    _ = try machine.reply(isEphemeral: false, now: .seconds(1))
    machine.settle(.arrived)
    for _ in 0..<5 { #expect(try machine.followUp(now: .seconds(2)) == .followUp) }
    let error = #expect(throws: InteractionError.self) { try machine.followUp(now: .seconds(2)) }
    #expect(error?.code == .followUpLimit)
    machine.followUpFailed()
    #expect(try machine.followUp(now: .seconds(2)) == .followUp)
  }
}
