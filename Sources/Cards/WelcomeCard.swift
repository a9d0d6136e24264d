// The card that greets a newcomer.

/// The colours of a ready-made card, as a guild chooses them.
package struct CardStyle: Sendable, Equatable {
  /// What lies under everything.
  package var background: Card.Background
  /// The ring, the headline, and the light in the background.
  package var accent: Color
  /// The name and the line below; nil takes white or black, whichever is read better.
  package var text: Color?

  package init(background: Card.Background, accent: Color, text: Color? = nil) {
    (self.background, self.accent, self.text) = (background, accent, text)
  }

  /// For guilds that have chosen nothing.
  package static let standard = midnight
  /// Dark blue and violet.
  package static let midnight = CardStyle(
    background: .gradient(Color(0x1A1B2E), Color(0x0E0F1A), degrees: 25), accent: Color(0x7C7FFF))
  /// White, for light servers.
  package static let daylight = CardStyle(
    background: .gradient(Color(0xFFFFFF), Color(0xEEF0F8), degrees: 25), accent: Color(0x4F46E5))
  /// Dark green.
  package static let forest = CardStyle(
    background: .gradient(Color(0x10241E), Color(0x0A1512), degrees: 25), accent: Color(0x34D399))
  /// Deep red and orange.
  package static let ember = CardStyle(
    background: .gradient(Color(0x2A1418), Color(0x150A0D), degrees: 25), accent: Color(0xFF7A59))

  /// Whether light text is to be expected; nil on a picture, of which nothing is known yet.
  private var isDark: Bool? {
    switch background {
    case .color(let color): !color.isLight
    case .gradient(let start, let end, _): !start.mixed(with: end, 0.5).isLight
    case .picture: nil
    }
  }

  /// A touch of white or black makes the accent a colour for text.
  var headline: Color {
    guard let isDark else { return accent }
    return accent.mixed(with: isDark ? .white : .black, 0.25)
  }

  /// Behind a small text. On a picture it is strong enough to be read on alone.
  var plate: Color {
    guard let isDark else { return Color.black.opacity(0.6) }
    return isDark ? Color.white.opacity(0.1) : Color.black.opacity(0.07)
  }

  /// What sets a card off against Discord's own background.
  var edge: Color { (isDark == false ? Color.black : .white).opacity(0.1) }

  /// The light of the accent, left out on a picture, which has its own.
  func glows(width: Double, height: Double) -> [Card.Element] {
    guard let isDark else { return [] }
    let strength = isDark ? 0.38 : 0.2
    return [
      .glow(
        Card.Glow(x: width * 0.94, y: -height * 0.12, radius: height * 1.3, color: accent.opacity(strength))),
      .glow(
        Card.Glow(
          x: width * 0.06, y: height * 1.1, radius: height * 1.1, color: accent.opacity(strength * 0.6))),
    ]
  }
}

/// A greeting: the newcomer's picture and name, a headline above and a detail below. The words come from whoever sends
/// it, in the guild's language.
package struct WelcomeCard: Sendable, Equatable {
  /// Above the name: "Welcome to Aurora".
  package var headline: String
  /// The newcomer's display name.
  package var name: String
  /// Below the name, on a plate: "Member #1,234". Nil leaves it out.
  package var detail: String?
  /// The bytes of the avatar (PNG, JPEG, WebP, GIF); nil shows initials.
  package var avatar: [UInt8]?
  /// The guild's colours.
  package var style: CardStyle

  package init(
    headline: String, name: String, detail: String? = nil, avatar: [UInt8]? = nil,
    style: CardStyle = .standard
  ) {
    (self.headline, self.name, self.detail) = (headline, name, detail)
    (self.avatar, self.style) = (avatar, style)
  }

  /// What to draw: 1,000 by 360 pixels, twice what Discord shows.
  package var card: Card {
    let (width, height) = (1_000.0, 360.0)
    let room = (x: 352.0, width: 588.0)
    // Without the last line the others move to the middle.
    let shift = detail == nil ? 32.0 : 0
    var elements = style.glows(width: width, height: height)
    elements.append(
      .portrait(
        Card.Portrait(
          x: 186, y: 180, diameter: 204, picture: avatar, name: name, ring: style.accent, ringWidth: 7,
          ringGap: 8)))
    elements.append(
      .text(
        CardText(
          headline, x: room.x, baseline: 124 + shift, width: room.width, size: 28, smallestSize: 22,
          weight: .semibold, color: style.headline)))
    elements.append(
      .text(
        CardText(
          name, x: room.x - 2, baseline: 196 + shift, width: room.width + 2, size: 66, smallestSize: 42,
          weight: .bold, color: style.text, spacing: -1)))
    if let detail {
      elements.append(
        .text(
          CardText(
            detail, x: room.x, baseline: 259, width: room.width, size: 23, weight: .medium, color: style.text,
            plate: CardText.Plate(fill: style.plate, padding: 20))))
    }
    elements.append(
      .panel(
        Card.Panel(
          Card.Frame(x: 0, y: 0, width: width, height: height), radius: 28, outline: style.edge,
          outlineWidth: 2)))
    return Card(width: Int(width), height: Int(height), background: style.background, elements: elements)
  }
}
