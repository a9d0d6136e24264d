// Opened fonts are handed from card to card: opening them takes longer than drawing.

internal import Synchronization

/// The font maps that nobody uses just now: as many as cards were ever drawn at once.
final class FontMaps: Sendable {
  private let idle = Mutex<[FontMap]>([])

  /// Runs `body` with a font map that nobody else has meanwhile.
  ///
  /// - Throws: what `body` throws; `CardError` with code `.failed` without memory.
  func withMap<Result>(_ body: (FontMap) throws(CardError) -> Result) throws(CardError) -> Result {
    let map = if let map = idle.withLock({ $0.popLast() }) { map } else { try FontMap() }
    map.countUse()
    defer {
      if !map.isWorn { idle.withLock { $0.append(map) } }
    }
    return try body(map)
  }
}
