// Files and sums for tests.

import CSystem
import Glibc
import TestKit

func writeFile(_ bytes: [UInt8], to path: String) throws {
  guard let file = fopen(path, "we") else { throw TestKitError("cannot write \(path)") }
  defer { fclose(file) }
  guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw TestKitError("cannot write \(path)") }
}

/// SHA-256 in hexadecimal, by coreutils: a second opinion.
func sha256(_ path: String) async throws -> String {
  let process = try await ChildProcess.start(["sha256sum", path])
  guard let line = await process.nextLine() else { throw TestKitError("sha256sum said nothing") }
  return String(line.prefix(64))
}
