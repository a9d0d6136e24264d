// Commands that change settings: exemptions, banned words, strictness.

import DiscordCore
import DiscordModels
import PlatformConfiguration
import PlatformPlugins
import PlatformSettings
import Resources

enum ChangingCommands {
  typealias Call = CommandCall<AutoMod>

  static func exempt(_ call: Call, isAdding: Bool) async throws {
    let (role, channel) = (call[Commands.role], call[Commands.channel])
    guard role != nil || channel != nil else { throw Refusal("exempt.nothing") }
    try await change(call) { settings in
      if let role { settings.exemptRoles.set(role, isIn: isAdding) }
      if let channel { settings.exemptChannels.set(channel, isIn: isAdding) }
    }
    let what = [role.map { "<@&\($0)>" }, channel.map { "<#\($0)>" }].compactMap { $0 }
    try await call.reply(isAdding ? "exempt.added" : "exempt.removed", ["what": what.joined(separator: ", ")])
  }

  static func words(_ call: Call, isAdding: Bool) async throws {
    let words = call[Commands.words].split(whereSeparator: { $0 == "," || $0.isNewline })
      .map { $0.trimmingSpaces().lowercased() }.filter { !$0.isEmpty }
    let known = Set(call.settings.words.words)
    let count = words.count { known.contains($0) != isAdding }
    try await change(call) { settings in
      for word in words { settings.words.words.set(word, isIn: isAdding) }
      // Whoever adds a word wants it looked for.
      if isAdding { settings.words.isOn = true }
    }
    try await call.reply(isAdding ? "words.added" : "words.removed", ["count": "\(count)"])
  }

  @Sendable static func listWords(_ call: Call) async throws {
    let words = call.settings.words.words
    guard !words.isEmpty else {
      try await call.reply("words.none")
      return
    }
    var shown = ""
    var count = 0
    for word in words {
      let entry = (shown.isEmpty ? "" : ", ") + Markdown.code(word)
      guard shown.count + entry.count <= 1_600 else { break }
      shown += entry
      count += 1
    }
    let rest = words.count - count
    let more = rest > 0 ? "\n" + call.strings("words.more", ["count": "\(rest)"]) : ""
    try await call.reply(
      MessageCreate("\(call.strings("words.list", ["count": "\(words.count)"]))\n||\(shown)||\(more)")
        .ephemeral())
  }

  @Sendable static func preset(_ call: Call) async throws {
    let preset = call[Commands.strictness]
    try await change(call) { preset.apply(to: &$0) }
    try await call.reply("preset.\(preset.rawValue)")
  }

  /// Changes settings in the caller's name, then has Discord's rules follow.
  private static func change(
    _ call: Call, _ body: @escaping @Sendable (inout AutoModSettings) -> Void
  ) async throws {
    do {
      try await call.context.change(by: call.person.user, body)
    } catch ConfigurationError.invalid(let problems) {
      let sentences = problems.problems.prefix(5).map { problem -> String in
        guard problem.kind == .rule, let key = problem.parameters["rule"] else {
          return call.strings("problem.other", ["path": problem.path.description])
        }
        return call.strings(dynamic: key, problem.parameters)
      }
      throw Refusal("settings.refused", ["problems": sentences.joined(separator: "\n")])
    }
    try await NativeSync.request(call.context)
  }
}

extension Array where Element: Equatable {
  /// Puts an element in, at the end, or takes it out.
  fileprivate mutating func set(_ element: Element, isIn: Bool) {
    if !isIn {
      removeAll { $0 == element }
    } else if !contains(element) {
      append(element)
    }
  }
}
