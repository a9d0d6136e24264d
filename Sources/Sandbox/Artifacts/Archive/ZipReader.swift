// Unpacking with libzip, from memory to memory: the one owner of its handles.

import CZip

/// An open zip. Used inside the closure that it is lent to, and nowhere else.
struct ZipReader: ~Copyable {
  private let archive: OpaquePointer

  private init(_ archive: OpaquePointer) { self.archive = archive }

  deinit { zip_discard(archive) }

  /// Lends a reader of `bytes`.
  ///
  /// - Throws: `.unreadable`, and what `body` throws.
  static func read<Result>(
    _ bytes: [UInt8], _ body: (borrowing ZipReader) throws(ArtifactError) -> Result
  ) throws(ArtifactError) -> Result {
    // The library reads from these bytes until the handle is gone, which is before they are.
    let copy = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
    defer { copy.deallocate() }
    bytes.withUnsafeBytes {
      if let base = $0.baseAddress { copy.copyMemory(from: base, byteCount: $0.count) }
    }
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    guard let source = zip_source_buffer_create(copy, UInt64(bytes.count), 0, &error) else {
      throw ArtifactError(.unreadable, "The zip could not be opened.")
    }
    guard let archive = zip_open_from_source(source, ZIP_RDONLY | CInt(czip_check_consistency), &error) else {
      zip_source_free(source)
      throw ArtifactError(.unreadable, "This file is not a zip, or it is damaged.")
    }
    let reader = ZipReader(archive)
    return try body(reader)
  }

  /// How many entries the library sees.
  var count: Int { Int(zip_get_num_entries(archive, 0)) }

  /// The name as bytes, up to its first NUL.
  func name(_ index: Int) -> [UInt8]? {
    zip_get_name(archive, UInt64(index), czip_raw_names).map { name in
      var (bytes, position) = ([UInt8](), 0)
      while name[position] != 0 {
        bytes.append(UInt8(bitPattern: name[position]))
        position += 1
      }
      return bytes
    }
  }

  /// Unpacks an entry that must have exactly `size` bytes.
  ///
  /// - Throws: `.sizeMismatch` as soon as there is one byte too many, or when the checksum is wrong.
  func unpack(_ index: Int, size: Int, path: String) throws(ArtifactError) -> [UInt8] {
    guard let file = zip_fopen_index(archive, UInt64(index), 0) else {
      throw ArtifactError(.unreadable, "\(path) cannot be unpacked.", path: path)
    }
    defer { zip_fclose(file) }
    var isWrong = false
    let bytes = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
      while count < size + 1, let base = buffer.baseAddress {
        let read = zip_fread(file, base + count, UInt64(size + 1 - count))
        // Reading up to the very end is what makes the library check the sum.
        guard read > 0 else {
          isWrong = read < 0
          break
        }
        count += Int(read)
      }
    }
    guard !isWrong, bytes.count == size else {
      throw ArtifactError(
        .sizeMismatch, "\(path) is not what the zip says of it: it may be damaged.", path: path)
    }
    return bytes
  }
}
