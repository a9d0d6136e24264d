// Faces, crests and landscapes, each from its name alone.

internal import Compression
internal import Glibc

/// What a generated picture is of.
enum PictureKind: String, Hashable, Sendable {
  case avatar, icon, banner, emoji, sticker, roleIcon, defaultAvatar
}

/// Draws the pictures that nobody uploaded. The same kind and name always give the same picture.
struct Artist: Sendable {
  /// Numbers from 0 to 1 that follow from a name (splitmix64 over FNV-1a).
  private struct Dice {
    private var state: UInt64

    init(_ name: String) {
      state = 0xCBF2_9CE4_8422_2325
      for byte in name.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    mutating func roll() -> Float {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
      return Float((value ^ value >> 31) >> 40) / Float(1 << 24)
    }

    mutating func roll(_ range: ClosedRange<Float>) -> Float {
      range.lowerBound + roll() * (range.upperBound - range.lowerBound)
    }

    mutating func pick(_ count: Int) -> Int { min(Int(roll() * Float(count)), count - 1) }
  }

  /// Hues that look well together, as turns.
  private static let hues: [Float] = [
    0.0, 0.04, 0.09, 0.13, 0.3, 0.42, 0.5, 0.56, 0.62, 0.7, 0.78, 0.88, 0.94,
  ]

  /// A picture as PNG, `size` pixels high. Takes tens of milliseconds: it runs in the pool, not on the caller.
  ///
  /// - Throws: `CompressionError` when zlib gets no memory.
  @concurrent
  static func png(of kind: PictureKind, name: String, size: Int) async throws -> [UInt8] {
    try draw(kind, name: name, size: size).png()
  }

  /// Draws a picture, `size` pixels high; banners are two and a half times as wide.
  static func draw(_ kind: PictureKind, name: String, size: Int) -> Raster {
    var dice = Dice(kind.rawValue + name)
    var canvas = Canvas(width: kind == .banner ? size * 5 / 2 : size, height: size)
    switch kind {
    case .avatar: face(&canvas, &dice, hasBackground: true)
    case .sticker: face(&canvas, &dice, hasBackground: false)
    case .icon: crest(&canvas, &dice)
    case .banner: landscape(&canvas, &dice)
    case .emoji, .roleIcon: emblem(&canvas, &dice)
    case .defaultAvatar: plain(&canvas, index: Int(name) ?? 0)
    }
    return canvas.raster
  }

  // MARK: Faces

  private static func face(_ canvas: inout Canvas, _ dice: inout Dice, hasBackground: Bool) {
    let hue = hues[dice.pick(hues.count)]
    let skinHue = hue + dice.roll(0.25...0.6)
    if hasBackground {
      canvas.fill(
        from: .hsl(hue, 0.7, dice.roll(0.6...0.72)), to: .hsl(hue + 0.08, 0.75, dice.roll(0.42...0.54)),
        angle: dice.roll(0.6...1.2))
      let moon = Point(x: dice.roll(-0.9...0.9), y: dice.roll(-0.9 ... -0.3))
      canvas.paint(Colour(red: 1, green: 1, blue: 1, alpha: 0.16)) {
        Shape.circle($0.moved(moon.x, moon.y), 0.42)
      }
    }
    let skin = Colour.hsl(skinHue, dice.roll(0.5...0.75), dice.roll(0.62...0.76))
    let shade = Colour.hsl(skinHue + 0.03, 0.6, 0.48)
    let (width, height) = (dice.roll(0.55...0.68), dice.roll(0.54...0.66))
    ears(&canvas, dice.pick(4), skin: skin, shade: shade, width: width, height: height)
    canvas.paint(
      within: -0.7...1, { Shape.roundedBox($0.moved(0, 0.22), width, height, min(width, height) * 0.92) },
      { skin.mixed(with: shade, min(max(($0.y - 0.1) * 0.55, 0), 0.6)) })
    features(&canvas, &dice, shade: shade)
  }

  private static func ears(
    _ canvas: inout Canvas, _ kind: Int, skin: Colour, shade: Colour, width: Float, height: Float
  ) {
    func pair(_ colour: Colour, _ distance: (Point) -> Float) {
      canvas.paint(colour, within: -1...0.4) { distance(Point(x: abs($0.x), y: $0.y)) }
    }
    switch kind {
    case 0:  // a bear's
      pair(skin) { Shape.circle($0.moved(width * 0.78, 0.2 - height * 0.72), 0.24) }
      pair(shade) { Shape.circle($0.moved(width * 0.78, 0.2 - height * 0.72), 0.13) }
    case 1:  // a cat's
      pair(skin) { Shape.triangle($0.moved(width * 0.66, 0.02 - height * 0.62).turned(0.3), 0.4) - 0.06 }
      pair(shade) { Shape.triangle($0.moved(width * 0.66, 0.04 - height * 0.62).turned(0.3), 0.22) - 0.04 }
    case 2:  // a rabbit's
      pair(skin) { Shape.ellipse($0.moved(width * 0.42, -0.48).turned(0.2), 0.17, 0.42) }
      pair(shade) { Shape.ellipse($0.moved(width * 0.42, -0.46).turned(0.2), 0.08, 0.3) }
    default:  // a feeler with a bobble
      canvas.paint(shade, within: -1...0.2) { Shape.roundedBox($0.moved(0, -0.5), 0.04, 0.34, 0.04) }
      canvas.paint(skin, within: -1 ... -0.5) { Shape.circle($0.moved(0, -0.78), 0.14) }
    }
  }

  private static func features(_ canvas: inout Canvas, _ dice: inout Dice, shade: Colour) {
    let ink = Colour(red: 0.12, green: 0.1, blue: 0.2)
    let (apart, high) = (dice.roll(0.2...0.3), dice.roll(0.04...0.16))
    let size = dice.roll(0.075...0.12)
    let eyes = dice.pick(3)
    func mirrored(_ point: Point) -> Point { Point(x: abs(point.x) - apart, y: point.y - high) }
    switch eyes {
    case 0:
      canvas.paint(ink, within: -0.3...0.5) { Shape.ellipse(mirrored($0), size * 0.85, size * 1.2) }
    case 1:
      canvas.paint(Colour(red: 1, green: 1, blue: 1), within: -0.3...0.5) {
        Shape.circle(mirrored($0), size * 1.6)
      }
      canvas.paint(ink, within: -0.3...0.5) { Shape.circle(mirrored($0).moved(0, size * 0.2), size) }
    default:
      canvas.paint(ink, within: -0.3...0.6) {
        let point = mirrored($0)
        return Shape.smile(Point(x: point.x, y: -point.y), size * 1.1, size * 0.34)
      }
    }
    if eyes != 2 {
      canvas.paint(Colour(red: 1, green: 1, blue: 1, alpha: 0.95), within: -0.4...0.5) {
        Shape.circle(mirrored($0).moved(-size * 0.3, -size * 0.4), size * 0.34)
      }
    }
    canvas.paint(Colour(red: 1, green: 0.35, blue: 0.45, alpha: 0.4), within: 0...0.7) {
      Shape.ellipse(Point(x: abs($0.x) - apart - 0.14, y: $0.y - high - 0.21), 0.1, 0.065)
    }
    let mouth = high + dice.roll(0.16...0.22)
    switch dice.pick(3) {
    case 0: canvas.paint(ink, within: 0...0.8) { Shape.smile($0.moved(0, mouth), 0.15, 0.03) }
    case 1:
      canvas.paint(ink, within: 0...0.8) {
        max(Shape.circle($0.moved(0, mouth + 0.02), 0.15), mouth + 0.02 - $0.y)
      }
      canvas.paint(Colour(red: 0.95, green: 0.4, blue: 0.45), within: 0...0.8) {
        max(Shape.circle($0.moved(0, mouth + 0.16), 0.1), Shape.circle($0.moved(0, mouth + 0.02), 0.14))
      }
    default:
      canvas.paint(ink, within: 0...0.8) { Shape.ellipse($0.moved(0, mouth + 0.08), 0.05, 0.06) }
    }
  }

  // MARK: The others

  private static func crest(_ canvas: inout Canvas, _ dice: inout Dice) {
    let hue = hues[dice.pick(hues.count)]
    canvas.fill(from: .hsl(hue, 0.55, 0.48), to: .hsl(hue + 0.05, 0.6, 0.28), angle: dice.roll(0.5...1.4))
    let (count, turn) = (Float(5 + dice.pick(4)), dice.roll(0...1))
    canvas.paint(.hsl(hue + 0.5, 0.85, 0.72)) { Shape.petals($0.turned(turn), 0.74, 0.34, count) }
    canvas.paint(.hsl(hue, 0.65, 0.34)) { Shape.circle($0, 0.4) }
    symbol(&canvas, dice.pick(4), .hsl(hue + 0.5, 0.9, 0.86), scale: 0.26)
  }

  private static func emblem(_ canvas: inout Canvas, _ dice: inout Dice) {
    let hue = hues[dice.pick(hues.count)]
    let kind = dice.pick(5)
    guard kind < 4 else {
      canvas.paint(
        { Shape.circle($0, 0.9) },
        { Colour.hsl(0.14, 0.95, 0.62).mixed(with: .hsl(0.1, 0.95, 0.5), $0.y * 0.5 + 0.5) })
      return features(&canvas, &dice, shade: .hsl(0.1, 0.9, 0.4))
    }
    symbol(&canvas, kind, .hsl(hue, 0.85, 0.4), scale: 0.82)
    symbol(&canvas, kind, .hsl(hue, 0.85, 0.6), scale: 0.72)
  }

  private static func symbol(_ canvas: inout Canvas, _ kind: Int, _ colour: Colour, scale: Float) {
    switch kind {
    case 0: canvas.paint(colour) { Shape.petals($0, scale, 0.55, 5) }
    case 1: canvas.paint(colour) { Shape.heart($0.moved(0, scale * 0.2), scale * 1.25) }
    case 2:
      canvas.paint(colour) { Shape.roundedBox($0.turned(0.785), scale * 0.68, scale * 0.68, scale * 0.12) }
    default:
      canvas.paint(colour) {
        max(Shape.circle($0, scale), -Shape.circle($0.moved(scale * 0.45, -scale * 0.2), scale * 0.8))
      }
    }
  }

  private static func landscape(_ canvas: inout Canvas, _ dice: inout Dice) {
    let hue = hues[dice.pick(hues.count)]
    canvas.fill(from: .hsl(hue, 0.6, 0.4), to: .hsl(hue + 0.1, 0.8, 0.76), angle: 1.57)
    let sun = Point(x: dice.roll(-1.6...1.6), y: dice.roll(-0.5...0.0))
    canvas.paint(.hsl(0.13, 1, 0.88, alpha: 0.9)) { Shape.circle($0.moved(sun.x, sun.y), 0.26) }
    for layer in 0..<3 {
      let depth = Float(layer)
      let (speed, shift) = (dice.roll(1.1...2.4), dice.roll(0...6))
      let ground = Colour.hsl(hue + 0.05, 0.5, 0.5 - depth * 0.13)
      canvas.paint(ground, within: -0.6...1) { point in
        let wave = sinf(point.x * speed + shift) * 0.2 + sinf(point.x * speed * 2.3 + shift * 2) * 0.08
        return (wave + 0.12 + depth * 0.28 - point.y) * 0.8
      }
    }
  }

  /// The six that people without an avatar have: one colour, and a plain face.
  private static func plain(_ canvas: inout Canvas, index: Int) {
    let colours: [(Float, Float, Float)] = [
      (0.65, 0.75, 0.62), (0.6, 0.06, 0.52), (0.4, 0.55, 0.45), (0.1, 0.85, 0.55), (0.0, 0.75, 0.58),
      (0.9, 0.75, 0.62),
    ]
    let (hue, saturation, lightness) = colours[abs(index % colours.count)]
    canvas.paint(.hsl(hue, saturation, lightness)) { _ in -1 }
    let white = Colour(red: 1, green: 1, blue: 1, alpha: 0.95)
    canvas.paint(white) { Shape.circle($0.moved(0, -0.22), 0.3) }
    canvas.paint(white, within: 0...1) { Shape.ellipse($0.moved(0, 0.72), 0.56, 0.5) }
  }
}
