// What a zip says it holds, read from its central directory without unpacking anything.

/// The entries of a zip, in its own order.
///
/// libzip unpacks; this reads the same directory a second time, strictly, because a name in C ends at its first NUL, and
/// because the library takes archives that two readers read differently: overlapping entries, local headers that say
/// something else, bytes before the beginning. Such archives are refused.
struct ZipDirectory {
  struct Entry {
    let name: [UInt8]
    let flags: UInt16
    let method: UInt16
    let packedSize: Int
    let unpackedSize: Int
    /// The upper half of the external attributes: Unix's mode, or 0.
    let mode: UInt16
    let start: Int
    /// Behind the last byte of its data.
    let end: Int

    var isFolder: Bool { name.last == UInt8(ascii: "/") }
  }

  private(set) var entries: [Entry] = []

  /// `maximum`: entries; a zip with more is refused unread.
  init(_ bytes: [UInt8], maximum: Int) throws(ArtifactError) {
    let reader = ZipBytes(bytes)
    let end = try Self.end(of: reader)
    guard end.count <= maximum else {
      throw ArtifactError(.tooManyFiles, "The zip has \(end.count) entries; at most \(maximum) are read.")
    }
    var offset = end.directory
    entries.reserveCapacity(end.count)
    for _ in 0..<end.count {
      let entry = try Self.entry(at: &offset, in: reader, before: end.directory)
      entries.append(entry)
    }
    guard offset == end.position else {
      throw ArtifactError(.unreadable, "The zip's directory does not end where the zip says.")
    }
    try checkOverlap()
  }

  /// The end record: the last thing in the file, and only one of it.
  private static func end(
    of reader: ZipBytes
  ) throws(ArtifactError) -> (position: Int, directory: Int, count: Int) {
    let size = 22
    guard reader.count >= size else { throw ArtifactError(.unreadable, "This file is not a zip.") }
    let first = max(0, reader.count - size - 65_535)
    var position = reader.count - size
    while position >= first, reader.uint32(position) != 0x0605_4b50 { position -= 1 }
    guard position >= first else { throw ArtifactError(.unreadable, "This file is not a zip.") }
    guard position + size + Int(reader.uint16(position + 20)) == reader.count else {
      throw ArtifactError(.unreadable, "The zip is cut off, or something was put behind its end.")
    }
    let count = Int(reader.uint16(position + 10))
    guard reader.uint16(position + 4) == 0, reader.uint16(position + 6) == 0,
      Int(reader.uint16(position + 8)) == count
    else { throw ArtifactError(.unreadable, "The zip is one part of several.") }
    let directory = Int(reader.uint32(position + 16))
    guard count != 0xFFFF, directory != 0xFFFF_FFFF,
      directory + Int(reader.uint32(position + 12)) == position
    else { throw ArtifactError(.unreadable, "The zip's directory is not where the zip says.") }
    return (position, directory, count)
  }

  private static func entry(
    at offset: inout Int, in reader: ZipBytes, before limit: Int
  ) throws(ArtifactError) -> Entry {
    guard reader.has(offset, 46), reader.uint32(offset) == 0x0201_4b50 else {
      throw ArtifactError(.unreadable, "The zip's directory is damaged.")
    }
    let (nameLength, extra, comment) = (
      Int(reader.uint16(offset + 28)), Int(reader.uint16(offset + 30)), Int(reader.uint16(offset + 32))
    )
    guard reader.has(offset + 46, nameLength + extra + comment) else {
      throw ArtifactError(.unreadable, "The zip's directory is damaged.")
    }
    let name = reader.slice(offset + 46, nameLength)
    let start = Int(reader.uint32(offset + 42))
    let packed = Int(reader.uint32(offset + 20))
    let local = try Localized(reader, at: start)
    // What each header says of the file must be the same, or two programs would see two files.
    guard local.name == name, local.flags == reader.uint16(offset + 8),
      local.method == reader.uint16(offset + 10),
      local.data + packed <= limit
    else { throw ArtifactError(.unreadable, "The zip contradicts itself about a file.") }
    let entry = Entry(
      name: name, flags: local.flags, method: local.method, packedSize: packed,
      unpackedSize: Int(reader.uint32(offset + 24)),
      mode: UInt16(truncatingIfNeeded: reader.uint32(offset + 38) >> 16), start: start,
      end: local.data + packed)
    offset += 46 + nameLength + extra + comment
    return entry
  }

  /// Data that two entries share is how a small zip becomes a large one.
  private func checkOverlap() throws(ArtifactError) {
    var end = 0
    for entry in entries.sorted(by: { $0.start < $1.start }) {
      guard entry.start >= end else {
        throw ArtifactError(.overlapping, "Files in the zip lie upon one another.")
      }
      end = entry.end
    }
    if let first = entries.map(\.start).min(), first != 0 {
      throw ArtifactError(.unreadable, "Something was put before the beginning of the zip.")
    }
  }
}

/// The header that stands before an entry's data.
private struct Localized {
  let name: [UInt8]
  let flags: UInt16
  let method: UInt16
  let data: Int

  init(_ reader: ZipBytes, at start: Int) throws(ArtifactError) {
    guard reader.has(start, 30), reader.uint32(start) == 0x0403_4b50 else {
      throw ArtifactError(.unreadable, "A file of the zip is not where the zip says.")
    }
    let (nameLength, extra) = (Int(reader.uint16(start + 26)), Int(reader.uint16(start + 28)))
    guard reader.has(start + 30, nameLength + extra) else {
      throw ArtifactError(.unreadable, "A file of the zip is cut off.")
    }
    name = reader.slice(start + 30, nameLength)
    (flags, method) = (reader.uint16(start + 6), reader.uint16(start + 8))
    data = start + 30 + nameLength + extra
  }
}

/// Numbers in little-endian order at places that were checked.
private struct ZipBytes {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var count: Int { bytes.count }

  func has(_ offset: Int, _ length: Int) -> Bool {
    offset >= 0 && length >= 0 && offset + length <= bytes.count
  }

  func slice(_ offset: Int, _ length: Int) -> [UInt8] { Array(bytes[offset..<offset + length]) }

  func uint16(_ offset: Int) -> UInt16 { UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8 }

  func uint32(_ offset: Int) -> UInt32 { UInt32(uint16(offset)) | UInt32(uint16(offset + 2)) << 16 }
}
