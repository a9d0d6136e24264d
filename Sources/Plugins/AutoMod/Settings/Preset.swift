// Three strictnesses to begin with.

/// How strict AutoMod is, in one word. A preset sets switches, thresholds and responses; lists, exemptions, rules of the
/// server's own and the notice stay as they are.
enum Preset: String, CaseIterable, Sendable {
  case strict, normal, lenient

  func apply(to settings: inout AutoModSettings) {
    let old = settings
    let normal = AutoModSettings()
    settings.spam = normal.spam
    settings.duplicates = normal.duplicates
    settings.raid = normal.raid
    settings.mentions = normal.mentions
    settings.capitals = normal.capitals
    settings.emoji = normal.emoji
    settings.walls = normal.walls
    settings.hiddenText = normal.hiddenText
    settings.heat = normal.heat
    (settings.scams.isOn, settings.scams.response) = (true, normal.scams.response)
    (settings.invites.isOn, settings.invites.response) = (true, normal.invites.response)
    (settings.attachments.isOn, settings.attachments.response) = (true, normal.attachments.response)
    (settings.words.isOn, settings.words.response) = (true, normal.words.response)
    (settings.links.isOn, settings.links.response) = (false, normal.links.response)
    switch self {
    case .normal: break
    case .strict:
      settings.spam.messages = 5
      settings.duplicates.messages = 3
      settings.raid.members = 4
      settings.mentions.maximum = 4
      settings.heat.limit = 70
      settings.capitals.isOn = true
      settings.emoji.isOn = true
      settings.walls.isOn = true
      settings.links.isOn = true
      settings.invites.response.actions = [.log, .delete, .timeout]
    case .lenient:
      settings.spam.messages = 10
      settings.spam.response = FilterResponse([.log, .delete])
      settings.duplicates.messages = 6
      settings.raid.members = 8
      settings.mentions.maximum = 12
      settings.mentions.response = FilterResponse([.log, .delete])
      settings.heat.limit = 160
      settings.invites.response = FilterResponse([.delete], tellsMember: true)
      settings.words.response = FilterResponse([.delete], tellsMember: true)
      settings.hiddenText.isOn = false
    }
    settings.keepExemptions(of: old)
  }
}

extension AutoModSettings {
  /// Takes over whom each filter leaves alone.
  fileprivate mutating func keepExemptions(of old: AutoModSettings) {
    func keep(_ response: WritableKeyPath<AutoModSettings, FilterResponse>) {
      self[keyPath: response].exemptRoles = old[keyPath: response].exemptRoles
      self[keyPath: response].exemptChannels = old[keyPath: response].exemptChannels
    }
    let responses: [WritableKeyPath<AutoModSettings, FilterResponse>] = [
      \.spam.response, \.duplicates.response, \.raid.response, \.mentions.response, \.scams.response,
      \.links.response, \.invites.response, \.capitals.response, \.emoji.response, \.walls.response,
      \.words.response, \.attachments.response, \.hiddenText.response, \.heat.response,
    ]
    for response in responses { keep(response) }
  }
}
