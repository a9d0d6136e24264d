// A queue over an array: what the limit machines keep their order in.

/// First in, first out; appending and taking cost constant time on average.
struct FirstInFirstOut<Element> {
  private var elements: [Element] = []
  private var start = 0

  init() {}

  var count: Int { elements.count - start }
  var isEmpty: Bool { elements.count == start }
  var first: Element? { isEmpty ? nil : elements[start] }

  /// By distance from the first.
  subscript(distance: Int) -> Element {
    get { elements[start + distance] }
    set { elements[start + distance] = newValue }
  }

  mutating func append(_ element: Element) { elements.append(element) }

  /// Puts an element before all others: linear when nothing was taken yet.
  mutating func prepend(_ element: Element) {
    if start > 0 {
      start -= 1
      elements[start] = element
    } else {
      elements.insert(element, at: 0)
    }
  }

  mutating func popFirst() -> Element? {
    guard let first else { return nil }
    start += 1
    if start == elements.count {
      elements.removeAll(keepingCapacity: elements.capacity <= 64)
      start = 0
    } else if start > 32, start * 2 > elements.count {
      // Used entries go when they outnumber the others, so each costs constant time.
      elements.removeFirst(start)
      start = 0
    }
    return first
  }

  /// Linear.
  mutating func removeAll(where shouldBeRemoved: (Element) -> Bool) {
    elements.removeFirst(start)
    start = 0
    elements.removeAll(where: shouldBeRemoved)
  }

  /// Empties the queue and hands out what was in it.
  mutating func takeAll() -> ArraySlice<Element> {
    defer { self = FirstInFirstOut() }
    return elements[start...]
  }
}

extension FirstInFirstOut: Sendable where Element: Sendable {}
