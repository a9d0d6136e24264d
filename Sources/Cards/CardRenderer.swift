// The door: cards in, files out, off the shared pool.

internal import Threads

/// Draws cards on threads of its own. The same card is the same file, byte for byte, as long as fonts and libraries stay.
package final class CardRenderer: Sendable {
  /// The one of the process, made when the first card is drawn: cards share its threads and its fonts.
  package static let process = CardRenderer()

  private let threads: WorkerThreads
  private let fonts = FontMaps()

  /// `parallelism` cards are drawn at once; each takes a core and some 10 MB meanwhile, much more for a large background
  /// picture. Beyond those `maximumWaiting` callers may wait, before others are refused.
  package init(parallelism: Int = 1, maximumWaiting: Int = 64) {
    threads = WorkerThreads(limit: parallelism, maximumWaiting: maximumWaiting)
  }

  /// How many callers wait for a thread: a gauge.
  package var waitingCount: Int { threads.waitingCount }

  /// Draws a card. A picture on it that cannot be decoded is left out and named in the result.
  ///
  /// - Throws: `CardError` with code `.overloaded` (send the message without a card), `.invalid` or `.failed`;
  ///   `CancellationError` while waiting.
  package func render(_ card: Card) async throws -> CardFile {
    try card.check()
    do {
      return try await threads.run { [fonts] in
        try fonts.withMap { (fonts) throws(CardError) in try CardFile(drawing: card, fonts: fonts) }
      }
    } catch is WorkerThreads.Overloaded {
      throw CardError(.overloaded, "too many cards wait to be drawn")
    }
  }
}

extension Card {
  /// - Throws: `.invalid` for a card that is too large to draw.
  func check() throws(CardError) {
    let sides = 1...Self.largestSide
    guard sides.contains(width), sides.contains(height) else {
      throw CardError(.invalid, "a card is 1 to \(Self.largestSide) pixels wide and high")
    }
    guard elements.count <= Self.mostElements else {
      throw CardError(.invalid, "a card has at most \(Self.mostElements) elements")
    }
    let lengths = [cornerRadius] + elements.flatMap(\.lengths) + background.lengths
    guard lengths.allSatisfy({ abs($0) <= 10_000 }) else {
      throw CardError(.invalid, "a length on the card is no number, or far outside")
    }
    guard elements.allSatisfy(\.hasRoomForText) else {
      throw CardError(.invalid, "text is 4 to 400 pixels high, and its width is above zero")
    }
  }
}

extension Card.Background {
  fileprivate var lengths: [Double] {
    if case .gradient(_, _, let degrees) = self { [degrees] } else { [] }
  }
}

extension Card.Element {
  fileprivate var lengths: [Double] {
    switch self {
    case .glow(let glow): [glow.x, glow.y, glow.radius]
    case .panel(let panel): panel.frame.lengths + [panel.radius, panel.outlineWidth]
    case .portrait(let portrait):
      [portrait.x, portrait.y, portrait.diameter, portrait.ringWidth, portrait.ringGap]
    case .text(let text):
      [text.x, text.baseline, text.width, text.size, text.spacing, text.plate?.padding ?? 0]
    case .progress(let bar): bar.frame.lengths
    }
  }

  fileprivate var hasRoomForText: Bool {
    guard case .text(let text) = self else { return true }
    return (4...400).contains(text.size) && (4...400).contains(text.smallestSize ?? text.size)
      && text.width > 0
  }
}

extension Card.Frame {
  fileprivate var lengths: [Double] { [x, y, width, height] }
}
