// Which intents to try after some were refused: Discord does not say which.

/// Finds the largest set of intents that Discord accepts, one identify at a time.
///
/// *Rule*: of the privileged intents that may be dropped, first one is left out, then two, then three; among equals
/// presences go before members, and members before message content. What may not be dropped is never left out, so
/// there are seven attempts at most.
struct IntentNegotiation: Equatable {
  /// What the bot would like.
  let wanted: Intents
  /// What is asked for now.
  private(set) var current: Intents
  private var candidates: [Intents]

  init(wanted: Intents, droppable: Intents) {
    self.wanted = wanted
    current = wanted
    candidates = Self.subsets(of: droppable.privileged.intersection(wanted)).map(wanted.subtracting)
  }

  /// What was wanted and is not asked for.
  var dropped: Intents { wanted.subtracting(current) }

  /// Whether a session with these intents is one that this negotiation could have led to.
  func accepts(_ intents: Intents) -> Bool { intents == current || candidates.contains(intents) }

  /// Goes on with the intents of a session that stands.
  mutating func adopt(_ intents: Intents) {
    guard intents != current, let index = candidates.firstIndex(of: intents) else { return }
    current = intents
    candidates.removeFirst(index + 1)
  }

  /// Discord refused `current`.
  ///
  /// - Returns: whether there is something else to try.
  mutating func refused() -> Bool {
    guard !candidates.isEmpty else { return false }
    current = candidates.removeFirst()
    return true
  }

  /// Discord does not know one of the intents: leaves out those that are not documented, if they may go.
  mutating func refusedAsUnknown(droppable: Intents) -> Bool {
    let unknown = current.subtracting(.documented)
    guard !unknown.isEmpty, unknown.isSubset(of: droppable) else { return false }
    current.subtract(unknown)
    candidates = candidates.map { $0.subtracting(unknown) }
    return true
  }

  private static func subsets(of intents: Intents) -> [Intents] {
    let order = [Intents.guildPresences, .guildMembers, .messageContent].filter(intents.contains)
    let all = (1..<(1 << order.count)).map { mask in
      (mask: mask, set: Intents(order.indices.filter { mask >> $0 & 1 == 1 }.map { order[$0] }))
    }
    return all.sorted { ($0.mask.nonzeroBitCount, $0.mask) < ($1.mask.nonzeroBitCount, $1.mask) }.map(\.set)
  }
}
