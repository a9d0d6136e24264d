// An interaction in the hands of its handler.

package import DiscordCore
package import DiscordModels
internal import DiscordREST
internal import EventLoop
internal import Synchronization
internal import Telemetry

/// One interaction, and every way to answer it.
///
///     { interaction in
///       let report = try await makeReport()        // takes three seconds: deferred by itself after two
///       try await interaction.reply(MessageCreate(report).ephemeral())
///     }
///
/// What `reply` does depends on where the interaction stands (`InteractionMachine`): the first response, an edit of
/// "thinking …", or a follow-up. All methods may be called from any task, also at the same time.
package final class ReceivedInteraction: Sendable {
  static let log = Log(room: "bot")

  /// Whom it was sent to.
  package let bot: Bot
  /// What Discord sent.
  package let interaction: Interaction
  /// When it came, as `TimeSource.uptime` tells it.
  package let receivedAt: Duration
  let time: any TimeSource
  private let transport: any InteractionTransport
  private let state: Mutex<State>

  private struct State {
    var machine: InteractionMachine
    /// Those who wait until the first response is no longer in flight.
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  /// - Parameters:
  ///   - interaction: what Discord sent.
  ///   - kind: the interaction's.
  ///   - deferral: what the handler declared.
  ///   - receivedAt: when it came.
  ///   - transport: how answers travel.
  ///   - bot: whose it is.
  ///   - time: clocks; a test's may be moved.
  init(
    _ interaction: Interaction, kind: InteractionMachine.Kind, deferral: AutoDeferral, receivedAt: Duration,
    transport: any InteractionTransport, bot: Bot,
    time: any TimeSource
  ) {
    (self.bot, self.interaction, self.receivedAt) = (bot, interaction, receivedAt)
    (self.transport, self.time) = (transport, time)
    state = Mutex(
      State(
        machine: InteractionMachine(
          kind: kind, receivedAt: receivedAt, autoDeferral: deferral,
          isUserInstalledOnly: interaction.isUserInstalledOnly)))
  }

  /// Where the interaction stands.
  package var phase: InteractionMachine.Phase { state.withLock { $0.machine.phase } }

  /// Time since it came.
  package var age: Duration { time.uptime - receivedAt }

  // MARK: Answering

  /// Answers with a message; further calls follow up. Whether only the person sees it is said by the message's flag,
  /// but a deferral that was private keeps the answer private.
  ///
  /// - Returns: the id of a follow-up; nil for the response itself, which `editOriginal` reaches.
  /// - Throws: `InteractionError`: `.tooLate`, `.expired`, `.alreadyAnswered`, `.followUpLimit`, `.invalid`,
  ///   `.callFailed`.
  @discardableResult
  package func reply(_ message: MessageCreate) async throws(InteractionError) -> MessageID? {
    try check(InteractionResponse.message(message))
    let isEphemeral = message.flags.contains(.ephemeral)
    switch try await claim({ machine, now throws(InteractionError) in
      try machine.reply(isEphemeral: isEphemeral, now: now)
    }) {
    case .first: try await send(.message(message))
    case .editOriginal: try await transport.editOriginal(MessageEdit(replacingWith: message))
    case .replaceOriginal:
      try await transport.deleteOriginal()
      return try await follow(message)
    case .followUp: return try await follow(message)
    case .deleteOriginal, .wait, nil: break
    }
    return nil
  }

  /// The same with text alone.
  @discardableResult
  package func reply(_ text: String, isEphemeral: Bool = false) async throws(InteractionError) -> MessageID? {
    try await reply(MessageCreate(text).ephemeral(isEphemeral))
  }

  /// Changes the message whose component was used.
  ///
  /// - Throws: `InteractionError`, as `reply`; `.wrongKind` where there is no such message, `.deferredAsReply`.
  package func update(_ edit: MessageEdit) async throws(InteractionError) {
    try check(InteractionResponse.update(edit))
    switch try await claim({ machine, now throws(InteractionError) in try machine.update(now: now) }) {
    case .first: try await send(.update(edit))
    case .editOriginal: try await transport.editOriginal(edit)
    default: break
    }
  }

  /// Shows "thinking …", or nothing, and gives the handler 15 minutes. Does nothing if that was done already.
  ///
  /// - Throws: `InteractionError`.
  package func postpone(_ deferral: AutoDeferral = .reply(isEphemeral: false)) async throws(InteractionError)
  {
    let step = try await claim { machine, now throws(InteractionError) in
      try machine.postpone(deferral, now: now)
    }
    if case .first(let first) = step { try await respond(first) }
  }

  /// Opens a form. Only as the first answer, and only of handlers declared with `AutoDeferral.never`, or faster than
  /// two seconds.
  ///
  /// - Throws: `InteractionError`; `.modalAfterDeferral`.
  package func open(_ modal: Modal) async throws(InteractionError) {
    try check(InteractionResponse.modal(modal))
    _ = try await claim { machine, now throws(InteractionError) in try machine.modal(now: now) }
    try await send(.modal(modal))
  }

  /// Answers an autocompletion; at most 25 choices.
  ///
  /// - Throws: `InteractionError`.
  package func suggest(_ choices: [CommandChoice]) async throws(InteractionError) {
    try check(InteractionResponse.autocomplete(choices))
    _ = try await claim { machine, now throws(InteractionError) in try machine.choices(now: now) }
    try await send(.autocomplete(choices))
  }

  // MARK: Afterwards

  /// Sends a further message.
  ///
  /// - Returns: its id; nil if it took the place of "thinking …".
  /// - Throws: `InteractionError`; `.notAnswered` before there is an answer, `.followUpLimit`.
  @discardableResult
  package func followUp(_ message: MessageCreate) async throws(InteractionError) -> MessageID? {
    try check(InteractionResponse.message(message))
    switch try await claim({ machine, now throws(InteractionError) in try machine.followUp(now: now) }) {
    case .followUp: return try await follow(message)
    case .editOriginal: try await transport.editOriginal(MessageEdit(replacingWith: message))
    default: break
    }
    return nil
  }

  /// Changes the response, or the component's message after an update.
  ///
  /// - Throws: `InteractionError`.
  package func editOriginal(_ edit: MessageEdit) async throws(InteractionError) {
    try check(InteractionResponse.update(edit))
    _ = try await claim { machine, now throws(InteractionError) in try machine.editOriginal(now: now) }
    try await transport.editOriginal(edit)
  }

  /// Takes the response away.
  ///
  /// - Throws: `InteractionError`.
  package func deleteOriginal() async throws(InteractionError) {
    _ = try await claim { machine, now throws(InteractionError) in try machine.deleteOriginal(now: now) }
    try await transport.deleteOriginal()
  }

  /// Changes a follow-up.
  ///
  /// - Throws: `InteractionError`.
  package func editFollowUp(_ message: MessageID, _ edit: MessageEdit) async throws(InteractionError) {
    try check(InteractionResponse.update(edit))
    _ = try await claim { machine, now throws(InteractionError) in try machine.reachFollowUp(now: now) }
    try await transport.editFollowUp(message, edit)
  }

  /// Takes a follow-up away.
  ///
  /// - Throws: `InteractionError`.
  package func deleteFollowUp(_ message: MessageID) async throws(InteractionError) {
    _ = try await claim { machine, now throws(InteractionError) in try machine.reachFollowUp(now: now) }
    try await transport.deleteFollowUp(message)
  }

  // MARK: Performing

  private func check(_ response: InteractionResponse) throws(InteractionError) {
    do { try response.validate() } catch { throw InteractionError(error) }
  }

  /// Asks the machine until it need not be waited for.
  private func claim(
    _ ask: (inout InteractionMachine, Duration) throws(InteractionError) -> InteractionMachine.Step?
  ) async throws(InteractionError) -> InteractionMachine.Step? {
    while true {
      let now = time.uptime
      let answer = state.withLock { state in
        Result { () throws(InteractionError) in try ask(&state.machine, now) }
      }
      let step = try answer.get()
      guard step == .wait else { return step }
      await settled()
    }
  }

  private func settled() async {
    await withCheckedContinuation { continuation in
      let isSettled = state.withLock { state in
        guard case .responding = state.machine.phase else { return true }
        state.waiters.append(continuation)
        return false
      }
      if isSettled { continuation.resume() }
    }
  }

  private func respond(_ first: InteractionMachine.First) async throws(InteractionError) {
    switch first {
    case .deferredMessage(let isEphemeral): try await send(.deferredMessage(isEphemeral: isEphemeral))
    case .deferredUpdate: try await send(.deferredUpdate)
    case .message, .update, .modal, .choices: break
    }
  }

  private func send(_ response: InteractionResponse) async throws(InteractionError) {
    let outcome: InteractionMachine.Outcome
    var failure: InteractionError?
    do {
      try await transport.respond(response)
      outcome = .arrived
    } catch {
      (outcome, failure) = (error.isFinal ? .lost : .failed, error)
    }
    let waiters = state.withLock { state in
      state.machine.settle(outcome)
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
    if let failure { throw failure }
  }

  private func follow(_ message: MessageCreate) async throws(InteractionError) -> MessageID {
    do {
      return try await transport.followUp(message)
    } catch {
      state.withLock { $0.machine.followUpFailed() }
      throw error
    }
  }

  // MARK: Running

  /// Runs the handler, and defers the interaction if it takes too long.
  ///
  /// - Throws: what the handler throws.
  package func run(_ handler: @escaping @Sendable (ReceivedInteraction) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await self.deferWhenDue() }
      defer { group.cancelAll() }
      try await handler(self)
    }
  }

  private func deferWhenDue() async {
    guard let deadline = state.withLock({ $0.machine.deadline }) else { return }
    // Cancelled: the handler is done, nothing is left to be deferred.
    guard (try? await time.sleep(for: deadline - time.uptime)) != nil else { return }
    let now = time.uptime
    guard case .first(let first) = state.withLock({ $0.machine.wake(now: now) }) else { return }
    do {
      try await respond(first)
    } catch {
      Self.log.warning("deferral failed", ["error": .string("\(error)")])
    }
  }
}

extension InteractionError {
  /// Whether a second attempt is in vain: Discord does not know the interaction, or it has been answered.
  var isFinal: Bool {
    guard let cause else { return false }
    return cause.discordCode == .unknownInteraction || cause.discordCode == .alreadyAcknowledged
      || cause.code == .webhookGone
  }
}

extension Interaction {
  /// The kind as far as answers go; nil for a ping, and for what is not known.
  var answerKind: InteractionMachine.Kind? {
    switch data {
    case .command: .command
    case .component: .component
    case .autocomplete: .autocomplete
    case .modal: .modal(hasMessage: message != nil)
    case .ping, .unknown: nil
    }
  }

  /// Only the person, not the guild, has installed the app.
  var isUserInstalledOnly: Bool { owners.guildID == nil && owners.userID != nil }
}
