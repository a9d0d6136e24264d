// Why a card or a picture on it was not drawn.

/// Why there is no card. Descriptions show no text and no byte of a picture.
package struct CardError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What happened, as a caller decides by it.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    private let name: String
    private init(_ name: String) { self.name = name }
    package var description: String { name }

    /// Too many cards wait already: send the message without one.
    package static let overloaded = Code("overloaded")
    /// The card is too large, has too many elements, or a length on it is no number.
    package static let invalid = Code("invalid")
    /// A library refused: mostly for want of memory.
    package static let failed = Code("failed")
  }

  /// What happened; decide by this, not by the description.
  package let code: Code
  /// A fixed sentence for the operator.
  package let message: String

  init(_ code: Code, _ message: String) {
    (self.code, self.message) = (code, message)
  }

  package var description: String { "\(code): \(message)" }
}

/// Why a picture was left out of a card, which was drawn without it.
package struct PictureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong with it.
  package enum Reason: Sendable, Hashable {
    /// The bytes are no PNG, JPEG, WebP or GIF.
    case unknownFormat
    /// They begin like a picture and are none.
    case damaged
    /// More bytes, pixels or passes over them than are decoded.
    case tooLarge
  }

  /// What is wrong with it; decide by this.
  package let reason: Reason

  init(_ reason: Reason) { self.reason = reason }

  package var description: String {
    switch reason {
    case .unknownFormat: "not a PNG, JPEG, WebP or GIF picture"
    case .damaged: "the picture is damaged"
    case .tooLarge: "the picture is too large"
    }
  }
}
