// The terminal, or what stands in its place: questions, secrets, standard input.

import Administration
import CSystem
import Glibc
import Vault

/// Standard input and output of this process. Calls block, which nobody but the command they are for waits for.
enum Terminal {
  /// Whether a person can be asked.
  static var isInteractive: Bool { isatty(0) == 1 }

  /// Whether a person at the terminal says yes.
  static func confirm(_ danger: String) -> Bool {
    show("\(danger) Type yes to go on: ")
    return readLine()?.lowercased() == "yes"
  }

  /// A secret: typed without echo, or the first line of what is piped in.
  ///
  /// - Throws: `UsageError` when there is none.
  static func secret(_ question: String) throws -> Secret {
    guard isInteractive else {
      var line = try firstLine()
      return Secret(consuming: &line)
    }
    var quiet = termios()
    guard tcgetattr(0, &quiet) == 0 else { throw UsageError(description: "the terminal cannot be asked") }
    var loud = quiet
    quiet.c_lflag &= ~tcflag_t(ECHO)
    show(question)
    tcsetattr(0, TCSAFLUSH, &quiet)
    defer {
      tcsetattr(0, TCSAFLUSH, &loud)
      show("\n")
    }
    var line = try firstLine()
    return Secret(consuming: &line)
  }

  /// Everything that is piped in.
  ///
  /// - Throws: `UsageError` when nothing is, or too much.
  static func standardInput() throws -> Secret {
    guard !isInteractive else {
      throw UsageError(description: "it reads a document from standard input, as in: … < settings.json")
    }
    var document = try bytes { _ in false }
    return Secret(consuming: &document)
  }

  /// What a file holds, or with `-` what is piped in.
  ///
  /// - Throws: `UsageError` when it cannot be read, or is too long.
  static func file(_ path: String) throws -> Secret {
    guard path != "-" else { return try standardInput() }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw UsageError(description: "\(path) cannot be read: \(String(cString: strerror(csystem_errno())))")
    }
    defer { close(descriptor) }
    var content = try bytes(of: descriptor) { _ in false }
    return Secret(consuming: &content)
  }

  private static func firstLine() throws -> [UInt8] {
    let line = try bytes { $0 == UInt8(ascii: "\n") }
    guard !line.isEmpty else { throw UsageError(description: "nothing was entered") }
    return line
  }

  /// Bytes up to the end, or to one that `ends` says yes to.
  private static func bytes(of descriptor: CInt = 0, until ends: (UInt8) -> Bool) throws -> [UInt8] {
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, csystem_errno() == EINTR { continue }
      guard count >= 0 else {
        throw UsageError(
          description: "it cannot be read: \(String(cString: strerror(csystem_errno())))")
      }
      if count == 0 { return result }
      for byte in buffer[..<count] {
        if ends(byte) { return result }
        result.append(byte)
      }
      guard result.count <= AdminCommand.Input.limit else {
        throw UsageError(description: "that is more than \(AdminCommand.Input.limit >> 20) MiB")
      }
    }
  }

  /// Writes all of a text, or throws: whoever reads it may have gone.
  static func print(_ text: String, on descriptor: CInt) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, csystem_errno() == EINTR { continue }
      guard count > 0 else { throw OutputClosed() }
      rest = rest.dropFirst(count)
    }
  }

  private static func show(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(2, bytes, bytes.count)
  }
}

/// Nobody reads the output any more.
struct OutputClosed: Error, CustomStringConvertible {
  let description = "nobody reads the output any more"
}
