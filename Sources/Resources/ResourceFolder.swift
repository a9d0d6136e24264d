// The files that come with the program: found beside it, read once at start.

import Glibc
import JSON

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

/// The folder of resources that SwiftPM puts beside the program for one target.
package struct ResourceFolder: Sendable {
  /// Where it is.
  package let path: String
  private let systemPackage: String?

  /// The folder of that target, next to the running program. `Bundle` would do the same at the price of Foundation.
  ///
  /// - Throws: `ResourceError.Code.noExecutable`.
  package init(of target: String) throws(ResourceError) {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0, let slash = buffer[..<count].lastIndex(of: CChar(bitPattern: UInt8(ascii: "/"))) else {
      throw ResourceError(code: .noExecutable, file: "/proc/self/exe")
    }
    let folder = String(decoding: buffer[..<slash].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = "\(folder)/guildhall_\(target).resources"
    systemPackage = nil
  }

  /// A folder that a package of the system brings. Errors name both, so that the reader knows what to install.
  package init(path: String, ofPackage name: String) {
    self.path = path
    systemPackage = name
  }

  /// The whole file. Blocks; for start-up.
  ///
  /// - Throws: `ResourceError.Code.unreadable`.
  package func read(_ file: String) throws(ResourceError) -> [UInt8] {
    let descriptor = open("\(path)/\(file)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ResourceError(code: .unreadable, file: named(file)) }
    defer { close(descriptor) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 32 * 1024)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else { throw ResourceError(code: .unreadable, file: named(file)) }
      if count == 0 { return result }
      result += chunk[..<count]
    }
  }

  private func named(_ file: String) -> String {
    systemPackage.map { "\(path)/\(file), of the system's package \($0)" } ?? file
  }

  /// The sentences of a language, from `Strings/<language>.json`.
  ///
  /// - Throws: `ResourceError` when the file is missing or no flat JSON object of strings.
  package func catalog(language: String) throws(ResourceError) -> StringCatalog {
    let file = "Strings/\(language).json"
    let bytes = try read(file)
    let malformed = ResourceError(code: .malformed, file: file)
    let tree: JSONValue
    do { tree = try JSONValue(parsing: bytes) } catch { throw malformed }
    guard let object = tree.object else { throw malformed }
    var sentences: [String: String] = [:]
    for field in object.fields {
      guard let sentence = field.value.string else { throw malformed }
      sentences[field.key] = sentence
    }
    return StringCatalog(language: language, sentences: sentences)
  }
}
