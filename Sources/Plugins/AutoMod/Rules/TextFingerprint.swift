// Fingerprints of texts that are the same in every process: a raid's text is remembered over a restart.

/// FNV-1a in 64 bits (https://datatracker.ietf.org/doc/html/draft-eastlake-fnv). It keeps texts apart, not secrets: whoever
/// could make two texts alike could as well send one of them.
struct TextFingerprint {
  private var state: UInt64

  init() { state = 0xCBF2_9CE4_8422_2325 }

  /// Goes on where another one ended.
  init(continuing fingerprint: Int) { state = UInt64(bitPattern: Int64(fingerprint)) }

  var value: Int { Int(Int64(bitPattern: state)) }

  mutating func combine(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }

  mutating func combine(_ text: String) { for byte in text.utf8 { combine(byte) } }
}
