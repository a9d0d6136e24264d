// How long a line may be, and where it is cut.

import SandboxContract

/// The limits of a line (plugin-host contract, section 17), and of what is masked at all.
enum LogLimits {
  private static let message = 4_000
  private static let tags = 10
  private static let tag = 100
  private static let extra = 20
  private static let extraName = 100
  private static let extraValue = 500
  /// How much of a text is looked at beyond its limit: a secret that begins within it ends within this.
  private static let margin = SecretLimits.valueLength

  /// The line cut to where masking still sees the end of every secret that begins within the limits.
  static func roughly(_ line: GuestLogLine) -> GuestLogLine {
    let extra = line.extra.sorted { $0.key < $1.key }.prefix(extra)
    return GuestLogLine(
      at: line.at, guild: line.guild, plugin: line.plugin, source: line.source, level: line.level,
      message: cut(line.message, message + margin),
      tags: line.tags.prefix(tags).map { cut($0, tag + margin) },
      extra: Dictionary(
        extra.map { (cut($0.key, extraName + margin), cut($0.value, extraValue + margin)) },
        uniquingKeysWith: { first, _ in first }), method: line.method.map { cut($0, tag) })
  }

  /// The line without secrets, as it is stored.
  static func finally(_ line: GuestLogLine, _ secrets: SecretMask.Snapshot) -> GuestLogLine {
    // What is as long as the SDK cuts to was cut by it, perhaps within a secret.
    func text(_ text: String, _ limit: Int) -> String {
      let isCut = text.unicodeScalars.count >= limit
      let masked = secrets.masked(text, isCut: isCut)
      // A server's text has no U+0000.
      return cut(masked, limit).replacing("\0", with: "\u{FFFD}")
    }
    return GuestLogLine(
      at: line.at, guild: line.guild, plugin: line.plugin, source: line.source, level: line.level,
      message: text(line.message, message), tags: line.tags.map { text($0, tag) },
      extra: Dictionary(
        line.extra.map { (text($0.key, extraName), text($0.value, extraValue)) },
        uniquingKeysWith: { first, _ in first }), method: line.method)
  }

  private static func cut(_ text: String, _ limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex) else {
      return text
    }
    return String(scalars[..<end])
  }
}
