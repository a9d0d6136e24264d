// The sources of the routes, for the test that looks for routes nobody checks.

import Glibc
import TestKit

/// The texts of all Swift files directly in these folders, which are given from the package's root.
func routeFiles(under folders: [String]) throws -> [String] {
  try folders.flatMap { folder in
    guard let directory = opendir(folder) else { throw TestKitError("no folder \(folder)") }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".swift") { names.append(name) }
    }
    return try names.sorted().map { try text(of: "\(folder)/\($0)") }
  }
}

private func text(of path: String) throws -> String {
  guard let file = fopen(path, "r") else { throw TestKitError("cannot read \(path)") }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 1 << 20)
  bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
  return String(decoding: bytes, as: UTF8.self)
}
