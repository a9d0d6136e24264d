// A file of sealed, compressed chunks: what snapshots and backups are made of. Everything here blocks.

internal import Compression
internal import CSystem
internal import Glibc
internal import Synchronization
internal import Vault

/// Writes a stream: compressed with zstd, cut into chunks, each sealed with its place in the stream, so that chunks
/// cannot be reordered, dropped or taken from another stream, and a stream that was cut short is noticed.
final class SealedWriter {
  private let file: OutputFile
  private let compressor: Compressor
  private let key: DataKey
  private let name: String
  private var index = 0
  private var held: [UInt8] = []

  /// - Parameters:
  ///   - file: where the sealed chunks go.
  ///   - key: seals every chunk.
  ///   - name: what the stream is, sealed into every chunk.
  /// - Throws: `CompressionError` when there is no memory for a compressor.
  init(_ file: OutputFile, key: DataKey, name: String) throws {
    self.file = file
    self.key = key
    self.name = name
    compressor = try Compressor(.zstd)
  }

  static let chunkBytes = 256 << 10

  func write(_ bytes: [UInt8]) throws {
    try compressor.write(bytes)
    held += compressor.takeOutput()
    while held.count > Self.chunkBytes {
      try emit(Array(held.prefix(Self.chunkBytes)), isLast: false)
      held.removeFirst(Self.chunkBytes)
    }
  }

  /// Writes what is left and the end.
  func finish() throws {
    try compressor.write([], flush: .finish)
    held += compressor.takeOutput()
    while held.count > Self.chunkBytes {
      try emit(Array(held.prefix(Self.chunkBytes)), isLast: false)
      held.removeFirst(Self.chunkBytes)
    }
    try emit(held, isLast: true)
  }

  private func emit(_ chunk: [UInt8], isLast: Bool) throws {
    let sealed = key.seal(chunk, context: sealedChunkContext(key, name, index, isLast: isLast))
    try file.write(uint32(sealed.count | (isLast ? lastChunkFlag : 0)) + sealed)
    index += 1
  }
}

/// Reads such a stream back.
final class SealedReader {
  private let file: InputFile
  private let decompressor: Decompressor
  private let key: DataKey
  private let name: String
  private var index = 0
  private var isAtEnd = false

  init(_ file: InputFile, key: DataKey, name: String) throws {
    self.file = file
    self.key = key
    self.name = name
    // A chunk inflates at most so far; a page of zeros compresses very well.
    decompressor = try Decompressor(.zstd, limit: 1 << 40)
  }

  /// The next part of the content; nil at its end.
  ///
  /// - Throws: `StorageError` with `.badBackup` when it is damaged, cut short, or not what it is said to be.
  func next() throws -> [UInt8]? {
    while !isAtEnd {
      guard let header = try file.read(4) else { throw damaged("it ends too early") }
      let word = header.reduce(0) { $0 << 8 | Int($1) }
      let isLast = word & lastChunkFlag != 0
      let count = word & ~lastChunkFlag
      guard count <= SealedWriter.chunkBytes + 4_096, let sealed = try file.read(count) else {
        throw damaged("it ends too early")
      }
      do {
        let chunk = try key.open(sealed, context: sealedChunkContext(key, name, index, isLast: isLast))
        try decompressor.write(chunk)
      } catch is VaultError {
        throw damaged("chunk \(index) does not open under the key of '\(key.scope)'")
      } catch is CompressionError {
        throw damaged("chunk \(index) does not inflate")
      }
      index += 1
      isAtEnd = isLast
      let content = decompressor.takeOutput()
      if isLast, !decompressor.isAtEnd { throw damaged("its content is incomplete") }
      if !content.isEmpty { return content }
    }
    return nil
  }

  private func damaged(_ why: String) -> StorageError {
    StorageError(.badBackup, "'\(name)' cannot be restored: \(why)")
  }
}

private let lastChunkFlag = 1 << 31

private func sealedChunkContext(_ key: DataKey, _ name: String, _ index: Int, isLast: Bool) -> SealContext {
  SealContext(
    tenant: key.scope.name, table: "snapshot", column: name, row: "\(index)\(isLast ? " last" : "")")
}

func uint32(_ value: Int) -> [UInt8] {
  stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
}

/// A file that is written from front to back and appears under its name complete, or not at all.
final class OutputFile {
  private let path: String
  private let partial: String
  private let folder: DataFolder
  private let descriptor: CInt
  private var buffer: [UInt8] = []
  private var isFinished = false

  init(_ path: String, in folder: DataFolder) throws(StorageError) {
    self.path = path
    self.folder = folder
    partial = "\(path).partial"
    unlink(partial)
    descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw DataFolder.failure("create", partial) }
  }

  func write(_ bytes: [UInt8]) throws(StorageError) {
    buffer += bytes
    if buffer.count >= 1 << 20 { try flush() }
  }

  private func flush() throws(StorageError) {
    var written = 0
    while written < buffer.count {
      let count = buffer[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { throw DataFolder.failure("write", partial) }
      written += count
    }
    buffer = []
  }

  /// Makes the file durable and gives it its name.
  func finish() throws(StorageError) {
    try flush()
    guard fsync(descriptor) == 0 else { throw DataFolder.failure("sync", partial) }
    try folder.move(partial, to: path)
    isFinished = true
  }

  deinit {
    close(descriptor)
    if !isFinished { unlink(partial) }
  }
}

/// A file that is read from front to back.
final class InputFile {
  private let path: String
  private let descriptor: CInt
  private var buffer: ArraySlice<UInt8> = []

  init(_ path: String) throws(StorageError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw DataFolder.failure("open", path) }
  }

  /// Exactly `count` bytes; nil when fewer are left.
  func read(_ count: Int) throws(StorageError) -> [UInt8]? {
    while buffer.count < count {
      var chunk = [UInt8](repeating: 0, count: max(count, 1 << 18))
      let got = Glibc.read(descriptor, &chunk, chunk.count)
      guard got >= 0 else { throw DataFolder.failure("read", path) }
      if got == 0 { return nil }
      buffer = Array(buffer) + chunk[..<got]
    }
    defer { buffer = buffer.dropFirst(count) }
    return Array(buffer.prefix(count))
  }

  deinit { close(descriptor) }
}
