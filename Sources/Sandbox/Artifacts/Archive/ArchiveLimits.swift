// How much of a zip is read at all (plugin-host contract, section 19).

/// Bounds on a plugin's zip.
package struct ArchiveLimits: Hashable, Sendable {
  /// In bytes.
  package var packedSize = 10 << 20
  /// In bytes, of all files together.
  package var unpackedSize = 40 << 20
  /// Files that are kept; those that packing leaves out do not count.
  package var files = 200
  /// Entries of any kind, those that are left out among them.
  package var entries = 4_000
  /// Bytes of a path, folders included; and of each of its names.
  package var nameLength = 255
  /// Folders within one another.
  package var depth = 12
  /// How many bytes may come out of one, for files of more than a mebibyte.
  package var ratio = 200

  /// The contract's.
  package init() {}
}
