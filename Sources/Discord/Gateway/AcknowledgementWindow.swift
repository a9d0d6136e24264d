// How far the receiver has come, when it finishes events out of order.

/// Events that were handed out and are not finished, and the sequence number up to which all are.
///
/// Several lanes finish in any order; what is stored must not pass the oldest event in hand. Gaps in the numbers do
/// not matter: only what was handed out is waited for.
package struct AcknowledgementWindow: Sendable {
  /// How many events may be in hand; then the source has to pause.
  package let bound: Int
  /// Everything up to here is finished.
  package private(set) var handled: Int64
  /// Sequence numbers in hand, ascending from `head`; a finished one is negated.
  private var entries: [Int64] = []
  private var head = 0

  /// A window that begins after `handled`.
  package init(bound: Int, handled: Int64 = 0) {
    self.bound = max(1, bound)
    self.handled = handled
  }

  /// From the oldest event in hand to the newest, finished ones between them included.
  package var count: Int { entries.count - head }
  package var isFull: Bool { count >= bound }

  /// An event is handed out. Its number is larger than all before.
  package mutating func deliver(_ sequence: Int64) {
    assert(sequence > (entries.last.map(abs) ?? handled), "events are handed out in order")
    entries.append(sequence)
  }

  /// An event is finished.
  ///
  /// - Returns: whether `handled` moved. False for a number that is not in hand.
  @discardableResult
  package mutating func acknowledge(_ sequence: Int64) -> Bool {
    guard let index = index(of: sequence) else { return false }
    entries[index] = -sequence
    guard index == head else { return false }
    while head < entries.count, entries[head] < 0 {
      handled = -entries[head]
      head += 1
    }
    compact()
    return true
  }

  private func index(of sequence: Int64) -> Int? {
    guard sequence > 0, head < entries.count else { return nil }
    // Without gaps the place follows from the number.
    let guess = sequence - abs(entries[head])
    if guess >= 0, guess < Int64(count), entries[head + Int(guess)] == sequence { return head + Int(guess) }
    var (low, high) = (head, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if abs(entries[middle]) < sequence { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low] == sequence ? low : nil
  }

  private mutating func compact() {
    if head == entries.count {
      entries.removeAll(keepingCapacity: entries.capacity <= 1024)
      head = 0
    } else if head >= 512, head * 2 >= entries.count {
      entries.removeFirst(head)
      head = 0
    }
  }
}
