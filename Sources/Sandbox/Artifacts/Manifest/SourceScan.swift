// What the decorators in a plugin's sources say: commands, schedules, events, handlers of the dashboard.

import SandboxContract

/// Read without running or parsing Python: names that stand as literals in the calls of the SDK.
struct SourceScan {
  /// Capabilities by plain search.
  private(set) var capabilities: Set<GuestCapability> = []
  /// Names in `@x.on_slash_command("…")`, each with the first file it is in.
  private(set) var commands: [(name: String, path: String)] = []
  /// Whether some command's name cannot be told.
  private(set) var hasDynamicCommands = false
  /// Types in `on_event("…")`.
  private(set) var events: Set<String> = []
  private(set) var hasDynamicEvents = false
  /// Functions under `@x.cron("…")`.
  private(set) var tasks: [(name: String, spec: String, path: String)] = []
  /// Files with `@x.schedule(`.
  private(set) var scheduled: [String] = []
  /// Names in `on_dashboard("…")`.
  private(set) var dashboardMethods: Set<String> = []
  private(set) var hasDynamicDashboard = false
  private(set) var usesInteractions = false

  var usesDashboard: Bool { !dashboardMethods.isEmpty || hasDynamicDashboard }

  init(_ files: [ArtifactFile]) {
    for file in files where file.path.hasSuffix(".py") {
      if !file.path.split(separator: "/").dropLast().contains(where: CapabilityScan.skippedFolders.contains) {
        CapabilityScan.search(file.bytes, into: &capabilities)
      }
      for call in SourceCalls.all(in: file.bytes) { take(call, path: file.path) }
    }
  }

  private mutating func take(_ call: SourceCalls.Call, path: String) {
    switch call.method {
    case "on_event":
      if let type = call.argument { events.insert(type) } else { hasDynamicEvents = true }
    case "on_slash_command":
      usesInteractions = true
      if let name = call.argument, call.isDecorator {
        // Bounded: each becomes a finding or a command.
        if commands.count < 500, !commands.contains(where: { $0.name == name }) {
          commands.append((name, path))
        }
      } else if !call.isComment {
        hasDynamicCommands = true
      }
    case "on_component", "on_modal_submit": usesInteractions = true
    case "on_dashboard":
      if let name = call.argument {
        dashboardMethods.insert(GuestDashboard.bareName(name))
      } else {
        hasDynamicDashboard = true
      }
    case "cron":
      if call.isDecorator, let spec = call.argument, let name = call.function, tasks.count < 100 {
        tasks.append((name, spec, path))
      }
    case "schedule": if call.isDecorator, scheduled.count < 100 { scheduled.append(path) }
    default: break
    }
  }
}

/// Calls of the SDK's registering methods in a file.
enum SourceCalls {
  struct Call {
    let method: String
    /// The first argument, if it is a plain literal.
    let argument: String?
    /// Whether the line begins with `@` and the object's name.
    let isDecorator: Bool
    let isComment: Bool
    /// The function under a decorator.
    let function: String?
  }

  private static let methods = [
    "on_event", "on_slash_command", "on_component", "on_modal_submit", "on_dashboard", "cron", "schedule",
  ].map { Array($0.utf8) }

  static func all(in bytes: [UInt8]) -> [Call] {
    bytes.withUnsafeBufferPointer { text in
      var calls: [Call] = []
      var index = 0
      while index < text.count {
        defer { index += 1 }
        // All begin with one of these, and a name does not begin in the middle of another.
        let byte = text[index]
        guard byte == UInt8(ascii: "o") || byte == UInt8(ascii: "c") || byte == UInt8(ascii: "s") else {
          continue
        }
        guard index == 0 || !isNamePart(text[index - 1]) else { continue }
        guard let method = methods.first(where: { matches($0, text, index) }) else { continue }
        if let call = call(method, text, index), calls.count < 10_000 { calls.append(call) }
      }
      return calls
    }
  }

  private static func matches(_ name: [UInt8], _ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    let end = index + name.count
    guard end <= text.count, text[index..<end].elementsEqual(name) else { return false }
    return end == text.count || !isNamePart(text[end])
  }

  private static func call(_ name: [UInt8], _ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Call? {
    let method = String(decoding: name, as: UTF8.self)
    var after = index + name.count
    skipSpace(text, &after)
    let isCall =
      index > 0 && text[index - 1] == UInt8(ascii: ".") && after < text.count
      && text[after] == UInt8(ascii: "(")
    // The name alone, such as in `getattr`: an event may be registered by it.
    guard isCall else {
      return method == "on_event"
        ? Call(method: method, argument: nil, isDecorator: false, isComment: false, function: nil) : nil
    }
    after += 1
    let argument = literal(text, &after)
    let start = lineStart(text, index)
    let isDecorator =
      start < index && text[start] == UInt8(ascii: "@")
      && text[start + 1..<index].allSatisfy { isNamePart($0) || $0 == UInt8(ascii: ".") }
    return Call(
      method: method, argument: argument, isDecorator: isDecorator,
      isComment: text[start] == UInt8(ascii: "#"),
      function: isDecorator && method == "cron" ? function(below: after, in: text) : nil)
  }

  /// A string without escapes or parts to be computed, and nothing but a comma or the closing parenthesis behind it.
  private static func literal(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> String? {
    skipSpace(text, &index)
    if index < text.count, "rRuU".utf8.contains(text[index]) { index += 1 }
    guard index < text.count, text[index] == UInt8(ascii: "\"") || text[index] == UInt8(ascii: "'") else {
      return nil
    }
    let quote = text[index]
    let start = index + 1
    var end = start
    while end < text.count, text[end] != quote, text[end] != UInt8(ascii: "\\"),
      text[end] != UInt8(ascii: "\n"),
      end - start < 200
    { end += 1 }
    guard end < text.count, text[end] == quote else { return nil }
    index = end + 1
    skipSpace(text, &index)
    guard index < text.count, text[index] == UInt8(ascii: ")") || text[index] == UInt8(ascii: ",") else {
      return nil
    }
    return String(validating: text[start..<end], as: UTF8.self)
  }

  /// The name of the function that the decorators above decorate.
  private static func function(below index: Int, in text: UnsafeBufferPointer<UInt8>) -> String? {
    var index = index
    for _ in 0..<20 {
      while index < text.count, text[index] != UInt8(ascii: "\n") { index += 1 }
      skipSpace(text, &index)
      guard index < text.count, text[index] == UInt8(ascii: "@") || text[index] == UInt8(ascii: "#") else {
        break
      }
    }
    for word in ["async", "def"] where matches(Array(word.utf8), text, index) {
      index += word.utf8.count
      skipSpace(text, &index)
    }
    var end = index
    while end < text.count, isNamePart(text[end]), end - index < 200 { end += 1 }
    return end > index ? String(validating: text[index..<end], as: UTF8.self) : nil
  }

  /// The first byte of the line that is no blank.
  private static func lineStart(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
    var start = index
    while start > 0, text[start - 1] != UInt8(ascii: "\n"), index - start < 500 { start -= 1 }
    while start < index, text[start] == UInt8(ascii: " ") || text[start] == UInt8(ascii: "\t") { start += 1 }
    return start
  }

  private static func skipSpace(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
    while index < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[index]) { index += 1 }
  }

  /// Letters, digits, `_`, and everything beyond ASCII.
  private static func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, 95, 128...: true
    default: false
    }
  }
}
