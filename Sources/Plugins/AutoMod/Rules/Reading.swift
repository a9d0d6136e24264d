// A message as the rules look at it: text, links, invites and counts, made out once.

import DiscordCore
import Patterns

/// What all rules need of one message.
struct Reading {
  let message: MessageFacts
  let text: ScannedText
  let links: [FoundLink]
  let invites: [FoundInvite]
  /// Different users and roles.
  let mentions: Int
  /// `@everyone` or `@here` by somebody who may not.
  let triesEveryone: Bool
  /// Emoji of Unicode and of servers, and stickers.
  let emoji: Int
  /// Letters with a case, and capitals, without the names of emoji.
  let letters: Int
  let capitals: Int
  /// Told apart by the files where there is no text.
  let fingerprint: Int
  let substance: Int

  init(_ message: MessageFacts) {
    self.message = message
    text = ScannedText(message.content)
    let references = TextReferences(in: text.cleaned)
    links = LinkFinder.links(in: text.cleaned)
    invites = InviteFinder.invites(in: links) + SpacedInvite.invites(in: text.cleaned)
    mentions =
      max(references.users.count, message.mentionedUsers)
      + max(references.roles.count, message.mentionedRoles)
    triesEveryone = references.hasEveryone && !message.mentionsEveryone
    emoji = text.measures.unicodeEmoji + references.customEmoji + message.stickers
    letters = max(0, text.measures.letters - references.emojiLetters)
    capitals = max(0, text.measures.capitals - references.emojiCapitals)
    if message.files.isEmpty {
      (fingerprint, substance) = (text.fingerprint, text.substance)
    } else {
      var hasher = TextFingerprint(continuing: text.fingerprint)
      for file in message.files { hasher.combine("\(file.name)|\(file.contentType ?? "")|\(file.size)|") }
      // A file is as telling as a sentence.
      (fingerprint, substance) = (hasher.value, text.substance + 100)
    }
  }

  var reference: MessageReference { MessageReference(channel: message.channel, message: message.id) }
}

/// Invites with spaces, words or other marks where dot and slash belong.
enum SpacedInvite {
  private static let pattern: Pattern = {
    do {
      return try Pattern(
        "d[i1l]sc[o0]rd[ \\t]*(?:\\.|,|\\(?dot\\)?|\\[dot\\]|\\(\\.\\))[ \\t]*gg[ \\t]*[/\\\\][ \\t/\\\\]*[a-z0-9-]{2,}"
      )
    } catch { preconditionFailure("a pattern of ours is wrong: \(error)") }
  }()

  static func invites(in text: [UInt8]) -> [FoundInvite] {
    guard let range = pattern.firstRange(in: text.span) else { return [] }
    let match = text[range]
    // Written as it should be, it was found among the links.
    guard
      !match.contains(UInt8(ascii: ".")) || match.contains(UInt8(ascii: " "))
        || match.contains(UInt8(ascii: "("))
    else { return [] }
    let code = match.reversed().prefix {
      ($0 | 0x20) &- UInt8(ascii: "a") < 26 || $0 &- UInt8(ascii: "0") < 10 || $0 == UInt8(ascii: "-")
    }
    return [
      FoundInvite(code: String(decoding: code.reversed(), as: UTF8.self), host: "discord.gg", isDirect: true)
    ]
  }
}
