// Drawn pictures, kept for the next who asks.

internal import Synchronization

/// The pictures that were drawn, by kind, name and size. Bounded in bytes: when full, it begins anew, since drawing
/// costs little.
final class PictureCache: Sendable {
  private struct Key: Hashable {
    var kind: PictureKind
    var name: String
    var size: Int
  }

  private struct State {
    var pictures: [Key: [UInt8]] = [:]
    var bytes = 0
  }

  private let state = Mutex(State())
  private let bound: Int

  init(bound: Int = 16 << 20) { self.bound = bound }

  /// A picture as PNG, drawn if need be.
  ///
  /// - Throws: `CompressionError` when zlib gets no memory.
  func png(of kind: PictureKind, name: String, size: Int) async throws -> [UInt8] {
    let key = Key(kind: kind, name: name, size: size)
    if let known = state.withLock({ $0.pictures[key] }) { return known }
    let drawn = try await Artist.png(of: kind, name: name, size: size)
    state.withLock { state in
      if state.bytes + drawn.count > bound { state = State() }
      if state.pictures.updateValue(drawn, forKey: key) == nil { state.bytes += drawn.count }
    }
    return drawn
  }
}
