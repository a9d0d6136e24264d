// Who may run now, who waits, and who is sent away.

/// A bounded number of places and a bounded queue before them, first come first served.
struct AdmissionQueue<Element: AnyObject> {
  enum Answer: Equatable {
    /// A place was taken: start, and `leave` when done.
    case start
    /// In the queue; `leave` of another will return it.
    case wait
    /// The queue is full.
    case refuse
  }

  private let places: Int
  private let queueBound: Int
  private var taken = 0
  private var queue: [Element] = []
  private var first = 0

  init(places: Int, queueBound: Int) {
    self.places = max(1, places)
    self.queueBound = max(0, queueBound)
  }

  /// How many wait.
  var waiting: Int { queue.count - first }

  mutating func enter(_ element: Element) -> Answer {
    if taken < places {
      taken += 1
      return .start
    }
    guard waiting < queueBound else { return .refuse }
    queue.append(element)
    return .wait
  }

  /// Gives a place up; the returned element has it now and must be started.
  mutating func leave() -> Element? {
    guard first < queue.count else {
      taken -= 1
      return nil
    }
    let next = queue[first]
    first += 1
    // Used entries go when they outnumber the others, so each costs constant time.
    if first > 32, first * 2 > queue.count {
      queue.removeFirst(first)
      first = 0
    }
    return next
  }

  /// Takes a waiting element out. Linear in the queue's length.
  mutating func withdraw(_ element: Element) {
    guard let index = queue[first...].firstIndex(where: { $0 === element }) else { return }
    queue.remove(at: index)
  }
}
