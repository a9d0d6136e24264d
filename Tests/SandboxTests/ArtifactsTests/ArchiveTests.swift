// Zips that come in, and the many that do not.

import SandboxArtifacts
import SandboxTestKit
import Testing

private let base = [ZipEntry("manifest.json", "{}"), ZipEntry("__main__.py", "print()")]

private func code(_ entries: [ZipEntry], before: [UInt8] = [], after: [UInt8] = []) throws -> String? {
  try code(ZipWriter.zip(base + entries, before: before, after: after))
}

private func code(_ bytes: [UInt8], _ limits: ArchiveLimits = ArchiveLimits()) -> String? {
  do throws(ArtifactError) {
    _ = try Archive(zip: bytes, limits: limits)
    return nil
  } catch {
    // Every refusal has words for a person, on one line.
    #expect(error.message.hasSuffix(".") || error.message.contains(":"))
    #expect(!error.message.unicodeScalars.contains { $0.value < 0x20 })
    return error.code.rawValue
  }
}

@Suite struct GoodArchiveTests {
  @Test func `files come out as they went in, sorted by path`() throws {
    let text = String(repeating: "# a line of Python\n", count: 200)
    let zip = try ZipWriter.zip([
      ZipEntry("pages/", "") { ($0.mode, $0.method) = (0o040_755, 0) },
      ZipEntry("pages/ünïcode.py", text), ZipEntry("manifest.json", "{}") { $0.method = 0 },
      ZipEntry("empty.txt", ""), ZipEntry("from-windows.md", "x") { ($0.mode, $0.host) = (0, 0) },
    ])
    let archive = try Archive(zip: zip)
    #expect(
      archive.files.map(\.path) == ["empty.txt", "from-windows.md", "manifest.json", "pages/ünïcode.py"])
    #expect(archive.files.last?.bytes == Array(text.utf8))
    #expect(archive.warnings.isEmpty)
  }

  @Test func `what packing leaves out is not there, whatever it is`() throws {
    let archive = try Archive(
      zip: ZipWriter.zip(
        base + [
          ZipEntry("__pycache__/a.cpython-311.pyc", "x"), ZipEntry(".git/objects/pack.idx", "x"),
          ZipEntry("node_modules/native.so", "x"), ZipEntry("tests/data.zip", "PK\u{3}\u{4}"),
          ZipEntry("lib/.DS_Store", "x"), ZipEntry("LICENSE", "MIT"), ZipEntry("events.yaml", "x"),
        ]))
    #expect(archive.files.map(\.path) == ["__main__.py", "manifest.json"])
    let codes = Set(archive.warnings.map(\.code))
    #expect(codes == ["bytecode_in_artifact", "git_metadata_in_artifact", "file_left_out"])
  }

  @Test func `two hundred files come in, one more does not`() throws {
    let files = (0..<200).map { ZipEntry("f\($0).py", "") }
    #expect(try Archive(zip: ZipWriter.zip(files)).files.count == 200)
    #expect(try code(ZipWriter.zip(files + [ZipEntry("last.py")])) == "archive_too_many_files")
  }
}

@Suite struct HostilePathTests {
  @Test(arguments: [
    ("/etc/passwd.txt", "path_absolute"), ("C:/a.py", "path_absolute"), ("c:a.py", "path_absolute"),
    ("../a.py", "path_traversal"), ("a/../../b.py", "path_traversal"), ("a/..", "path_traversal"),
    ("./a.py", "path_traversal"), ("a/./b.py", "path_traversal"),
    ("..\\a.py", "path_backslash"), ("a\\b.py", "path_backslash"), ("\\\\host\\share.py", "path_backslash"),
    ("..\u{2044}a.py", "path_character"), ("..\u{2215}a.py", "path_character"),
    ("..\u{FF0F}a.py", "path_character"),
    ("\u{FF0E}\u{FF0E}/a.py", "path_character"), ("\u{2025}/a.py", "path_character"),
    ("a\u{FF3C}b.py", "path_character"), ("a\u{0}.py", "path_character"), ("a\n.py", "path_character"),
    ("a\u{7F}.py", "path_character"), ("a\u{202E}yp.exe.py", "path_character"),
    ("a\u{200B}.py", "path_character"),
    ("a.py:stream.py", "path_character"), ("a?.py", "path_character"),
    ("a//b.py", "path_malformed"), ("a./b.py", "path_malformed"), ("a /b.py", "path_malformed"),
    (" a.py", "path_malformed"), (".../b.py", "path_malformed"), ("a.py.", "path_malformed"),
    (String(repeating: "a", count: 253) + ".py", "path_too_long"),
    (String(repeating: "ü", count: 127) + ".py", "path_too_long"),
    (String(repeating: "a/", count: 20) + "b.py", "path_too_long"), ("", "path_malformed"),
  ])
  func `a path that leads elsewhere is refused`(path: String, expected: String) throws {
    #expect(try code([ZipEntry(path, "x")]) == expected)
  }

  @Test func `a name that is not UTF-8 is refused`() throws {
    #expect(try code([ZipEntry("", "x") { $0.name = [0x61, 0xFF, 0x2E, 0x70, 0x79] }]) == "path_encoding")
    // An overlong slash.
    #expect(try code([ZipEntry("", "x") { $0.name = [0x2E, 0x2E, 0xC0, 0xAF, 0x61] }]) == "path_encoding")
  }

  @Test func `what is shown of a path cannot turn the line around`() throws {
    let zip = try ZipWriter.zip([ZipEntry("\u{202E}evil\u{1B}[31m.py", "x")])
    let error = try #require(throws: ArtifactError.self) { _ = try Archive(zip: zip) }
    #expect(!error.message.contains("\u{202E}"))
    #expect(!error.message.contains("\u{1B}"))
  }
}

@Suite struct HostileEntryTests {
  @Test(arguments: [
    ("a.py", "a.py"), ("a.py", "A.PY"), ("straße.py", "STRASSE.py"), ("caf\u{E9}.py", "cafe\u{301}.py"),
    ("a.py", "a.py/b.py"), ("dir/a.py", "dir"), ("manifest.json", "MANIFEST.JSON"),
  ])
  func `two names for one file are refused`(first: String, second: String) throws {
    #expect(try code([ZipEntry(first, "1"), ZipEntry(second, "2")]) == "archive_duplicate_name")
  }

  @Test(arguments: [0o120_777, 0o020_666, 0o060_660, 0o010_644, 0o140_755, 0o040_755] as [UInt16])
  func `links, devices, pipes and sockets are refused`(mode: UInt16) throws {
    #expect(try code([ZipEntry("a.py", "/etc/passwd") { $0.mode = mode }]) == "archive_special_file")
  }

  @Test func `a folder that is a link is refused`() throws {
    #expect(
      try code([ZipEntry("a/", "") { ($0.mode, $0.method) = (0o120_777, 0) }]) == "archive_special_file")
  }

  @Test(arguments: [1, 0x41, 0x2001] as [UInt16])
  func `encrypted entries are refused`(flags: UInt16) throws {
    #expect(try code([ZipEntry("a.py", "x") { $0.flags = flags }]) == "archive_encrypted")
  }

  @Test func `methods other than deflate are refused`() throws {
    for method: UInt16 in [1, 9, 12, 14, 93, 95, 99] {
      #expect(try code([ZipEntry("a.py", "x") { $0.method = method }]) == "archive_method")
    }
  }

  @Test func `an entry that is longer or shorter than it says is refused`() throws {
    let text = String(repeating: "abc", count: 1_000)
    #expect(try code([ZipEntry("a.py", text) { $0.declaredSize = 10 }]) == "archive_size_mismatch")
    #expect(try code([ZipEntry("a.py", text) { $0.declaredSize = 5_000 }]) == "archive_size_mismatch")
    #expect(
      try code([
        ZipEntry("a.py", text) {
          $0.method = 0
          $0.declaredSize = 10
        }
      ]) == "archive_size_mismatch")
    #expect(try code([ZipEntry("a.py", text) { $0.checksum = 1 }]) == "archive_size_mismatch")
  }

  @Test(arguments: [
    ("a.so", "file_native_binary"), ("a.pyd", "file_native_binary"), ("a.DLL", "file_native_binary"),
    ("lib.so.6", "file_native_binary"), ("a.exe", "file_native_binary"), ("run.sh", "file_native_binary"),
    ("a.zip", "file_nested_archive"), ("a.whl", "file_nested_archive"), ("a.tar.gz", "file_nested_archive"),
    ("a", "file_type_not_allowed"), (".env", "file_type_not_allowed"), ("a.php", "file_type_not_allowed"),
    ("a.py.bak", "file_type_not_allowed"), ("a.pickle", "file_type_not_allowed"),
  ])
  func `kinds of files that no plugin needs are refused`(name: String, expected: String) throws {
    #expect(try code([ZipEntry(name, "x")]) == expected)
  }

  @Test(
    arguments: [
      ([0x7F, 0x45, 0x4C, 0x46, 2], "file_native_binary"), ([0x4D, 0x5A, 0x90, 0], "file_native_binary"),
      ([0xCF, 0xFA, 0xED, 0xFE], "file_native_binary"), ([0, 0x61, 0x73, 0x6D], "file_native_binary"),
      ([0x50, 0x4B, 3, 4, 0], "file_nested_archive"), ([0x1F, 0x8B, 8, 0], "file_nested_archive"),
      ([0x28, 0xB5, 0x2F, 0xFD], "file_nested_archive"),
    ] as [([UInt8], String)])
  func `programs and archives under innocent names are refused`(content: [UInt8], expected: String) throws {
    #expect(try code([ZipEntry("a.txt", bytes: content)]) == expected)
    #expect(try code([ZipEntry("a.png", bytes: content)]) == expected)
  }

  @Test func `a tape archive as a text is refused, a text that begins like a program is not`() throws {
    let tape = [UInt8](repeating: 0x61, count: 257) + Array("ustar".utf8) + [0]
    #expect(try code([ZipEntry("a.txt", bytes: tape)]) == "file_nested_archive")
    #expect(try code([ZipEntry("a.txt", "MZ was a man.")]) == nil)
  }
}

@Suite struct BombTests {
  @Test func `a zip of more than ten megabytes is not read`() {
    #expect(code([UInt8](repeating: 0, count: 10 << 20 + 1)) == "archive_too_large")
  }

  @Test func `forty megabytes of zeros are refused for how tightly they are packed`() throws {
    let zeros = [UInt8](repeating: 0, count: 30 << 20)
    #expect(try code([ZipEntry("a.txt", bytes: zeros)]) == "archive_bomb")
  }

  @Test func `many small bombs are refused for what they are together`() throws {
    let zeros = [UInt8](repeating: 0x20, count: 1 << 20)
    let entries = (0..<41).map { ZipEntry("f\($0).txt", bytes: zeros) }
    #expect(try code(entries) == "archive_unpacks_too_large")
  }

  @Test func `a bomb that says it is small is stopped at what it says`() throws {
    let zeros = [UInt8](repeating: 0, count: 20 << 20)
    #expect(try code([ZipEntry("a.txt", bytes: zeros) { $0.declaredSize = 100 }]) == "archive_size_mismatch")
  }

  @Test func `entries that share their data are refused`() throws {
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    let first = ZipEntry("a.txt", bytes: zeros)
    let second = ZipEntry("a.txt", bytes: zeros) {
      $0.sharesDataOf = 2
      $0.localName = $0.name
    }
    let third = ZipEntry("b.txt", bytes: zeros) { $0.sharesDataOf = 2 }
    #expect(try code([first, second]) == "archive_entries_overlap")
    // With another name, the header before the data already says something else.
    #expect(try code([first, third]) == "artifact_unreadable")
  }

  @Test func `a zip within a zip is refused under any name`() throws {
    let inner = try ZipWriter.zip([ZipEntry("a.txt", bytes: [UInt8](repeating: 0, count: 1 << 20))])
    #expect(try code([ZipEntry("inner.zip", bytes: inner)]) == "file_nested_archive")
    #expect(try code([ZipEntry("inner.json", bytes: inner)]) == "file_nested_archive")
  }

  @Test func `thousands of empty entries are refused before any is looked at`() throws {
    let entries = (0..<4_100).map { ZipEntry("node_modules/f\($0).py", "") { $0.method = 0 } }
    #expect(try code(entries) == "archive_too_many_files")
  }
}

@Suite struct DamagedArchiveTests {
  @Test func `what is no zip is refused`() throws {
    #expect(code([]) == "artifact_unreadable")
    #expect(code([0x50, 0x4B]) == "artifact_unreadable")
    #expect(code(Array("hello".utf8)) == "artifact_unreadable")
    #expect(code([UInt8](repeating: 0x50, count: 70_000)) == "artifact_unreadable")
  }

  @Test func `bytes before or behind a zip are refused: another program might read them`() throws {
    #expect(try code([], after: [0]) == "artifact_unreadable")
    let good = try ZipWriter.zip(base)
    #expect(code(good + good) == "artifact_unreadable")
    #expect(code(Array("#!/bin/sh\n".utf8) + good) == "artifact_unreadable")
    #expect(try code([], before: Array("#!/bin/sh\n".utf8)) == "artifact_unreadable")
  }

  @Test func `headers that call a file differently are refused`() throws {
    let entry = ZipEntry("good.py", "x") { $0.localName = Array("evil.py".utf8) }
    #expect(try code([entry]) == "artifact_unreadable")
  }

  @Test func `an archive of nothing has no files`() throws {
    #expect(try Archive(zip: ZipWriter.zip([])).files.isEmpty)
  }

  @Test func `every way to cut a good zip short is refused`() throws {
    let good = try PluginSource().zip()
    for length in 0..<good.count { #expect(code(Array(good.prefix(length))) != nil) }
  }
}
