// Draws one card from back to front.

/// What is known while a card is drawn. Confined to the thread that draws it.
final class CardPainter {
  private let card: Card
  private let canvas: Canvas
  private let fonts: FontMap
  /// Pictures that were left out.
  private(set) var problems: [PictureError] = []
  /// Characters that no font has.
  private(set) var missingGlyphs = 0

  init(_ card: Card, fonts: FontMap) throws(CardError) {
    (self.card, self.fonts) = (card, fonts)
    canvas = try Canvas(width: card.width, height: card.height)
  }

  func paint() throws(CardError) -> Bitmap {
    try canvas.clipped(to: card.frame, radius: card.cornerRadius) { () throws(CardError) in
      try paintBackground()
      for element in card.elements { try paint(element) }
    }
    try canvas.check()
    return canvas.bitmap
  }

  private func paintBackground() throws(CardError) {
    switch card.background {
    case .color(let color):
      canvas.fill(card.frame, color)
    case .gradient(let start, let end, let degrees):
      canvas.fill(card.frame, from: start, to: end, degrees: degrees)
    case .picture(let bytes, let color):
      canvas.fill(card.frame, color)
      guard let picture = try decode(bytes, forWidth: card.width, height: card.height) else { return }
      canvas.cover(card.frame, with: picture)
      paintScrim()
    }
  }

  /// So strong that every text can be read on the picture.
  private func paintScrim() {
    let texts = card.elements.compactMap { element -> Scrim.Claim? in
      // A text on a plate of its own, or of no length, asks for none.
      guard case .text(let text) = element, text.plate == nil, !text.cleaned.isEmpty,
        let backdrop = canvas.backdrop(of: text.band)
      else { return nil }
      return Scrim.Claim(color: text.color, size: text.size, backdrop: backdrop)
    }
    guard let scrim = Scrim.needed(for: texts) else { return }
    canvas.fill(card.frame, (scrim.tone == .dark ? Color.black : .white).opacity(scrim.opacity))
  }

  private func paint(_ element: Card.Element) throws(CardError) {
    switch element {
    case .glow(let glow):
      canvas.draw(glow)
    case .panel(let panel):
      if let fill = panel.fill { canvas.fill(panel.frame, radius: panel.radius, fill) }
      if let outline = panel.outline {
        canvas.outline(panel.frame, radius: panel.radius, outline, width: panel.outlineWidth)
      }
    case .portrait(let portrait):
      try paint(portrait)
    case .text(let text):
      try paint(text)
    case .progress(let bar):
      paint(bar)
    }
  }

  private func paint(_ bar: Card.ProgressBar) {
    let radius = bar.frame.height / 2
    canvas.fill(bar.frame, radius: radius, bar.track)
    let fraction = bar.fraction > 0 ? min(bar.fraction, 1) : 0
    guard fraction > 0 else { return }
    // Cut by the whole bar's shape, so that a short piece has no bulging end.
    canvas.clipped(to: bar.frame, radius: radius) {
      var done = bar.frame
      done.width = max(bar.frame.width * fraction, bar.frame.height / 2)
      canvas.fill(done, radius: radius, bar.fill)
    }
  }

  private func paint(_ portrait: Card.Portrait) throws(CardError) {
    let radius = portrait.diameter / 2
    let frame = Card.Frame(
      x: portrait.x - radius, y: portrait.y - radius, width: portrait.diameter, height: portrait.diameter)
    let side = Int(max(portrait.diameter, 1).rounded(.up))
    if let bytes = portrait.picture, let picture = try decode(bytes, forWidth: side, height: side) {
      canvas.cover(frame, radius: radius, with: picture)
    } else {
      try paintInitials(of: portrait, in: frame)
    }
    if let ring = portrait.ring {
      canvas.strokeCircle(
        x: portrait.x, y: portrait.y, radius: radius + portrait.ringGap + portrait.ringWidth / 2, ring,
        width: portrait.ringWidth)
    }
  }

  private func paintInitials(of portrait: Card.Portrait, in frame: Card.Frame) throws(CardError) {
    let color = Initials.color(of: portrait.name)
    canvas.fillCircle(x: portrait.x, y: portrait.y, radius: portrait.diameter / 2, color)
    let initials = Initials.of(portrait.name)
    let size = portrait.diameter * (initials.count > 1 ? 0.38 : 0.46)
    guard size >= 4 else { return }
    let line = try TextLine(initials, size: size, weight: .semibold, on: canvas, fonts: fonts)
    missingGlyphs += line.missingGlyphs
    canvas.clipped(to: frame, radius: portrait.diameter / 2) {
      line.draw(x: portrait.x - line.width / 2, baseline: portrait.y + size * 0.36, color: .white)
    }
  }

  private func paint(_ text: CardText) throws(CardError) {
    let string = text.cleaned
    guard !string.isEmpty else { return }
    let padding = text.plate?.padding ?? 0
    let room = text.width - 2 * padding
    guard room > 0 else { return }
    let (line, size) = try fit(string, text, in: room)
    let width = min(line.width, room)
    let slack = room - width
    let x =
      switch text.alignment {
      case .left: text.x + padding
      case .center: text.x + padding + slack / 2
      case .right: text.x + padding + slack
      }
    if let plate = text.plate {
      let frame = Card.Frame(
        x: x - padding, y: text.baseline - text.size * 1.24, width: width + 2 * padding,
        height: text.size * 1.76)
      canvas.fill(frame, radius: frame.height / 2, plate.fill)
    }
    var ink = text.band
    (ink.x, ink.width) = (x, width)
    let color = color(of: text, on: canvas.backdrop(of: ink))
    // Smaller letters keep to the middle of the line.
    let baseline = text.baseline - (text.size - size) * 0.3
    canvas.clipped(to: text.band) { line.draw(x: x, baseline: baseline, color: color) }
    missingGlyphs += line.missingGlyphs
  }

  /// Nil is a backdrop outside the card, where nothing can be read anyway.
  private func color(of text: CardText, on backdrop: Backdrop?) -> Color {
    guard let backdrop else { return text.color ?? .white }
    return text.color?.readable(on: backdrop) ?? .ink(on: backdrop)
  }

  /// The line at the largest size at which it fits; at the smallest, cut.
  private func fit(_ string: String, _ text: CardText, in room: Double) throws(CardError) -> (
    TextLine, Double
  ) {
    var last: (TextLine, Double)?
    for size in text.sizes {
      let line = try TextLine(
        string, size: size, weight: text.weight, spacing: text.spacing, on: canvas, fonts: fonts)
      if line.width <= room { return (line, size) }
      last = (line, size)
    }
    guard let last else { throw CardError(.invalid, "a text has no size") }
    last.0.cut(to: room)
    return last
  }

  /// Nil for bytes that are no picture, which is noted.
  private func decode(_ bytes: [UInt8], forWidth width: Int, height: Int) throws(CardError) -> Bitmap? {
    switch try decodePicture(bytes, forWidth: width, height: height) {
    case .success(let bitmap):
      return bitmap
    case .failure(let problem):
      problems.append(problem)
      return nil
    }
  }
}

extension Card {
  fileprivate var frame: Frame { Frame(x: 0, y: 0, width: Double(width), height: Double(height)) }
}
