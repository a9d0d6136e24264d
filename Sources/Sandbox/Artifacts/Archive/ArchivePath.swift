// Names of files in a zip: which are what they seem, and which are taken.

/// A path inside a plugin, relative to its root, that means the same everywhere.
struct ArchivePath: Hashable {
  /// With `/` between names, without one at the end.
  let text: String
  let isFolder: Bool

  var names: [Substring] { text.split(separator: "/") }

  /// What two paths share that a careless system, or the eye, takes for one: case and Unicode's forms do not count.
  /// (Strings of Swift are equal when they are canonically equivalent.)
  var folded: String { text.uppercased().lowercased() }

  /// - Throws: one of the `path…` codes.
  init(_ bytes: [UInt8], limits: ArchiveLimits) throws(ArtifactError) {
    guard let full = String(validating: bytes, as: UTF8.self) else {
      throw ArtifactError(.pathEncoding, "A file name in the zip is not UTF-8.")
    }
    let shown = ArtifactFinding.quoted(full)
    guard bytes.count <= limits.nameLength else {
      throw ArtifactError(
        .pathTooLong, "A file name in the zip is longer than \(limits.nameLength) bytes: \(shown)", path: full
      )
    }
    try Self.checkCharacters(full, shown: shown)
    isFolder = full.hasSuffix("/")
    text = isFolder ? String(full.dropLast()) : full
    let names = text.split(separator: "/", omittingEmptySubsequences: false)
    guard names.count <= limits.depth + 1 else {
      throw ArtifactError(.pathTooLong, "\(shown) lies in too many folders.", path: full)
    }
    for name in names { try Self.check(name, shown: shown, path: full) }
  }

  private static func checkCharacters(_ full: String, shown: String) throws(ArtifactError) {
    if full.isEmpty { throw ArtifactError(.pathMalformed, "A file in the zip has no name.") }
    if full.utf8.contains(UInt8(ascii: "\\")) {
      throw ArtifactError(
        .pathBackslash, "\(shown) has a backslash in its name; folders are written with /.", path: full)
    }
    if full.hasPrefix("/") || full.unicodeScalars.prefix(2).contains(":") {
      throw ArtifactError(
        .pathAbsolute, "\(shown) is an absolute path; a plugin's files lie at its root.", path: full)
    }
    let lookalikes: Set<Unicode.Scalar> = [
      "\u{2044}", "\u{2215}", "\u{2216}", "\u{29F5}", "\u{29F8}", "\u{29F9}", "\u{FE68}", "\u{FF0F}",
      "\u{FF3C}",
      "\u{2024}", "\u{2025}", "\u{2026}", "\u{FF0E}", "\u{FE52}", "\u{FF1A}", "\u{FF5C}",
    ]
    let forbidden: Set<Unicode.Scalar> = [":", "*", "?", "\"", "<", ">", "|"]
    for scalar in full.unicodeScalars
    where scalar.isInvisible || lookalikes.contains(scalar) || forbidden.contains(scalar) {
      throw ArtifactError(
        .pathCharacter, "\(shown) has a character in its name that no file of a plugin may have.", path: full)
    }
  }

  private static func check(_ name: Substring, shown: String, path: String) throws(ArtifactError) {
    if name == ".." || name == "." {
      throw ArtifactError(.pathTraversal, "\(shown) leads out of the plugin's folder.", path: path)
    }
    if name.isEmpty { throw ArtifactError(.pathMalformed, "\(shown) has an empty name in it.", path: path) }
    let edges = [name.unicodeScalars.first, name.unicodeScalars.last]
    if name.hasSuffix(".") || edges.contains(where: { $0?.properties.isWhitespace == true }) {
      throw ArtifactError(
        .pathMalformed, "\(shown) has a name that begins with a space, or ends with a space or a dot.",
        path: path)
    }
  }

  /// What packing leaves out, so that nobody has to clean up before (section 19).
  var isLeftOut: Bool {
    let folders: Set<Substring> = [
      ".git", ".github", ".venv", "venv", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache",
      "node_modules", "dist", "build", "tests", "test", "__MACOSX", ".idea", ".vscode",
    ]
    if (isFolder ? names : names.dropLast()).contains(where: folders.contains) { return true }
    let files: Set<Substring> = [".DS_Store", "Thumbs.db"]
    return !isFolder && (files.contains(names.last ?? "") || text.hasSuffix(".pyc") || text.hasSuffix(".pyo"))
  }

  /// What projects carry around that no plugin reads while it runs: left out with a word about it.
  var isProjectFile: Bool {
    let files: Set<Substring> = [
      "LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS", "CODEOWNERS", "Makefile", "Dockerfile",
      "py.typed",
      ".gitignore", ".gitattributes", ".gitkeep", ".editorconfig", ".dockerignore", ".python-version",
      ".pre-commit-config.yaml", "events.yaml", "pyproject.toml", "setup.cfg", "tox.ini", "ruff.toml",
      "mypy.ini",
      "pytest.ini", ".env.example", "uv.lock", "poetry.lock",
    ]
    return files.contains(names.last ?? "")
  }
}
