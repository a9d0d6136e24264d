// A queue over an array: what ledgers, lanes and limit machines keep their order in.

/// First in, first out. Appending and taking cost constant time on average; what was taken is let go of at once.
///
/// Has no bound of its own: who fills it sets one.
package struct FirstInFirstOut<Element> {
  @usableFromInline var slots: [Element?] = []
  @usableFromInline var head = 0

  @inlinable package init() {}

  /// How many wait.
  @inlinable package var count: Int { slots.count - head }
  @inlinable package var isEmpty: Bool { slots.count == head }
  /// The one that `popFirst` would take.
  @inlinable package var first: Element? { isEmpty ? nil : slots[head] }

  /// By distance from the first, which must be less than `count`.
  @inlinable package subscript(distance: Int) -> Element {
    get {
      guard let element = slots[head + distance] else { preconditionFailure("a hole among those that wait") }
      return element
    }
    set { slots[head + distance] = newValue }
  }

  /// Puts an element behind all others.
  @inlinable package mutating func append(_ element: Element) { slots.append(element) }

  /// Puts an element before all others, as when it is given back: linear when nothing was taken yet.
  @inlinable package mutating func prepend(_ element: Element) {
    if head > 0 {
      head -= 1
      slots[head] = element
    } else {
      slots.insert(element, at: 0)
    }
  }

  /// Puts elements before all others, in their order. Linear.
  @inlinable package mutating func prepend(_ elements: [Element]) {
    slots.replaceSubrange(0..<head, with: elements.map(Optional.some))
    head = 0
  }

  /// Takes the first.
  @inlinable package mutating func popFirst() -> Element? {
    guard !isEmpty else { return nil }
    let element = slots[head]
    slots[head] = nil
    head += 1
    if head == slots.count {
      // A burst's memory is given back, a steady trickle's is kept.
      slots.removeAll(keepingCapacity: slots.capacity <= 64)
      head = 0
    } else if head > 32, head * 2 > slots.count {
      // Used slots go when they outnumber the others, so each costs constant time.
      slots.removeFirst(head)
      head = 0
    }
    return element
  }

  /// Takes out, and returns in order, what the closure names. Linear.
  @discardableResult
  @inlinable package mutating func removeAll(where shouldBeRemoved: (Element) -> Bool) -> [Element] {
    var removed: [Element] = []
    for element in takeAll() {
      if shouldBeRemoved(element) { removed.append(element) } else { slots.append(element) }
    }
    return removed
  }

  /// The first elements, at most `count`.
  @inlinable package func prefix(_ count: Int) -> [Element] {
    slots[head...].prefix(count).compactMap { $0 }
  }

  /// Empties the queue and hands out what was in it, in order.
  @inlinable package mutating func takeAll() -> [Element] {
    defer { self = FirstInFirstOut() }
    return slots[head...].compactMap { $0 }
  }
}

extension FirstInFirstOut: Sendable where Element: Sendable {}
