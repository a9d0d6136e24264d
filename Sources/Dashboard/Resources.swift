// The files that come with the program: found beside it, read once at start.

import FoundationEssentials
import Glibc

/// A file that belongs to the program is missing or damaged: the installation is broken, not the input.
package struct ResourceError: Error, CustomStringConvertible {
  /// What went wrong.
  package struct Code: Hashable, Sendable {
    enum Value { case noExecutable, unreadable, malformed }
    let value: Value
    /// The path of the running program could not be read.
    package static let noExecutable = Code(value: .noExecutable)
    /// The file could not be opened or read.
    package static let unreadable = Code(value: .unreadable)
    /// The file is not of the form it must have.
    package static let malformed = Code(value: .malformed)
  }

  /// What happened; decide by this, not by the description.
  package let code: Code
  /// The file within the resources folder.
  package let file: String

  package var description: String { "resource \(file): \(code.value)" }
}

/// The folder of resources that SwiftPM puts beside the program.
struct ResourceFolder {
  private let path: String

  /// The folder of this target, next to the running program. `Bundle` would do the same at the price of Foundation.
  ///
  /// - Throws: `ResourceError.Code.noExecutable`.
  static func besideExecutable() throws(ResourceError) -> ResourceFolder {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0, let slash = buffer[..<count].lastIndex(of: CChar(bitPattern: UInt8(ascii: "/"))) else {
      throw ResourceError(code: .noExecutable, file: "/proc/self/exe")
    }
    let folder = String(decoding: buffer[..<slash].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return ResourceFolder(path: folder + "/guildhall_Dashboard.resources")
  }

  /// The whole file.
  ///
  /// - Throws: `ResourceError.Code.unreadable`.
  func read(_ file: String) throws(ResourceError) -> [UInt8] {
    let descriptor = open("\(path)/\(file)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ResourceError(code: .unreadable, file: file) }
    defer { close(descriptor) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 32 * 1024)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else { throw ResourceError(code: .unreadable, file: file) }
      if count == 0 { return result }
      result += chunk[..<count]
    }
  }

  /// The sentences of a language.
  ///
  /// - Throws: `ResourceError` when the file is missing or no flat JSON object of strings.
  func catalog(language: String) throws(ResourceError) -> StringCatalog {
    let file = "Strings/\(language).json"
    let bytes = try read(file)
    do {
      let sentences = try JSONDecoder().decode([String: String].self, from: Data(bytes))
      return StringCatalog(language: language, sentences: sentences)
    } catch {
      throw ResourceError(code: .malformed, file: file)
    }
  }
}
