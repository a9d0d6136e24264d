// What keeps text readable on any background: pure decisions over luminance.

/// The brightness of the pixels behind a text, as greys from 0 to 255.
struct Backdrop: Equatable {
  /// One pixel in twenty is darker, one in twenty lighter.
  let darkest, lightest: UInt8

  /// From how many pixels have each grey; nil without pixels.
  init?(histogram: [Int]) {
    let count = histogram.reduce(0, +)
    guard histogram.count == 256, count > 0 else { return nil }
    let margin = count / 20
    var seen = 0
    var low: UInt8?
    var high: UInt8 = 255
    for grey in UInt8.min...UInt8.max {
      seen += histogram[Int(grey)]
      if low == nil, seen > margin { low = grey }
      if seen >= count - margin {
        high = grey
        break
      }
    }
    (darkest, lightest) = (low ?? 0, high)
  }

  init(darkest: UInt8, lightest: UInt8) {
    (self.darkest, self.lightest) = (darkest, lightest)
  }

  /// The lowest contrast that a colour has anywhere on it.
  func contrast(of color: Color) -> Double {
    let own = color.luminance
    let (low, high) = (Color.linear(darkest), Color.linear(lightest))
    if (low...high).contains(own) { return 1 }
    return min(Color.contrast(own, low), Color.contrast(own, high))
  }

  /// What it becomes under a scrim.
  func under(_ scrim: Scrim) -> Backdrop {
    let tone = Double(scrim.tone == .dark ? 0 : 255)
    func shade(_ grey: UInt8) -> UInt8 {
      UInt8(min(max((Double(grey) + (tone - Double(grey)) * scrim.opacity).rounded(), 0), 255))
    }
    return Backdrop(darkest: shade(darkest), lightest: shade(lightest))
  }
}

/// An even layer over a background picture.
struct Scrim: Equatable {
  enum Tone {
    case dark, light
  }

  var tone: Tone
  var opacity: Double

  /// A text on a picture.
  struct Claim {
    /// Nil can be white or near-black.
    var color: Color?
    var size: Double
    var backdrop: Backdrop
  }

  /// The weakest scrim under which the largest text, and all others as light or dark as it, can be read; nil when they
  /// can without. What is left over follows by `Color.readable`.
  static func needed(for texts: [Claim]) -> Scrim? {
    guard let leader = texts.max(by: { $0.size < $1.size }) else { return nil }
    let tone = tone(for: leader)
    let scrim = Scrim(tone: tone, opacity: opacity(of: tone, for: texts))
    return scrim.opacity > 0 ? scrim : nil
  }

  /// White on dark flatters a picture, unless it is bright as it is, or little would stay to be seen.
  private static func tone(for leader: Claim) -> Tone {
    if let color = leader.color { return color.isLight ? .dark : .light }
    let (dark, light) = (opacity(of: .dark, for: [leader]), opacity(of: .light, for: [leader]))
    return dark <= (light > 0 ? 0.6 : 0.25) ? .dark : .light
  }

  private static func opacity(of tone: Tone, for texts: [Claim]) -> Double {
    var scrim = Scrim(tone: tone, opacity: 0)
    for text in texts {
      let color = text.color ?? (tone == .dark ? Color.lightInk : .darkInk)
      guard color.isLight == (tone == .dark) else { continue }
      while scrim.opacity < strongest, text.backdrop.under(scrim).contrast(of: color) < leastContrast {
        scrim.opacity = min(scrim.opacity + 0.05, strongest)
      }
    }
    return scrim.opacity
  }

  /// Something of the picture stays to be seen.
  static let strongest = 0.8
}

/// What WCAG asks for text of any size.
let leastContrast = 4.5

extension Color {
  /// What text of no colour of its own is drawn in.
  static let lightInk = Color.white
  static let darkInk = Color(0x14151F)

  /// White or near-black, whichever is read better on the backdrop.
  static func ink(on backdrop: Backdrop) -> Color {
    let ink = backdrop.contrast(of: lightInk) >= backdrop.contrast(of: darkInk) ? lightInk : darkInk
    return ink.readable(on: backdrop)
  }

  /// This colour, or the nearest lighter or darker one that can be read on the backdrop; if none can, black or white,
  /// whichever is better.
  func readable(on backdrop: Backdrop) -> Color {
    guard backdrop.contrast(of: self) < leastContrast else { return self }
    let ends = backdrop.contrast(of: .white) >= backdrop.contrast(of: .black) ? Color.white : .black
    for step in 1...10 {
      let candidate = mixed(with: ends, Double(step) / 10)
      if backdrop.contrast(of: candidate) >= leastContrast { return candidate }
    }
    return ends.opacity(Double(alpha) / 255)
  }
}
