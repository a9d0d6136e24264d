// Which files a plugin may bring, by their names and by their first bytes.

/// What a file is.
enum ArchiveFileKind {
  /// Extensions that are taken (section 19).
  static let extensions: Set<Substring> = [
    "py", "json", "txt", "md", "html", "css", "js", "svg", "png", "jpg", "jpeg", "webp", "gif", "woff2", "pb",
  ]

  private static let archives: Set<Substring> = [
    "zip", "whl", "egg", "jar", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar", "tar", "lz4", "cab", "iso",
  ]
  private static let binaries: Set<Substring> = [
    "so", "pyd", "dll", "dylib", "exe", "com", "bat", "cmd", "sh", "ps1", "msi", "bin", "o", "a", "elf",
    "wasm",
    "node", "scr", "app", "deb", "rpm",
  ]

  /// - Throws: `.nestedArchive`, `.nativeBinary` or `.fileType`.
  static func check(name path: String) throws(ArtifactError) {
    let name = path.split(separator: "/").last ?? ""
    // Every extension counts: `native.so.txt` loads as it is called, but `.so.1` is a library too.
    let parts = name.lowercased().split(separator: ".", omittingEmptySubsequences: false).dropFirst()
    let shown = ArtifactFinding.quoted(path)
    let last = parts.last ?? ""
    if archives.contains(last) {
      throw ArtifactError(
        .nestedArchive, "\(shown) is an archive; a plugin brings its files unpacked.", path: path)
    }
    if binaries.contains(last) || parts.contains("so") {
      throw ArtifactError(
        .nativeBinary, "\(shown) is a program of its own; a plugin brings Python sources only.", path: path)
    }
    guard extensions.contains(last) else {
      let known = extensions.sorted().map { "." + $0 }.joined(separator: " ")
      throw ArtifactError(
        .fileType, "\(shown) is of a kind that plugins do not bring. Known are \(known).", path: path)
    }
  }

  /// Looks whether the content is a program or an archive under an innocent name.
  ///
  /// - Throws: `.nestedArchive` or `.nativeBinary`.
  static func check(content bytes: [UInt8], path: String) throws(ArtifactError) {
    let shown = ArtifactFinding.quoted(path)
    for magic in programMagics where bytes.starts(with: magic) {
      throw ArtifactError(
        .nativeBinary, "\(shown) holds a program of its own, whatever its name says.", path: path)
    }
    // Letters alone may begin a text as well: a Windows program has zeros soon after.
    if bytes.starts(with: [0x4D, 0x5A]), bytes.prefix(64).contains(0) {
      throw ArtifactError(
        .nativeBinary, "\(shown) holds a program of its own, whatever its name says.", path: path)
    }
    let isTape = bytes.count > 262 && bytes[257..<262].elementsEqual("ustar".utf8)
    for magic in archiveMagics where isTape || bytes.starts(with: magic) {
      throw ArtifactError(.nestedArchive, "\(shown) holds an archive, whatever its name says.", path: path)
    }
  }

  private static let programMagics: [[UInt8]] = [
    [0x7F, 0x45, 0x4C, 0x46], [0xCF, 0xFA, 0xED, 0xFE], [0xCE, 0xFA, 0xED, 0xFE], [0xFE, 0xED, 0xFA, 0xCF],
    [0xFE, 0xED, 0xFA, 0xCE], [0xCA, 0xFE, 0xBA, 0xBE], [0x00, 0x61, 0x73, 0x6D], Array("!<arch>\n".utf8),
  ]
  private static let archiveMagics: [[UInt8]] = [
    [0x50, 0x4B, 0x03, 0x04], [0x50, 0x4B, 0x05, 0x06], [0x50, 0x4B, 0x07, 0x08], [0x1F, 0x8B, 0x08],
    [0x42, 0x5A, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00],
    [0x28, 0xB5, 0x2F, 0xFD], [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], Array("Rar!\u{1A}\u{07}".utf8),
  ]
}
