// The life of one interaction as a value: what may be answered when, and how it has to be sent.

/// Discord's deadlines, and ours inside them
/// (https://discord.com/developers/docs/interactions/receiving-and-responding).
package enum InteractionLimits {
  /// The first response must have reached Discord by then.
  package static let firstResponse = Duration.seconds(3)
  /// When a handler that has not answered is deferred: leaves a second for the way.
  package static let autoDeferral = Duration.seconds(2)
  /// How long the interaction's token is good.
  package static let lifetime = Duration.seconds(15 * 60)
  /// Follow-ups where the app is installed to the user only.
  package static let userInstalledFollowUps = 5
}

/// What a handler that takes long is deferred with.
package enum AutoDeferral: Hashable, Sendable {
  /// "Thinking …", for all to see or for the person only. Decides over the visibility of the answer, too.
  case reply(isEphemeral: Bool)
  /// Nothing to be seen; for components, and forms that a component opened.
  case update
  /// The handler answers in time by itself. Needed for handlers that open a form.
  case never
}

/// How an interaction is answered: received → deferred or responded → follow-ups → expired.
///
/// Methods named as a person would ask (`reply`, `update` …) decide and claim: the step they return is the caller's to
/// perform, and nobody else gets it. The first response is in flight until `settle` is called; meanwhile everything
/// else is told to wait.
package struct InteractionMachine: Sendable {
  /// What kind of interaction it is, as far as its answers differ.
  package enum Kind: Hashable, Sendable {
    case command
    /// A button or select of a message.
    case component
    case autocomplete
    /// A form that was sent; `hasMessage` if a component of a message opened it.
    case modal(hasMessage: Bool)

    /// Whether there is a message that an update can change.
    var hasMessage: Bool {
      switch self {
      case .component, .modal(hasMessage: true): true
      case .command, .autocomplete, .modal: false
      }
    }
  }

  /// The kinds of first response.
  package enum First: Hashable, Sendable {
    case message
    case deferredMessage(isEphemeral: Bool)
    case deferredUpdate
    case update
    case modal
    case choices
  }

  /// What to do for an answer.
  package enum Step: Hashable, Sendable {
    /// Send it as the first response, then call `settle`.
    case first(First)
    /// Change the original response.
    case editOriginal
    /// Take the public "thinking …" away, then follow up privately: visibility cannot be changed.
    case replaceOriginal
    case deleteOriginal
    case followUp
    /// The first response is on its way: ask again when it is settled.
    case wait
  }

  /// Where it stands.
  package enum Phase: Hashable, Sendable {
    case received
    /// The first response is on its way.
    case responding(First)
    case deferred(isEphemeral: Bool)
    /// The component's message may be changed.
    case deferredUpdate
    /// The original response is a message, ours or the component's.
    case responded
    /// Answered with a form or with choices: there is no original response.
    case handedOver
    /// Discord does not take answers any more, or never did.
    case lost
  }

  /// As it was made.
  package let kind: Kind
  package let receivedAt: Duration
  package let autoDeferral: AutoDeferral
  package let isUserInstalledOnly: Bool
  /// Where it stands, and how many follow-ups were sent.
  package private(set) var phase = Phase.received
  package private(set) var followUps = 0
  private var wasAutoDeferred = false

  /// - Parameters:
  ///   - kind: of the interaction.
  ///   - receivedAt: when it came, as `TimeSource.uptime` tells it.
  ///   - autoDeferral: what the handler declared; autocompletes are never deferred.
  ///   - isUserInstalledOnly: whether only the person, not the guild, installed the app.
  package init(
    kind: Kind, receivedAt: Duration, autoDeferral: AutoDeferral, isUserInstalledOnly: Bool = false
  ) {
    (self.kind, self.receivedAt, self.isUserInstalledOnly) = (kind, receivedAt, isUserInstalledOnly)
    self.autoDeferral =
      switch (kind, autoDeferral) {
      case (.autocomplete, _): .never
      // There is no message to update: the next best is to think in private.
      case (.command, .update), (.modal(hasMessage: false), .update): .reply(isEphemeral: true)
      default: autoDeferral
      }
  }

  // MARK: Answers

  /// A message as the answer; the first becomes the response, or what takes the place of "thinking …", all others
  /// follow-ups.
  package mutating func reply(isEphemeral: Bool, now: Duration) throws(InteractionError) -> Step {
    guard kind != .autocomplete else {
      throw InteractionError(.wrongKind, "suggestions are answered with choices")
    }
    switch try checked(now) {
    case .received: return begin(.message)
    case .responding: return .wait
    case .deferred(isEphemeral: false) where isEphemeral:
      phase = .responded
      return .replaceOriginal
    case .deferred:
      phase = .responded
      return .editOriginal
    case .deferredUpdate, .responded: return try countFollowUp()
    case .handedOver: throw InteractionError(.alreadyAnswered)
    case .lost: throw InteractionError(.tooLate)
    }
  }

  /// A change of the message the component is in.
  package mutating func update(now: Duration) throws(InteractionError) -> Step {
    guard kind.hasMessage else {
      throw InteractionError(.wrongKind, "only a component's message can be updated")
    }
    switch try checked(now) {
    case .received: return begin(.update)
    case .responding: return .wait
    case .deferredUpdate:
      phase = .responded
      return .editOriginal
    case .deferred: throw InteractionError(.deferredAsReply)
    case .responded, .handedOver: throw InteractionError(.alreadyAnswered)
    case .lost: throw InteractionError(.tooLate)
    }
  }

  /// A deferral that the handler asks for itself.
  package mutating func postpone(_ deferral: AutoDeferral, now: Duration) throws(InteractionError) -> Step? {
    guard kind != .autocomplete else { throw InteractionError(.wrongKind, "suggestions cannot be deferred") }
    let first: First
    switch deferral {
    case .never: return nil
    case .reply(let isEphemeral): first = .deferredMessage(isEphemeral: isEphemeral)
    case .update:
      guard kind.hasMessage else {
        throw InteractionError(.wrongKind, "only a component's message can be updated")
      }
      first = .deferredUpdate
    }
    switch try checked(now) {
    case .received: return begin(first)
    case .responding: return .wait
    // It is what was asked for, by the timer or by somebody else.
    case .deferred, .deferredUpdate: return nil
    case .responded, .handedOver: throw InteractionError(.alreadyAnswered)
    case .lost: throw InteractionError(.tooLate)
    }
  }

  /// A form; only as the first response.
  package mutating func modal(now: Duration) throws(InteractionError) -> Step {
    switch kind {
    case .command, .component: break
    case .autocomplete, .modal:
      throw InteractionError(.wrongKind, "a form opens from a command or a component")
    }
    return try onlyFirst(.modal, now: now)
  }

  /// Suggestions for what is being typed.
  package mutating func choices(now: Duration) throws(InteractionError) -> Step {
    guard kind == .autocomplete else {
      throw InteractionError(.wrongKind, "choices answer autocompletion only")
    }
    return try onlyFirst(.choices, now: now)
  }

  private mutating func onlyFirst(_ first: First, now: Duration) throws(InteractionError) -> Step {
    switch try checked(now) {
    case .received: return begin(first)
    case .responding: return .wait
    case .deferred, .deferredUpdate:
      throw InteractionError(wasAutoDeferred ? .modalAfterDeferral : .alreadyAnswered)
    case .responded, .handedOver: throw InteractionError(.alreadyAnswered)
    case .lost: throw InteractionError(.tooLate)
    }
  }

  // MARK: Later

  /// A further message.
  package mutating func followUp(now: Duration) throws(InteractionError) -> Step {
    switch try checked(now) {
    case .received: throw InteractionError(.notAnswered)
    case .responding: return .wait
    // Discord would take it for the answer; say so.
    case .deferred:
      phase = .responded
      return .editOriginal
    case .deferredUpdate, .responded: return try countFollowUp()
    case .handedOver: throw InteractionError(.notAnswered)
    case .lost: throw InteractionError(.tooLate)
    }
  }

  /// A change of the original response.
  package mutating func editOriginal(now: Duration) throws(InteractionError) -> Step {
    switch try checked(now) {
    case .received, .handedOver: throw InteractionError(.notAnswered)
    case .responding: return .wait
    case .deferred, .deferredUpdate, .responded:
      phase = .responded
      return .editOriginal
    case .lost: throw InteractionError(.tooLate)
    }
  }

  /// The removal of the original response; follow-ups remain possible.
  package mutating func deleteOriginal(now: Duration) throws(InteractionError) -> Step {
    let step = try editOriginal(now: now)
    return step == .editOriginal ? .deleteOriginal : step
  }

  /// Whether a follow-up that was sent can be reached still.
  package mutating func reachFollowUp(now: Duration) throws(InteractionError) -> Step? {
    switch try checked(now) {
    case .lost: throw InteractionError(.tooLate)
    case .received, .handedOver: throw InteractionError(.notAnswered)
    case .responding: return .wait
    case .deferred, .deferredUpdate, .responded: return nil
    }
  }

  // MARK: Time and outcomes

  /// When `wake` has something to do; nil when nothing is due.
  package var deadline: Duration? {
    phase == .received && autoDeferral != .never ? receivedAt + InteractionLimits.autoDeferral : nil
  }

  /// Whether the handler was too slow and has been deferred.
  package mutating func wake(now: Duration) -> Step? {
    guard let deadline, now >= deadline else { return nil }
    wasAutoDeferred = true
    switch autoDeferral {
    case .never: return nil
    case .reply(let isEphemeral): return begin(.deferredMessage(isEphemeral: isEphemeral))
    case .update: return begin(.deferredUpdate)
    }
  }

  /// What became of the first response.
  package enum Outcome: Hashable, Sendable {
    case arrived
    /// It did not arrive, and another attempt may.
    case failed
    /// Discord does not know the interaction any more, or somebody else has answered it.
    case lost
  }

  /// The first response is no longer in flight.
  package mutating func settle(_ outcome: Outcome) {
    guard case .responding(let first) = phase else { return }
    switch outcome {
    case .failed: phase = .received
    case .lost: phase = .lost
    case .arrived:
      phase =
        switch first {
        case .message, .update: .responded
        case .deferredMessage(let isEphemeral): .deferred(isEphemeral: isEphemeral)
        case .deferredUpdate: .deferredUpdate
        case .modal, .choices: .handedOver
        }
    }
  }

  /// A follow-up did not arrive: it does not count.
  package mutating func followUpFailed() { followUps = max(0, followUps - 1) }

  private mutating func begin(_ first: First) -> Step {
    phase = .responding(first)
    return .first(first)
  }

  private mutating func countFollowUp() throws(InteractionError) -> Step {
    if isUserInstalledOnly, followUps >= InteractionLimits.userInstalledFollowUps {
      throw InteractionError(.followUpLimit)
    }
    followUps += 1
    return .followUp
  }

  /// The phase, once the clock has been looked at.
  private mutating func checked(_ now: Duration) throws(InteractionError) -> Phase {
    let age = now - receivedAt
    if age >= InteractionLimits.lifetime { throw InteractionError(.expired) }
    if phase == .received, age >= InteractionLimits.firstResponse { phase = .lost }
    return phase
  }
}
