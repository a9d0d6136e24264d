// Zips of any kind, the wrong ones above all, made byte by byte.

import Compression

/// An entry as it shall stand in a zip; every field may lie.
package struct ZipEntry {
  package var name: [UInt8]
  package var data: [UInt8]
  package var mode: UInt16 = 0o100_644
  package var flags: UInt16 = 0
  package var method: UInt16 = 8
  /// What the directory says of the unpacked size; the truth when nil.
  package var declaredSize: Int?
  package var checksum: UInt32?
  /// What the header before the data calls it; the same when nil.
  package var localName: [UInt8]?
  package var host: UInt8 = 3
  /// Takes the data of the entry with that number instead of its own.
  package var sharesDataOf: Int?

  package init(_ name: String, _ text: String = "", _ change: (inout ZipEntry) -> Void = { _ in }) {
    self.init(name, bytes: Array(text.utf8), change)
  }

  package init(_ name: String, bytes: [UInt8], _ change: (inout ZipEntry) -> Void = { _ in }) {
    (self.name, data) = (Array(name.utf8), bytes)
    change(&self)
  }
}

/// Writes zips.
package enum ZipWriter {
  package static func zip(_ entries: [ZipEntry], before: [UInt8] = [], after: [UInt8] = []) throws -> [UInt8]
  {
    var bytes = before
    var directory: [UInt8] = []
    var offsets: [Int] = []
    for entry in entries {
      let shared = entry.sharesDataOf
      let offset = shared.map { offsets[$0] } ?? bytes.count
      offsets.append(offset)
      let packed = entry.method == 8 ? try deflate(entry.data) : entry.data
      let checksum = entry.checksum ?? crc32(entry.data)
      let size = entry.declaredSize ?? entry.data.count
      if shared == nil {
        let name = entry.localName ?? entry.name
        bytes +=
          number(0x0403_4b50, 4) + number(20, 2) + number(Int(entry.flags), 2) + number(Int(entry.method), 2)
        bytes += number(0, 4) + number(Int(checksum), 4) + number(packed.count, 4) + number(size, 4)
        bytes += number(name.count, 2) + number(0, 2) + name + packed
      }
      directory += number(0x0201_4b50, 4) + [20, entry.host] + number(20, 2) + number(Int(entry.flags), 2)
      directory +=
        number(Int(entry.method), 2) + number(0, 4) + number(Int(checksum), 4) + number(packed.count, 4)
      directory += number(size, 4) + number(entry.name.count, 2) + number(0, 2) + number(0, 2) + number(0, 2)
      directory += number(0, 2) + number(Int(entry.mode) << 16, 4) + number(offset, 4) + entry.name
    }
    let start = bytes.count
    bytes += directory
    bytes += number(0x0605_4b50, 4) + number(0, 4) + number(entries.count, 2) + number(entries.count, 2)
    bytes += number(directory.count, 4) + number(start, 4) + number(0, 2)
    return bytes + after
  }

  /// Deflate without a wrapper: what zlib writes between its header and its checksum.
  private static func deflate(_ data: [UInt8]) throws -> [UInt8] {
    Array(try compress(data, as: .zlib).dropFirst(2).dropLast(4))
  }

  private static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

/// A plugin that is let in, with changes.
package struct PluginSource {
  package init() {}

  package var files: [(path: String, text: String)] = [
    ("__main__.py", "from yourbot_sdk import Plugin\nplugin = Plugin()\nplugin.run()\n")
  ]
  package var manifest =
    #"{"id": "starter", "name": "Starter", "version": "1.0.0", "description": "Says hello."}"#

  package func zip() throws -> [UInt8] {
    try ZipWriter.zip(
      [ZipEntry("manifest.json", manifest)] + files.map { ZipEntry($0.path, $0.text) })
  }
}
