// A plugin's zip, unpacked into memory under the rules of section 19.

/// A file of a plugin.
package struct ArtifactFile: Hashable, Sendable {
  /// Relative to the plugin's root, with `/` between names.
  package let path: String
  package let bytes: [UInt8]

  package init(path: String, bytes: [UInt8]) { (self.path, self.bytes) = (path, bytes) }
}

/// What came out of a zip.
package struct Archive: Sendable {
  /// Sorted by path, each path once.
  package let files: [ArtifactFile]
  /// What was left out, and the like.
  package let warnings: [ArtifactFinding]

  /// Reads and unpacks a zip. Takes up to `limits.unpackedSize` bytes of memory and about a tenth of a second at most:
  /// call it where blocking is allowed.
  ///
  /// - Throws: `ArtifactError` with the first rule that the zip breaks.
  package init(zip bytes: [UInt8], limits: ArchiveLimits = ArchiveLimits()) throws(ArtifactError) {
    guard bytes.count <= limits.packedSize else {
      throw ArtifactError(.tooLarge, "The zip is larger than \(limits.packedSize >> 20) MB.")
    }
    let directory = try ZipDirectory(bytes, maximum: limits.entries)
    var plan = UnpackingPlan(limits: limits)
    for (index, entry) in directory.entries.enumerated() { try plan.add(entry, index) }
    try plan.finish()
    let names = directory.entries.map(\.name)
    files = try ZipReader.read(bytes) { (reader) throws(ArtifactError) in
      guard reader.count == names.count else {
        throw ArtifactError(.unreadable, "The zip contradicts itself about its files.")
      }
      var files: [ArtifactFile] = []
      for item in plan.items {
        guard reader.name(item.index) == names[item.index] else {
          throw ArtifactError(.unreadable, "The zip contradicts itself about its files.")
        }
        let content = try reader.unpack(item.index, size: item.size, path: item.path)
        try ArchiveFileKind.check(content: content, path: item.path)
        files.append(ArtifactFile(path: item.path, bytes: content))
      }
      return files
    }
    warnings = plan.warnings
  }
}

/// Decides about each entry before a byte is unpacked.
struct UnpackingPlan {
  private(set) var items: [(index: Int, path: String, size: Int)] = []
  private(set) var warnings: [ArtifactFinding] = []
  private let limits: ArchiveLimits
  private var total = 0
  /// Folded paths of files, and of folders that are named or implied.
  private var files: Set<String> = []
  private var folders: Set<String> = []
  private var namedFolders: Set<String> = []
  private var leftOut = (count: 0, hasBytecode: false, hasGit: false, first: "")

  init(limits: ArchiveLimits) { self.limits = limits }

  mutating func add(_ entry: ZipDirectory.Entry, _ index: Int) throws(ArtifactError) {
    let path = try ArchivePath(entry.name, limits: limits)
    try Self.check(entry, path)
    try take(path)
    guard !path.isFolder else { return }
    if path.isLeftOut { return leaveOut(path) }
    if path.isProjectFile {
      let shown = ArtifactFinding.quoted(path.text)
      warnings.append(
        .warning(
          "file_left_out", "\(shown) is not needed while the plugin runs and was left out.", path: path.text))
      return
    }
    try ArchiveFileKind.check(name: path.text)
    if entry.unpackedSize > 1 << 20, entry.unpackedSize > max(1, entry.packedSize) * limits.ratio {
      throw ArtifactError(
        .bomb, "\(ArtifactFinding.quoted(path.text)) unpacks to more than \(limits.ratio) times its size.",
        path: path.text)
    }
    total += entry.unpackedSize
    guard total <= limits.unpackedSize else {
      throw ArtifactError(
        .unpacksTooLarge, "The files of the zip are larger than \(limits.unpackedSize >> 20) MB.")
    }
    guard items.count < limits.files else {
      throw ArtifactError(.tooManyFiles, "The zip has more than \(limits.files) files.")
    }
    items.append((index, path.text, entry.unpackedSize))
  }

  /// Sorts what is to be unpacked, and says what is not.
  mutating func finish() throws(ArtifactError) {
    items.sort { $0.path < $1.path }
    if leftOut.hasBytecode {
      warnings.append(.warning("bytecode_in_artifact", "Compiled Python files in the zip were left out."))
    }
    if leftOut.hasGit {
      warnings.append(
        .warning("git_metadata_in_artifact", "The zip holds a .git folder, which was left out."))
    }
    if leftOut.count > 0, !leftOut.hasBytecode, !leftOut.hasGit {
      warnings.append(
        .warning(
          "files_left_out",
          "\(leftOut.count) files in folders that are not part of a plugin were left out, such as \(leftOut.first)."
        ))
    }
  }

  private static func check(_ entry: ZipDirectory.Entry, _ path: ArchivePath) throws(ArtifactError) {
    let shown = ArtifactFinding.quoted(path.text)
    // Bit 0: encrypted; 6: strongly; 13: even the directory is.
    guard entry.flags & 0b0010_0000_0100_0001 == 0 else {
      throw ArtifactError(.encrypted, "\(shown) is encrypted.", path: path.text)
    }
    guard entry.method == 0 || entry.method == 8 else {
      throw ArtifactError(
        .method, "\(shown) is compressed in a way that is not read here; pack it with deflate.",
        path: path.text)
    }
    let kind = entry.mode & 0o170_000
    guard kind == 0 || kind == (path.isFolder ? 0o040_000 : 0o100_000) else {
      throw ArtifactError(.notAFile, "\(shown) is a link or a device, not a file.", path: path.text)
    }
    if path.isFolder, entry.unpackedSize > 0 || entry.packedSize > 2 {
      throw ArtifactError(.unreadable, "The folder \(shown) has content of its own.", path: path.text)
    }
    if entry.method == 0, entry.packedSize != entry.unpackedSize {
      throw ArtifactError(.sizeMismatch, "\(shown) is not what the zip says of it.", path: path.text)
    }
  }

  /// Every path is taken once, and no file stands where a folder is.
  private mutating func take(_ path: ArchivePath) throws(ArtifactError) {
    let folded = path.folded
    var isFree: Bool
    if path.isFolder {
      isFree = namedFolders.insert(folded).inserted && !files.contains(folded)
      folders.insert(folded)
    } else {
      isFree = files.insert(folded).inserted && !folders.contains(folded)
    }
    var parent = ""
    for name in folded.split(separator: "/").dropLast() {
      parent += parent.isEmpty ? String(name) : "/" + name
      if files.contains(parent) { isFree = false }
      folders.insert(parent)
    }
    guard isFree else {
      throw ArtifactError(
        .duplicate,
        "\(ArtifactFinding.quoted(path.text)) is in the zip twice, or differs from another only in case.",
        path: path.text)
    }
  }

  private mutating func leaveOut(_ path: ArchivePath) {
    leftOut.count += 1
    if leftOut.first.isEmpty { leftOut.first = ArtifactFinding.quoted(path.text) }
    if path.text.hasSuffix(".pyc") || path.text.hasSuffix(".pyo") || path.names.contains("__pycache__") {
      leftOut.hasBytecode = true
    }
    if path.names.contains(".git") { leftOut.hasGit = true }
  }
}
