// A plugin's files on the disk.

import Glibc
import SandboxArtifacts
import TestKit
import SandboxTestKit
import Testing

@Suite struct WritingTests {
  private func artifact() throws -> Artifact {
    var source = PluginSource()
    source.files.append(("dashboard/pages/index.html", "<p>hello</p>"))
    return try Artifact(zip: source.zip())
  }

  private func mode(_ path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode : nil
  }

  @Test func `every file is there with its content, and may be read by all and changed by one`() throws {
    let directory = try TemporaryDirectory()
    let folder = directory.file("plugin")
    let artifact = try artifact()
    let old = umask(0o077)
    try artifact.write(to: folder)
    umask(old)
    #expect(mode(folder) == S_IFDIR | 0o755)
    #expect(mode(folder + "/dashboard/pages") == S_IFDIR | 0o755)
    for file in artifact.files {
      let path = "\(folder)/\(file.path)"
      #expect(mode(path) == S_IFREG | 0o644)
      let handle = try #require(fopen(path, "r"))
      defer { fclose(handle) }
      var bytes = [UInt8](repeating: 0, count: 10_000)
      let count = fread(&bytes, 1, bytes.count, handle)
      #expect(Array(bytes.prefix(count)) == file.bytes)
    }
    // Once more changes nothing.
    try artifact.write(to: folder)
    #expect(try names(directory.path) == ["plugin"])
  }

  @Test func `what cannot be written leaves nothing behind`() throws {
    let directory = try TemporaryDirectory()
    let artifact = try artifact()
    let error = #expect(throws: ArtifactError.self) { try artifact.write(to: directory.file("none/plugin")) }
    #expect(error?.code == .notWritten)
    #expect(throws: ArtifactError.self) { try artifact.write(to: "relative") }
    #expect(try names(directory.path).isEmpty)
  }

  @Test func `a link in the way is not followed`() throws {
    let directory = try TemporaryDirectory()
    let elsewhere = directory.file("elsewhere")
    mkdir(elsewhere, 0o755)
    symlink(elsewhere, directory.file("plugin"))
    try artifact().write(to: directory.file("plugin"))
    #expect(try names(elsewhere).isEmpty)
  }

  private func names(_ folder: String) throws -> [String] {
    let directory = try #require(opendir(folder))
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
