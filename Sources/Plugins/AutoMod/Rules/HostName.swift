// Host names made comparable: small letters, Punycode undone, no dot at the end.

/// A host name as people read it, in small letters: `xn--dscord-s7a.com` is `dіscord.com`.
struct HostName: Hashable, Sendable {
  /// At most 253 bytes of ASCII, or the Unicode they stand for.
  let text: String

  /// From a message's bytes; nil for what no host can be.
  init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count <= 300 else { return nil }
    var labels: [String] = []
    for label in String(decoding: bytes, as: UTF8.self).lowercased().split(separator: ".") {
      guard label.utf8.count <= 63 || label.utf8.contains(where: { $0 >= 0x80 }) else { return nil }
      labels.append(
        label.hasPrefix("xn--") ? Punycode.decoded(label.dropFirst(4)) ?? String(label) : String(label))
    }
    guard labels.count >= 2, let last = labels.last, Self.canBeTopLevel(last) else { return nil }
    text = labels.joined(separator: ".")
  }

  /// From a list that people keep: `example.com`, also with `*.`, `www.` or a scheme before it; nil for what is no
  /// domain.
  init?(setting: String) {
    var rest = Substring(setting.lowercased())
    for prefix in ["https://", "http://", "*.", "www."] where rest.hasPrefix(prefix) {
      rest = rest.dropFirst(prefix.utf8.count)
    }
    if rest.last == "/" { rest.removeLast() }
    guard !rest.utf8.contains(where: { !LinkBytes.isHost($0) }) else { return nil }
    self.init(rest.utf8)
  }

  private static func canBeTopLevel(_ label: String) -> Bool {
    let bytes = label.utf8
    return bytes.count >= 2 && bytes.allSatisfy { $0 >= 0x80 || $0 &- UInt8(ascii: "a") < 26 }
  }

  /// The name and what it lies in, without the top level: `a.b.com`, `b.com`.
  var suffixes: [Substring] {
    var suffixes: [Substring] = [text[...]]
    var rest = text[...]
    while let dot = rest.firstIndex(of: ".") {
      rest = rest[rest.index(after: dot)...]
      guard rest.contains(".") else { break }
      suffixes.append(rest)
    }
    return suffixes
  }

  /// The last two labels, which is what is registered but for country codes with a second level.
  var registrable: Substring { suffixes.last ?? text[...] }

  /// With letters of other alphabets that look Latin read as Latin, and dressed-up letters made plain.
  var skeleton: String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    var skeleton = ""
    for scalar in text.unicodeScalars {
      if let letter = LetterTables.plain(scalar.value) ?? LetterTables.twin(scalar.value), !scalar.isASCII {
        skeleton.unicodeScalars.append(Unicode.Scalar(letter))
      } else {
        skeleton.unicodeScalars.append(scalar)
      }
    }
    return skeleton
  }
}

/// The ASCII form of Unicode labels (RFC 3492).
enum Punycode {
  /// The label that `digits`, without `xn--`, stands for; nil for what stands for none.
  static func decoded(_ digits: some StringProtocol) -> String? {
    let bytes = Array(digits.utf8)
    guard bytes.count <= 59 else { return nil }
    var output: [Unicode.Scalar] = []
    var position = 0
    if let delimiter = bytes.lastIndex(of: UInt8(ascii: "-")) {
      output = bytes[..<delimiter].map { Unicode.Scalar($0) }
      position = delimiter + 1
    }
    var (code, index, bias) = (128, 0, 72)
    while position < bytes.count {
      let start = index
      var weight = 1
      var step = 36
      while true {
        guard position < bytes.count, let digit = value(bytes[position]) else { return nil }
        position += 1
        index += digit * weight
        let threshold = min(max(step - bias, 1), 26)
        if digit < threshold { break }
        weight *= 36 - threshold
        guard weight < 1 << 40, index < 1 << 40 else { return nil }
        step += 36
      }
      let count = output.count + 1
      bias = adapted(index - start, count, isFirst: start == 0)
      code += index / count
      index %= count
      guard code < 0x11_0000, let scalar = Unicode.Scalar(UInt32(code)) else { return nil }
      output.insert(scalar, at: index)
      index += 1
    }
    var text = ""
    text.unicodeScalars.append(contentsOf: output)
    return text
  }

  private static func value(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a"))
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) + 26
    default: nil
    }
  }

  private static func adapted(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
    var delta = isFirst ? delta / 700 : delta / 2
    delta += delta / count
    var bias = 0
    while delta > 455 {
      delta /= 35
      bias += 36
    }
    return bias + 36 * delta / (delta + 38)
  }
}
