// A line of text as a value, and what is left of a text that somebody else wrote.

/// One line of text on a card. It never leaves its width: it shrinks as far as allowed, then ends in an ellipsis.
/// Right-to-left scripts are set as they should be; where the line stands is for `alignment` alone to say.
package struct CardText: Sendable, Equatable {
  /// Where the line stands within its width, in any script.
  package enum Alignment: Sendable {
    case left, center, right
  }

  /// How strong the strokes are.
  package enum Weight: Int, Sendable {
    case regular = 400
    case medium = 500
    case semibold = 600
    case bold = 700
  }

  /// A plate behind the text, as wide as the text is.
  package struct Plate: Sendable, Equatable {
    /// Its filling.
    package var fill: Color
    /// To the left and right of the text. The text's width includes it.
    package var padding: Double

    package init(fill: Color, padding: Double = 18) {
      (self.fill, self.padding) = (fill, padding)
    }
  }

  /// What is written, by anybody: control characters, directional overrides and towers of marks are left out.
  package var string: String
  /// Left end of the width, and the baseline.
  package var x, baseline: Double
  package var width: Double
  /// Pixels per em.
  package var size: Double
  /// How far a long text may shrink before it is cut; nil not at all.
  package var smallestSize: Double?
  package var weight: Weight
  /// On a background where this cannot be read, it is made lighter or darker until it can. Nil takes white or near-black,
  /// whichever is read better.
  package var color: Color?
  package var alignment: Alignment
  /// Pixels added between letters.
  package var spacing: Double
  package var plate: Plate?

  package init(
    _ string: String, x: Double, baseline: Double, width: Double, size: Double, smallestSize: Double? = nil,
    weight: Weight = .regular, color: Color? = nil, alignment: Alignment = .left, spacing: Double = 0,
    plate: Plate? = nil
  ) {
    (self.string, self.x, self.baseline, self.width) = (string, x, baseline, width)
    (self.size, self.smallestSize, self.weight) = (size, smallestSize, weight)
    (self.color, self.alignment, self.spacing, self.plate) = (color, alignment, spacing, plate)
  }

  /// The text as it is drawn.
  var cleaned: String { Self.clean(string) }

  /// The band of the card that the line may touch: what a script or a tower of marks has beyond it is clipped.
  var band: Card.Frame {
    Card.Frame(x: x, y: baseline - size * 1.15, width: width, height: size * 1.6)
  }

  /// The sizes to try, from the one wished for down.
  var sizes: [Double] {
    guard let smallestSize, smallestSize < size else { return [size] }
    let steps = 4.0
    return (0...Int(steps)).map { size - (size - smallestSize) * Double($0) / steps }
  }

  /// Longer texts would be cut anyway: a card is 2,000 pixels wide at most.
  static let mostCharacters = 200

  /// What is drawn of a text that anybody may have written.
  static func clean(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    // A character can be a million scalars long, so scalars are bounded before characters are counted.
    let scalars = text.unicodeScalars.prefix(mostCharacters * 16)
    var characters = 0
    for character in String(String.UnicodeScalarView(scalars)) {
      guard characters < mostCharacters else { break }
      let kept = clean(character)
      guard !kept.isEmpty else { continue }
      characters += 1
      result.append(contentsOf: kept)
    }
    return String(result).trimmingSpaces
  }

  /// At most two marks on one letter; nothing that steers instead of showing.
  private static func clean(_ character: Character) -> [Unicode.Scalar] {
    var marks = 0
    return character.unicodeScalars.prefix(16).compactMap { scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator:
        return " "
      case .format:
        // Joiners make emoji and Persian words, tags make flags; the rest turns text around or hides.
        return scalar == "\u{200D}" || scalar == "\u{200C}" || (0xE0020...0xE007F).contains(scalar.value)
          ? scalar : nil
      case .nonspacingMark where !(0xFE00...0xFE0F).contains(scalar.value), .enclosingMark:
        marks += 1
        return marks <= 2 ? scalar : nil
      case .surrogate, .privateUse, .unassigned:
        return nil
      default:
        return scalar
      }
    }
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    let start = drop { $0.isWhitespace }
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
