// Colours, and how well one is read on another.

internal import Glibc

/// An sRGB colour. Alpha 255 is opaque; the components are not multiplied by it.
package struct Color: Sendable, Hashable {
  /// The components, 0 to 255.
  package let red, green, blue, alpha: UInt8

  package init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
    (self.red, self.green, self.blue, self.alpha) = (red, green, blue, alpha)
  }

  /// An opaque colour written as `0xRRGGBB`, Discord's own form.
  package init(_ rgb: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: rgb >> 16), green: UInt8(truncatingIfNeeded: rgb >> 8),
      blue: UInt8(truncatingIfNeeded: rgb))
  }

  /// What text and scrims are pulled towards.
  package static let black = Color(0x000000)
  package static let white = Color(0xFFFFFF)

  /// The same colour at an opacity from 0 to 1; what is outside is brought to the nearer end.
  package func opacity(_ opacity: Double) -> Color {
    Color(red: red, green: green, blue: blue, alpha: Self.byte(opacity * 255))
  }

  /// This colour with `share` (0 to 1) of the other mixed in, component by component. Keeps this one's alpha.
  package func mixed(with other: Color, _ share: Double) -> Color {
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 { Self.byte(Double(a) + (Double(b) - Double(a)) * share) }
    return Color(
      red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue), alpha: alpha)
  }

  /// Relative luminance as WCAG defines it, 0 (black) to 1 (white); alpha plays no part.
  package var luminance: Double {
    0.2126 * Self.linear(red) + 0.7152 * Self.linear(green) + 0.0722 * Self.linear(blue)
  }

  /// The contrast of two luminances as WCAG defines it, 1 to 21. Text needs 4.5, large text 3.
  package static func contrast(_ a: Double, _ b: Double) -> Double {
    (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// Whether black is read on it more easily than white.
  package var isLight: Bool { luminance > 0.179 }

  private static let linearValues: [Double] = (0..<256).map { step in
    let value = Double(step) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }

  static func linear(_ component: UInt8) -> Double { linearValues[Int(component)] }

  private static func byte(_ value: Double) -> UInt8 { UInt8(min(max(value.rounded(), 0), 255)) }
}

/// Luminance by tables, for pixels by the thousand.
enum Luminance {
  /// What a component of each value adds, so that white comes to 65,535.
  private static let shares: (red: [Int], green: [Int], blue: [Int]) = {
    func share(_ weight: Double) -> [Int] {
      (UInt8.min...UInt8.max).map { Int((Color.linear($0) * weight * 65_535).rounded(.down)) }
    }
    return (share(0.2126), share(0.7152), share(0.0722))
  }()

  /// The grey of each luminance, in steps of 16: dark greys are close together.
  private static let greys: [UInt8] = (0..<4_096).map { step in
    let value = Double(step) / 4_095
    return UInt8(
      (255 * (value <= 0.003_130_8 ? value * 12.92 : 1.055 * pow(value, 1 / 2.4) - 0.055)).rounded())
  }

  /// The grey that is as bright.
  static func grey(red: UInt8, green: UInt8, blue: UInt8) -> UInt8 {
    greys[(shares.red[Int(red)] + shares.green[Int(green)] + shares.blue[Int(blue)]) >> 4]
  }
}
