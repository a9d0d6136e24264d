// Why a plugin's zip is refused.

/// A zip that is no plugin, or not one that may come in.
package struct ArtifactError: Error, Sendable, CustomStringConvertible {
  /// Which rule it broke: the code of the first error among the findings.
  package struct Code: Hashable, Sendable, CustomStringConvertible {
    /// As in `ArtifactFinding.code`.
    package let rawValue: String
    package var description: String { rawValue }

    init(rawValue: String) { self.rawValue = rawValue }

    /// No zip at all, or one that contradicts itself.
    package static let unreadable = Code(rawValue: "artifact_unreadable")
    /// More than the limits of section 19 allow.
    package static let tooLarge = Code(rawValue: "archive_too_large")
    package static let unpacksTooLarge = Code(rawValue: "archive_unpacks_too_large")
    package static let tooManyFiles = Code(rawValue: "archive_too_many_files")
    /// Packed so tightly that unpacking is meant to hurt.
    package static let bomb = Code(rawValue: "archive_bomb")
    /// A file is longer or shorter than the archive says, or its checksum is wrong.
    package static let sizeMismatch = Code(rawValue: "archive_size_mismatch")
    /// Files whose bytes lie upon one another.
    package static let overlapping = Code(rawValue: "archive_entries_overlap")
    package static let encrypted = Code(rawValue: "archive_encrypted")
    /// Compressed otherwise than by deflate.
    package static let method = Code(rawValue: "archive_method")
    /// A link, device or other thing that is neither file nor folder.
    package static let notAFile = Code(rawValue: "archive_special_file")
    /// Two entries with one name, by the letter or to the eye, or a file where a folder is.
    package static let duplicate = Code(rawValue: "archive_duplicate_name")
    /// Names that lead out of the folder, or are written to mislead.
    package static let pathAbsolute = Code(rawValue: "path_absolute")
    package static let pathTraversal = Code(rawValue: "path_traversal")
    package static let pathBackslash = Code(rawValue: "path_backslash")
    package static let pathCharacter = Code(rawValue: "path_character")
    package static let pathTooLong = Code(rawValue: "path_too_long")
    package static let pathEncoding = Code(rawValue: "path_encoding")
    package static let pathMalformed = Code(rawValue: "path_malformed")
    /// What a plugin does not need.
    package static let nestedArchive = Code(rawValue: "file_nested_archive")
    package static let nativeBinary = Code(rawValue: "file_native_binary")
    package static let fileType = Code(rawValue: "file_type_not_allowed")
    package static let missingManifest = Code(rawValue: "missing_manifest")
    package static let missingEntryPoint = Code(rawValue: "missing_entry_point")
    /// It could not be written to the disk.
    package static let notWritten = Code(rawValue: "artifact_not_written")
  }

  /// The rule that the zip broke first.
  package let code: Code
  /// Everything that was found, the errors among it; never empty.
  package let findings: [ArtifactFinding]

  init(_ code: Code, _ message: String, path: String? = nil) {
    self.code = code
    findings = [.error(code.rawValue, message, path: path)]
  }

  /// `findings`: with an error in it.
  init(findings: [ArtifactFinding]) {
    self.findings = findings
    code = Code(rawValue: findings.first { $0.severity == .error }?.code ?? Code.unreadable.rawValue)
  }

  /// The sentence for the person who brought the zip. May quote the plugin.
  package var message: String { findings.first { $0.severity == .error }?.message ?? code.rawValue }

  package var description: String { "the plugin's zip was refused: \(code)" }
}
