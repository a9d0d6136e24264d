// Tests of the master key file: how it is made, and what is refused.

import CSystem
import Glibc
import TestKit
import Testing
import Vault

@Suite struct MasterKeyFileTests {
  private let folder: TemporaryDirectory
  private let path: String

  init() throws {
    folder = try TemporaryDirectory()
    path = folder.file("master.key")
  }

  private func code(createIfMissing: Bool = true) -> VaultError.Code? {
    do { _ = try Vault.open(masterKeyFile: path, createIfMissing: createIfMissing) } catch {
      return error.code
    }
    return nil
  }

  private func contents() throws -> [UInt8] {
    let file = open(path, O_RDONLY)
    try #require(file >= 0)
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 10_000)
    let count = read(file, &bytes, bytes.count)
    return Array(bytes[..<max(0, count)])
  }

  private func write(_ bytes: [UInt8]) throws {
    let file = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0o600)
    try #require(file >= 0)
    defer { close(file) }
    try #require(Glibc.write(file, bytes, bytes.count) == bytes.count)
  }

  private func mode() -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test func `the first start makes the file, for its owner only, and later ones read it`() throws {
    let wrapped: WrappedKey
    do {
      let vault = try Vault.open(masterKeyFile: path)
      wrapped = try vault.makeDataKey(scope: "a")
      #expect(!vault.isRotating)
    }
    #expect(mode() == 0o600 && access(path + ".new", F_OK) != 0)
    let again = try Vault.open(masterKeyFile: path, createIfMissing: false)
    #expect(again.activeMasterKeyID == wrapped.masterKeyID)
    #expect(try again.unwrap(wrapped, scope: "a").scope == "a")
  }

  @Test func `a generous umask makes the file no more open, and a narrow one no less`() throws {
    let old = umask(0o777)
    defer { umask(old) }
    let vault = try Vault.open(masterKeyFile: path)
    #expect(mode() == 0o600 && vault.isRotating == false)
  }

  @Test func `where there is data, a missing file is not replaced`() {
    #expect(code(createIfMissing: false) == .keyFileMissing)
    #expect(access(path, F_OK) != 0)
  }

  @Test(arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o666, 0o777] as [mode_t])
  func `a file that others may use is refused`(mode: mode_t) throws {
    _ = try Vault.open(masterKeyFile: path)
    chmod(path, mode)
    let error = #expect(throws: VaultError.self) { try Vault.open(masterKeyFile: path) }
    #expect(error?.code == .keyFileUnsafe)
    #expect(error?.message.contains("mode 0\(String(mode, radix: 8))") == true)
    #expect(self.mode() == mode)
  }

  @Test func `what is no regular file is refused`() throws {
    _ = try Vault.open(masterKeyFile: path)
    let real = folder.file("real.key")
    rename(path, real)
    symlink(real, path)
    #expect(code() == .keyFileUnsafe)
    unlink(path)
    mkdir(path, 0o700)
    #expect(code() == .keyFileUnsafe)
    rmdir(path)
    mkfifo(path, 0o600)
    #expect(code() == .keyFileUnsafe)
  }

  @Test func `a file of another length is refused`() throws {
    _ = try Vault.open(masterKeyFile: path)
    let good = try contents()
    for bytes in [
      [], Array(good.dropLast()), good + [0x0A], Array(good[..<24]), [UInt8](repeating: 0x30, count: 5_000),
    ] {
      try write(bytes)
      #expect(code() == .keyFileDamaged, "\(bytes.count) bytes")
    }
    try write(good)
    #expect(code() == nil)
  }

  @Test func `a change of any byte is noticed`() throws {
    _ = try Vault.open(masterKeyFile: path)
    let good = try contents()
    for index in good.indices {
      var bytes = good
      bytes[index] ^= 1
      try write(bytes)
      #expect(code() == .keyFileDamaged, "byte \(index)")
    }
  }

  @Test func `errors name the file and never a key`() throws {
    _ = try Vault.open(masterKeyFile: path)
    let good = try contents()
    try write(Array(good.dropLast()))
    let error = #expect(throws: VaultError.self) { try Vault.open(masterKeyFile: path) }
    let digits = String(decoding: good, as: UTF8.self).split(separator: "\n")[1].split(separator: " ")[1]
    #expect(error?.description.contains(path) == true && error?.description.contains(digits) == false)
  }

  @Test func `a folder that is not there is an error, and nothing more`() {
    #expect(throws: VaultError.self) { try Vault.open(masterKeyFile: folder.file("none/master.key")) }
    let error = #expect(throws: VaultError.self) { try Vault.open(masterKeyFile: "/proc/master.key") }
    #expect(error?.code == .io)
  }

  @Test func `a draft that a crash left does not matter`() throws {
    let draft = open(path + ".new", O_WRONLY | O_CREAT, 0o644)
    close(draft)
    #expect(code() == nil && mode() == 0o600 && access(path + ".new", F_OK) != 0)
  }

  @Test func `two first starts at once agree on one key`() async throws {
    let path = path
    let ids = try await withThrowingTaskGroup { group in
      for _ in 0..<8 { group.addTask { try Vault.open(masterKeyFile: path).activeMasterKeyID } }
      return try await group.reduce(into: Set<KeyID>()) { $0.insert($1) }
    }
    #expect(ids.count == 1)
  }
}
