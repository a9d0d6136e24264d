// A queue over an array: taking from the front costs no shift.

/// First in, first out. Both ends cost O(1) amortised.
struct FIFO<Element> {
  private var elements: [Element?] = []
  private var head = 0

  var isEmpty: Bool { head == elements.count }
  var count: Int { elements.count - head }
  var first: Element? { head < elements.count ? elements[head] : nil }

  mutating func append(_ element: Element) { elements.append(element) }

  /// Puts an element back to where it was taken from.
  mutating func prepend(_ element: Element) {
    if head > 0 {
      head -= 1
      elements[head] = element
    } else {
      elements.insert(element, at: 0)
    }
  }

  mutating func popFirst() -> Element? {
    guard head < elements.count else { return nil }
    defer {
      elements[head] = nil
      head += 1
      if head > 32, head * 2 > elements.count {
        elements.removeFirst(head)
        head = 0
      }
    }
    return elements[head]
  }

  /// Removes elements and returns them, in order.
  @discardableResult
  mutating func removeAll(where isUnwanted: (Element) -> Bool) -> [Element] {
    let all = elements[head...].compactMap { $0 }
    elements = []
    head = 0
    var removed: [Element] = []
    for element in all {
      if isUnwanted(element) { removed.append(element) } else { elements.append(element) }
    }
    return removed
  }
}
