// What stands for a person without a picture.

enum Initials {
  /// The first characters of the first two words, or of the only one; none for a name of nothing but spaces and signs.
  static func of(_ name: String) -> String {
    let words = CardText.clean(name).split { $0.isWhitespace || $0 == "_" || $0 == "." || $0 == "-" }
    let letters = words.compactMap { word in
      word.first { $0.isLetter || $0.isNumber || $0.isEmoji }
    }
    guard let first = letters.first else { return "?" }
    // Two emoji or two ideographs are wider than the circle likes, and one says enough.
    guard let second = letters.dropFirst().first, first.isCased, second.isCased else {
      return first.uppercased()
    }
    return first.uppercased() + second.uppercased()
  }

  /// One of eight colours, always the same for a name.
  static func color(of name: String) -> Color {
    var hash: UInt32 = 2_166_136_261
    for byte in name.utf8.prefix(256) {
      hash = (hash ^ UInt32(byte)) &* 16_777_619
    }
    return palette[Int(hash ^ hash >> 16) % palette.count]
  }

  /// Dark enough for white letters.
  static let palette: [Color] = [
    Color(0x5B5BD6), Color(0x0D74CE), Color(0x00749E), Color(0x0B7A67), Color(0x2F7D32), Color(0xA35200),
    Color(0xCA244D), Color(0x953EA3),
  ]
}

extension Character {
  fileprivate var isEmoji: Bool {
    unicodeScalars.first.map { $0.properties.isEmoji && ($0.value > 0xFF || unicodeScalars.count > 1) }
      ?? false
  }
}
