// A card that was drawn, as a file to send.

/// A drawn card.
package struct CardFile: Sendable, Equatable {
  /// What the bytes are.
  package enum Format: Sendable {
    case png
    /// For cards on a picture, since photographs make large PNG files.
    case webp

    /// For the name of the file: Discord shows an attachment as what its name says.
    package var fileExtension: String { self == .png ? "png" : "webp" }
    /// For the header of an upload.
    package var contentType: String { self == .png ? "image/png" : "image/webp" }
  }

  /// The file.
  package let bytes: [UInt8]
  package let format: Format
  /// Pixels.
  package let width, height: Int
  /// Pictures that were left out: tell whoever chose them.
  package let problems: [PictureError]
  /// Characters that no font on this machine has, drawn as boxes: tell the operator which fonts are recommended.
  package let missingGlyphs: Int

  /// Draws a card, in the caller's place.
  init(drawing card: Card, fonts: FontMap) throws(CardError) {
    let painter = try CardPainter(card, fonts: fonts)
    let bitmap = try painter.paint()
    (width, height) = (card.width, card.height)
    (problems, missingGlyphs) = (painter.problems, painter.missingGlyphs)
    let pixels = bitmap.plainBytes()
    format = card.background.isPicture ? .webp : .png
    bytes =
      switch format {
      case .png: try encodePNG(pixels, width: width, height: height)
      case .webp: try encodeWebP(pixels, width: width, height: height)
      }
  }
}

extension Card.Background {
  fileprivate var isPicture: Bool {
    if case .picture = self { true } else { false }
  }
}
