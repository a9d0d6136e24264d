// Finding known texts in others without keeping them: by fingerprints of their bytes.

import Vault

/// Fingerprints of stretches of bytes, under a base that this process drew: from one, nobody gets the bytes back, and
/// nobody can make two texts with the same.
///
/// A polynomial over the prime 2^61 - 1, so that all stretches of a text can be told from one walk over it.
struct Fingerprints: Sendable {
  private static let prime: UInt64 = (1 << 61) - 1
  /// The longest stretch, in bytes: a secret of 4,096 characters.
  static let longest = 4 * SecretLimits.valueLength

  private let base: UInt64
  private let powers: [UInt64]
  private let spread: UInt64

  init() {
    let random = SecureRandom.bytes(16)
    func word(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    let base = word(random.prefix(8)) % (Self.prime - 1_000) + 500
    self.base = base
    // Odd, so that no two heads become one.
    spread = word(random.suffix(8)) | 1
    var powers: [UInt64] = [1]
    powers.reserveCapacity(Self.longest + 1)
    for index in 0..<Self.longest { powers.append(Self.product(powers[index], base)) }
    self.powers = powers
  }

  private static func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (high, low) = left.multipliedFullWidth(by: right)
    // 2^61 is 1 under this prime.
    let sum = (low & prime) + (low >> 61 | high << 3)
    return sum >= prime ? sum - prime : sum
  }

  /// Fingerprints of everything up to each place.
  func prefixes(of bytes: [UInt8]) -> [UInt64] {
    var prefixes: [UInt64] = [0]
    prefixes.reserveCapacity(bytes.count + 1)
    var value: UInt64 = 0
    for byte in bytes {
      let next = Self.product(value, base) + UInt64(byte) + 1
      value = next >= Self.prime ? next - Self.prime : next
      prefixes.append(value)
    }
    return prefixes
  }

  /// The fingerprint of a stretch of at most `longest` bytes, from the prefixes of the whole.
  func stretch(_ start: Int, _ length: Int, _ prefixes: [UInt64]) -> UInt64 {
    let before = Self.product(prefixes[start], powers[length])
    let all = prefixes[start + length]
    return all >= before ? all - before : all + Self.prime - before
  }

  /// The mark of the eight bytes from a place on.
  func head(_ bytes: [UInt8], _ start: Int) -> UInt64 {
    var word: UInt64 = 0
    for index in start..<start + 8 { word = word << 8 | UInt64(bytes[index]) }
    return word &* spread
  }
}

/// Texts to look for, each as its length and fingerprint behind the mark of its first eight bytes.
struct KnownTexts: Sendable {
  /// The shortest that is looked for, in bytes.
  static let shortest = 8
  /// With more lengths than these behind one head, whatever begins with it is found, up to white space: the time that a
  /// line takes is bounded, whatever the plugin calls secret.
  private static let lengths = 64

  private var heads: [UInt64: [Int: Set<UInt64>]] = [:]
  /// A bit for each of the upper twelve bits of a head: most places of most texts end here.
  private var filter = [UInt64](repeating: 0, count: 64)
  private(set) var count = 0

  /// - Returns: whether it is new.
  mutating func insert(head: UInt64, length: Int, fingerprint: UInt64) -> Bool {
    guard heads[head, default: [:]][length, default: []].insert(fingerprint).inserted else { return false }
    filter[Int(head >> 58)] |= 1 << (head >> 52 & 63)
    count += 1
    return true
  }

  /// Where they are in a text. `isCut` is whether the text goes on in truth: then what may be the beginning of one at its
  /// end counts as well.
  func ranges(in bytes: [UInt8], isCut: Bool, _ fingerprints: Fingerprints, _ prefixes: inout [UInt64])
    -> [Range<Int>]
  {
    guard count > 0, bytes.count >= Self.shortest else { return [] }
    var ranges: [Range<Int>] = []
    var wordEnd = 0
    for start in 0...bytes.count - Self.shortest {
      let head = fingerprints.head(bytes, start)
      guard filter[Int(head >> 58)] & 1 << (head >> 52 & 63) != 0, let lengths = heads[head] else { continue }
      if prefixes.isEmpty { prefixes = fingerprints.prefixes(of: bytes) }
      var end = start
      if lengths.count > Self.lengths {
        // Within such a word all is found already.
        guard start >= wordEnd else { continue }
        end = bytes[start...].firstIndex { $0 <= UInt8(ascii: " ") } ?? bytes.count
        end = max(end, start + Self.shortest)
        wordEnd = end
      }
      for (length, known) in lengths where length > end - start {
        if start + length > bytes.count {
          if isCut { end = bytes.count }
        } else if known.contains(fingerprints.stretch(start, length, prefixes)) {
          end = start + length
        }
      }
      if end > start { ranges.append(start..<end) }
    }
    return ranges
  }
}
