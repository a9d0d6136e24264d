// How master keys are written in their file, and read back in locked memory.

internal import CSodium

/// The text of the master key file. Lines of fixed length, so that a person can make out and copy it:
///
///     guildhall master keys 1
///     <id, 16 digits> <key, 64 digits>          oldest first, the last is active
///     checksum <BLAKE2b of all of the above, 64 digits>
enum MasterKeyText {
  private static let header = Array("guildhall master keys 1\n".utf8)
  private static let checksumLabel = Array("checksum ".utf8)
  private static let digestSize = 32
  private static let lineSize = 2 * KeyID.size + 1 + 2 * MasterKey.size + 1
  private static let checksumSize = checksumLabel.count + 2 * digestSize + 1

  /// The longest file there can be, in bytes.
  static let maximumSize = size(keys: MasterKeyRing.capacity)

  static func size(keys: Int) -> Int { header.count + keys * lineSize + checksumSize }

  static func write(_ ring: MasterKeyRing) -> Secret {
    let keys = ring.all
    return Secret(count: size(keys: keys.count)) { memory in
      var writer = Writer(memory: memory)
      writer.append(header)
      for key in keys {
        writer.append(Array("\(key.id) ".utf8))
        key.root.withBytes { writer.appendHex($0) }
        writer.append([0x0A])
      }
      let digest = BLAKE2b.hash(UnsafeBufferPointer(memory).span.extracting(..<writer.end))
      writer.append(checksumLabel)
      writer.appendHex(digest.span)
      writer.append([0x0A])
    }
  }

  /// - Throws: `VaultError` with code `.keyFileDamaged`; `path` is for its message.
  static func read(_ text: Secret, path: String) throws(VaultError) -> MasterKeyRing {
    try text.withBytes { text throws(VaultError) in
      let keyCount = (text.count - size(keys: 0)) / lineSize
      guard keyCount >= 1, keyCount <= MasterKeyRing.capacity, text.count == size(keys: keyCount) else {
        throw VaultError(.keyFileDamaged, "\(path) has \(text.count) bytes, which no master key file has")
      }
      let signed = text.count - checksumSize
      let checksum = text.extracting((signed + checksumLabel.count)..<(text.count - 1))
      guard
        starts(text, with: header), starts(text.extracting(signed...), with: checksumLabel),
        text[text.count - 1] == 0x0A, let expected = hexSecret(checksum),
        ConstantTime.equal(expected, BLAKE2b.hash(text.extracting(..<signed)))
      else {
        throw VaultError(.keyFileDamaged, "\(path) fails its checksum; restore it from a copy")
      }
      var keys: [MasterKey] = []
      for index in 0..<keyCount {
        let start = header.count + index * lineSize
        keys.append(try readLine(text.extracting(start..<(start + lineSize)), path: path))
      }
      return MasterKeyRing(retired: Array(keys.dropLast()), active: keys[keys.count - 1])
    }
  }

  /// The checksum is right, so what is wrong here was written wrongly: by hand.
  private static func readLine(_ line: Span<UInt8>, path: String) throws(VaultError) -> MasterKey {
    let digits = 2 * KeyID.size
    guard let root = hexSecret(line.extracting((digits + 1)..<(line.count - 1))) else {
      throw VaultError(.keyFileDamaged, "a key in \(path) is not written in hexadecimal digits")
    }
    let key = MasterKey(root: root)
    guard starts(line, with: Array("\(key.id) ".utf8)), line[line.count - 1] == 0x0A else {
      throw VaultError(.keyFileDamaged, "a key in \(path) does not belong to its id")
    }
    return key
  }

  private static func starts(_ text: Span<UInt8>, with prefix: [UInt8]) -> Bool {
    guard text.count >= prefix.count else { return false }
    return prefix.indices.allSatisfy { text[$0] == prefix[$0] }
  }

  /// Decoded by the library, which uses no tables that a key could be seen through.
  private static func hexSecret(_ digits: Span<UInt8>) -> Secret? {
    var complete = false
    let secret = Secret(count: digits.count / 2) { memory in
      var count = 0
      complete = digits.withUnsafeBufferPointer { digits in
        digits.start.withMemoryRebound(to: CChar.self, capacity: digits.count) { text in
          sodium_hex2bin(memory.start, memory.count, text, digits.count, nil, &count, nil) == 0
        }
      }
      complete = complete && count == memory.count
    }
    return complete ? secret : nil
  }

  private struct Writer {
    let memory: UnsafeMutableBufferPointer<UInt8>
    private(set) var end = 0

    mutating func append(_ bytes: [UInt8]) {
      end = memory[end...].update(fromContentsOf: bytes)
    }

    mutating func appendHex(_ bytes: Span<UInt8>) {
      // The library's digits end in a zero, which `memory` has no room for.
      let digits = Secret(count: 2 * bytes.count + 1) { digits in
        digits.start.withMemoryRebound(to: CChar.self, capacity: digits.count) { text in
          bytes.withUnsafeBufferPointer { _ = sodium_bin2hex(text, digits.count, $0.start, $0.count) }
        }
      }
      end = digits.withUnsafeBytes { memory[end...].update(fromContentsOf: $0.dropLast()) }
    }
  }
}
