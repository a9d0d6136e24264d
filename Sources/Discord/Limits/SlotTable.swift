// Elements by small numbers that are used again.

/// A table whose elements keep their number until they are removed.
struct SlotTable<Element> {
  private var slots: [Element?] = []
  private var free: [Int] = []

  var count: Int { slots.count - free.count }
  /// The numbers in use.
  var indices: [Int] { slots.indices.filter { slots[$0] != nil } }

  mutating func insert(_ element: Element) -> Int {
    guard let index = free.popLast() else {
      slots.append(element)
      return slots.count - 1
    }
    slots[index] = element
    return index
  }

  mutating func remove(_ index: Int) {
    guard slots.indices.contains(index), slots[index] != nil else { return }
    slots[index] = nil
    free.append(index)
  }

  func contains(_ index: Int) -> Bool { slots.indices.contains(index) && slots[index] != nil }

  /// - Precondition: the number is in use.
  subscript(index: Int) -> Element {
    get {
      guard let element = slots[index] else { preconditionFailure("no element has this number") }
      return element
    }
    _modify {
      guard var element = slots[index] else { preconditionFailure("no element has this number") }
      slots[index] = nil
      defer { slots[index] = element }
      yield &element
    }
  }
}
