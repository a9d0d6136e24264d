// Messages and settings for the tests of AutoMod.

import AutoModPlugin
import DiscordCore
import EventLoop

/// The instant at which tests begin.
let start = Timestamp(milliseconds: 1_800_000_000_000)

/// A message of a member of long standing.
func message(
  _ content: String, id: UInt64 = 1, by author: UInt64 = 7, in channel: UInt64 = 100, at seconds: Double = 0,
  _ change: (inout MessageFacts) -> Void = { _ in }
) -> MessageFacts {
  var facts = MessageFacts(
    id: MessageID(id), author: UserID(author), channel: ChannelID(channel), content: content,
    sentAt: start + .milliseconds(Int64(seconds * 1_000)))
  change(&facts)
  return facts
}

/// Settings with everything off, and what a test switches on.
func settings(_ change: (inout AutoModSettings) -> Void = { _ in }) -> AutoModSettings {
  var settings = AutoModSettings()
  settings.spam.isOn = false
  settings.duplicates.isOn = false
  settings.raid.isOn = false
  settings.mentions.isOn = false
  settings.scams.isOn = false
  settings.invites.isOn = false
  settings.words.isOn = false
  settings.attachments.isOn = false
  settings.hiddenText.isOn = false
  settings.heat.isOn = false
  change(&settings)
  return settings
}

/// What the rules say about one message by itself.
func verdict(
  _ message: MessageFacts, _ settings: AutoModSettings, in guild: GuildFacts = GuildFacts()
) throws -> Verdict {
  var state = AutoModState()
  return try CompiledRules(settings).decide(message, in: guild, state: &state)
}

extension Verdict {
  /// The rules that matched, by name.
  var names: [String] { matches.map { "\($0.rule)" } }
  /// What they saw.
  var signs: [MatchSign] { matches.map(\.sign) }
}
