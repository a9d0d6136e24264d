// The button under the rules: a panel, sometimes a form, then roles.

import PlatformSettings
import Resources
import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import PlatformPlugins
import PlatformText

/// Publishes the rules and takes their acceptance.
enum Acceptance {
  static let acceptRoute = "accept"
  static let confirmRoute = "confirm"
  private static let phraseInput = "phrase"

  /// The message with the rules and the button.
  static func panel(_ context: WelcomeContext) async throws -> MessageCreate {
    let settings = context.settings.rules
    let values = TemplateValues(nil, in: context.server, strings: context.strings)
    func text(_ own: String, _ key: String) -> String { own.isEmpty ? context.strings[dynamic: key] : own }
    let embed = Embed(
      title: values.plain.fill(text(settings.title, "rules.title"), atMost: 256),
      description: values.fill(text(settings.text, "rules.text"), atMost: 4_096),
      color: Int(settings.color.rgb))
    let button = Component.button(
      text(settings.button, "rules.button"), id: try await context.componentID(acceptRoute), style: .success)
    return MessageCreate().embed(embed).components(.row(button))
  }

  /// Somebody pressed the button.
  static func pressed(_ call: ComponentCall<Welcome>) async throws {
    guard let phrase = call.settings.rules.phrase else { return try await accept(call, call.person.user) }
    let strings = call.strings
    try await call.open(
      Modal(
        strings["rules.form"], id: try await call.context.componentID(confirmRoute),
        [
          .text(strings("rules.form.text", ["phrase": Markdown.escaped(phrase)])),
          .label(
            strings["rules.form.label"],
            .line(id: phraseInput, length: 1...200, isRequired: true)),
        ]))
  }

  /// Somebody sent the form.
  static func confirmed(_ call: ModalCall<Welcome>) async throws {
    if let phrase = call.settings.rules.phrase {
      guard let typed = call[phraseInput], isSame(typed, phrase) else {
        throw Refusal("refused.phrase", ["phrase": Markdown.escaped(phrase)])
      }
    }
    try await accept(call, call.person.user)
  }

  /// Case and spaces do not matter.
  static func isSame(_ typed: String, _ phrase: String) -> Bool {
    func folded(_ text: String) -> [String] {
      text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
    }
    return folded(typed) == folded(phrase)
  }

  private static func accept(_ call: some PersonCall, _ user: UserID) async throws {
    let context = WelcomeContext(call.context.core)
    let wishes = RolePlan.onAccepting(user, context.settings, at: context.now)
    guard !wishes.isEmpty else {
      context.why(.acted, "accepted", about: WhySubject(member: user))
      return _ = try await call.reply("rules.accepted")
    }
    let rows = context.rows
    _ = try await context.effects.once("accept") { session in try await rows.wish(wishes, for: user, session)
    }
    let outcome = try await RoleDesk.settle(user, context)
    if outcome.next != nil { try await RoleDesk.wake(user, context) }
    guard outcome.isMember else { throw Refusal("refused.gone") }
    context.why(.acted, "accepted", about: WhySubject(member: user))
    if let refusal = outcome.refusal, outcome.given.isEmpty, outcome.taken.isEmpty { throw refusal }
    let isNews = !outcome.given.isEmpty || !outcome.taken.isEmpty || outcome.next != nil
    try await call.reply(isNews ? "rules.accepted" : "rules.already")
  }
}
