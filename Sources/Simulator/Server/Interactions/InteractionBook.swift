// Interactions between their creation and the end of their token: who may answer what, and when it is too late.

internal import DiscordCore
internal import EventLoop
internal import JSON

/// What a person did.
enum InteractionKind: Int64, Sendable {
  case ping = 1
  case command = 2
  case component = 3
  case autocomplete = 4
  case modal = 5
}

/// How an application may answer (https://discord.com/developers/docs/interactions/receiving-and-responding).
enum InteractionCallback: Int64, Sendable {
  case pong = 1
  case message = 4
  case deferredMessage = 5
  case deferredUpdate = 6
  case update = 7
  case autocompleteResult = 8
  case modal = 9
  case premiumRequired = 10
  case launchActivity = 12

  /// Whether it answers that kind. `hasMessage`: of a modal, that it was opened by a component.
  func answers(_ kind: InteractionKind, hasMessage: Bool) -> Bool {
    switch self {
    case .pong: kind == .ping
    case .message, .deferredMessage: kind != .autocomplete && kind != .ping
    case .deferredUpdate, .update: kind == .component || (kind == .modal && hasMessage)
    case .autocompleteResult: kind == .autocomplete
    case .modal: kind == .command || kind == .component
    case .premiumRequired, .launchActivity: kind != .autocomplete && kind != .ping
    }
  }
}

/// One interaction.
struct Interaction: Sendable {
  let id: InteractionID
  let token: String
  let application: ApplicationID
  let user: UserID
  let guild: GuildID?
  let channel: ChannelID
  let kind: InteractionKind
  /// The message whose component was used, directly or by way of a modal.
  let message: MessageID?
  /// The command's name, as the answer's metadata shows it.
  let name: String?
  let nonce: String?
  let created: Timestamp
  /// Whether this user installed the application and the guild did not.
  var isUserInstalled = false
  /// Of the command: 1 chat input, 2 user, 3 message.
  var commandType: Int64?
  /// `interaction_metadata` of its answers.
  var metadata: JSONValue?
  /// The modal that it was answered with, until it is submitted.
  var modal: (customID: String, components: JSONValue)?

  /// What the application answered first.
  var callback: InteractionCallback?
  /// Whether the deferred answer will be seen by the user only.
  var isEphemeral = false
  /// The message behind `@original`.
  var original: MessageID?
  var followUps = 0
  /// Told the user that nothing came.
  var hasFailed = false
}

/// Why an interaction does not take an answer.
enum InteractionRefusal: Error, Sendable, Equatable {
  /// 10062: unknown, or three seconds are over.
  case unknown
  /// 40060.
  case acknowledged
  /// 50035: this callback does not answer this kind.
  case wrongCallback
  /// 10015: the token is over 15 minutes old, or was never given out.
  case unknownWebhook
}

/// The interactions of the last 15 minutes. Bounded: the oldest goes first.
struct InteractionBook: Sendable {
  static let answerTime = Duration.seconds(3)
  static let tokenTime = Duration.seconds(900)
  private static let capacity = 20_000

  private var byID: [InteractionID: Interaction] = [:]
  private var byToken: [String: InteractionID] = [:]
  /// In the order of their creation.
  private var order: [InteractionID] = []

  init() {}

  mutating func add(_ interaction: Interaction) {
    if order.count >= Self.capacity { forget(count: order.count - Self.capacity + 1) }
    byID[interaction.id] = interaction
    byToken[interaction.token] = interaction.id
    order.append(interaction.id)
  }

  /// Takes the first answer.
  ///
  /// - Throws: `.unknown`, `.acknowledged`, `.wrongCallback`.
  mutating func acknowledge(
    _ id: InteractionID, token: String, with callback: InteractionCallback, at now: Timestamp
  ) throws(InteractionRefusal) -> Interaction {
    guard var interaction = byID[id], interaction.token == token else { throw .unknown }
    guard interaction.callback == nil else { throw .acknowledged }
    guard !interaction.hasFailed, now - interaction.created <= Self.answerTime else { throw .unknown }
    guard callback.answers(interaction.kind, hasMessage: interaction.message != nil) else {
      throw .wrongCallback
    }
    interaction.callback = callback
    if callback == .deferredUpdate || callback == .update { interaction.original = interaction.message }
    byID[id] = interaction
    return interaction
  }

  /// The interaction behind a webhook token.
  ///
  /// - Throws: `.unknownWebhook`.
  func webhook(of application: ApplicationID, token: String, at now: Timestamp) throws(InteractionRefusal)
    -> Interaction
  {
    guard let id = byToken[token], let interaction = byID[id], interaction.application == application,
      now - interaction.created <= Self.tokenTime
    else { throw .unknownWebhook }
    return interaction
  }

  /// Changes an interaction in place; does nothing when it is gone.
  mutating func change(_ id: InteractionID, _ body: (inout Interaction) -> Void) {
    guard var interaction = byID[id] else { return }
    body(&interaction)
    byID[id] = interaction
  }

  subscript(_ id: InteractionID) -> Interaction? { byID[id] }

  /// The interactions whose three seconds are over without an answer: their users are to be told. Each is named once.
  /// Forgets those whose token is over as well.
  mutating func expire(at now: Timestamp) -> [Interaction] {
    let stale = order.prefix { id in
      byID[id].map { now - $0.created > Self.tokenTime } ?? true
    }
    forget(count: stale.count)
    var failed: [Interaction] = []
    for id in order.reversed() {
      guard let interaction = byID[id] else { continue }
      // Older ones were named already.
      if interaction.hasFailed { break }
      guard interaction.callback == nil, now - interaction.created > Self.answerTime else { continue }
      byID[id]?.hasFailed = true
      failed.append(interaction)
    }
    return failed.reversed()
  }

  private mutating func forget(count: Int) {
    for id in order.prefix(count) {
      if let interaction = byID.removeValue(forKey: id) { byToken[interaction.token] = nil }
    }
    order.removeFirst(count)
  }
}
