// A queue with both ends O(1), whose room is used again.

/// First in, first out, over an array with a moving head.
struct FIFO<Element> {
  private var slots: [Element?] = []
  private var head = 0

  var count: Int { slots.count - head }
  var isEmpty: Bool { slots.count == head }
  var first: Element? { isEmpty ? nil : slots[head] }

  mutating func append(_ element: Element) {
    slots.append(element)
  }

  mutating func popFirst() -> Element? {
    guard !isEmpty else { return nil }
    let element = slots[head]
    slots[head] = nil
    head += 1
    // Moving the rest down costs its length, and happens once the head has gone at least as far.
    if head >= 64, 2 * head >= slots.count {
      slots.removeFirst(head)
      head = 0
    }
    return element
  }

  /// Puts elements in front, in their order. O(n), for what comes back after a failure.
  mutating func prepend(_ elements: [Element]) {
    slots.replaceSubrange(0..<head, with: elements.map(Optional.some))
    head = 0
  }

  mutating func removeAll(where isDoomed: (Element) -> Bool) {
    slots = slots[head...].filter { slot in slot.map { !isDoomed($0) } ?? false }
    head = 0
  }

  /// The first elements, at most `count`.
  func prefix(_ count: Int) -> [Element] {
    slots[head...].prefix(count).compactMap { $0 }
  }

  /// Takes everything out, in order.
  mutating func takeAll() -> [Element] {
    defer {
      slots = []
      head = 0
    }
    return slots[head...].compactMap { $0 }
  }
}
