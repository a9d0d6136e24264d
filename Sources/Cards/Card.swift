// A card as a value: what is on it and where. Nothing here draws.

/// A picture to be drawn: a size, a background, and elements from back to front. All lengths are in pixels, from the
/// upper left corner. Draw it with `CardRenderer`.
package struct Card: Sendable, Equatable {
  /// Pixels, 1 to `largestSide` each.
  package var width, height: Int
  /// The radius of the card's own corners, which are transparent outside.
  package var cornerRadius: Double
  /// What lies under everything else.
  package var background: Background
  /// From back to front; at most `mostElements`.
  package var elements: [Element]

  /// The longest side that is drawn.
  package static let largestSide = 2_000
  /// The most elements that are drawn.
  package static let mostElements = 400

  package init(
    width: Int = 1_000, height: Int = 360, cornerRadius: Double = 28, background: Background,
    elements: [Element]
  ) {
    (self.width, self.height, self.cornerRadius) = (width, height, cornerRadius)
    (self.background, self.elements) = (background, elements)
  }

  /// What fills a card.
  package enum Background: Sendable, Equatable {
    case color(Color)
    /// From the first to the second along a line at `degrees`: 0 runs to the right, 90 down.
    case gradient(Color, Color, degrees: Double)
    /// The bytes of a picture (PNG, JPEG, WebP, GIF) that covers the card, its middle in the middle. When the text on it
    /// would be hard to read, a scrim as strong as needed lies over it. `behind` is the colour under a picture with
    /// transparent parts, and in its place when the bytes are no picture.
    case picture([UInt8], behind: Color)
  }

  /// One thing on a card.
  package enum Element: Sendable, Equatable {
    case glow(Glow)
    case panel(Panel)
    case portrait(Portrait)
    case text(CardText)
    case progress(ProgressBar)
  }

  /// Light that fades out from a point.
  package struct Glow: Sendable, Equatable {
    /// The centre.
    package var x, y: Double
    /// Where it has faded.
    package var radius: Double
    /// The colour in the middle, with its opacity there.
    package var color: Color

    package init(x: Double, y: Double, radius: Double, color: Color) {
      (self.x, self.y, self.radius, self.color) = (x, y, radius, color)
    }
  }

  /// A rectangle with round corners, filled, outlined or both.
  package struct Panel: Sendable, Equatable {
    /// Its place and its corners.
    package var frame: Frame
    package var radius: Double
    /// Nil leaves out the filling.
    package var fill: Color?
    /// Nil leaves out the outline, which is drawn inside the frame.
    package var outline: Color?
    package var outlineWidth: Double

    package init(
      _ frame: Frame, radius: Double, fill: Color? = nil, outline: Color? = nil, outlineWidth: Double = 2
    ) {
      (self.frame, self.radius, self.fill) = (frame, radius, fill)
      (self.outline, self.outlineWidth) = (outline, outlineWidth)
    }
  }

  /// A round picture with a ring around it, and initials where there is no picture.
  package struct Portrait: Sendable, Equatable {
    /// The centre.
    package var x, y: Double
    /// Of the picture; the ring lies outside.
    package var diameter: Double
    /// The bytes of a picture (PNG, JPEG, WebP, GIF); nil shows the initials, as bytes that are no picture do.
    package var picture: [UInt8]?
    /// Whose initials are shown without a picture, and what the colour behind them is derived from.
    package var name: String
    /// Nil draws no ring.
    package var ring: Color?
    package var ringWidth: Double
    /// Between picture and ring, where the background shows.
    package var ringGap: Double

    package init(
      x: Double, y: Double, diameter: Double, picture: [UInt8]?, name: String, ring: Color? = nil,
      ringWidth: Double = 6, ringGap: Double = 6
    ) {
      (self.x, self.y, self.diameter) = (x, y, diameter)
      (self.picture, self.name) = (picture, name)
      (self.ring, self.ringWidth, self.ringGap) = (ring, ringWidth, ringGap)
    }
  }

  /// How far something has come.
  package struct ProgressBar: Sendable, Equatable {
    /// Its ends are round.
    package var frame: Frame
    /// 0 to 1; what is outside is brought to the nearer end, and what is no number to 0.
    package var fraction: Double
    /// The part that is done, and the whole.
    package var fill, track: Color

    package init(_ frame: Frame, fraction: Double, fill: Color, track: Color) {
      (self.frame, self.fraction, self.fill, self.track) = (frame, fraction, fill, track)
    }
  }

  /// A place on a card, in pixels from its upper left corner.
  package struct Frame: Sendable, Hashable {
    /// The upper left corner, and the size.
    package var x, y, width, height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
      (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }
  }
}
