// What each filter says about one message by itself.

import DiscordCore
import Patterns

/// Something that a rule saw, before exemptions and actions.
struct Finding {
  let match: RuleMatch
  let response: FilterResponse
}

extension CompiledRules {
  /// Everything that rules about one message see in it, in the order of the rules.
  func findings(in reading: Reading, _ guild: GuildFacts) -> [Finding] {
    var findings: [Finding] = []
    func add(
      _ kind: FilterKind, _ response: FilterResponse, _ sign: MatchSign, _ parameters: [String: String] = [:]
    ) {
      findings.append(Finding(match: RuleMatch(.filter(kind), sign, parameters), response: response))
    }
    if settings.mentions.isOn, let (sign, parameters) = mentions(reading) {
      add(.mentions, settings.mentions.response, sign, parameters)
    }
    if settings.scams.isOn, let (sign, parameters) = scam(reading) {
      add(.scams, settings.scams.response, sign, parameters)
    }
    if settings.links.isOn, let (sign, parameters) = link(reading, guild) {
      add(.links, settings.links.response, sign, parameters)
    }
    if settings.invites.isOn, let code = foreignInvite(reading, guild) {
      add(.invites, settings.invites.response, .invite, ["code": code])
    }
    if let percent = shouting(reading) {
      add(
        .capitals, settings.capitals.response, .capitals,
        ["count": "\(percent)", "limit": "\(settings.capitals.percent)"])
    }
    if settings.emoji.isOn, reading.emoji > settings.emoji.maximum {
      add(
        .emoji, settings.emoji.response, .emoji,
        ["count": "\(reading.emoji)", "limit": "\(settings.emoji.maximum)"])
    }
    if settings.walls.isOn, let (sign, parameters) = wall(reading.text.measures) {
      add(.walls, settings.walls.response, sign, parameters)
    }
    addListed(reading, &findings)
    if settings.attachments.isOn, let (sign, parameters) = file(reading.message) {
      add(.attachments, settings.attachments.response, sign, parameters)
    }
    if settings.hiddenText.isOn, let (sign, parameters) = hidden(reading.text.measures) {
      add(.hiddenText, settings.hiddenText.response, sign, parameters)
    }
    return findings
  }

  private typealias Sight = (MatchSign, [String: String])

  private func over(_ sign: MatchSign, _ count: Int, _ limit: Int) -> Sight? {
    count > limit ? (sign, ["count": "\(count)", "limit": "\(limit)"]) : nil
  }

  private func mentions(_ reading: Reading) -> Sight? {
    if let sight = over(.mentions, reading.mentions, settings.mentions.maximum) { return sight }
    return settings.mentions.catchesEveryone && reading.triesEveryone ? (.everyone, [:]) : nil
  }

  private func scam(_ reading: Reading) -> Sight? {
    guard !reading.links.isEmpty, let sign = scams.sign(of: reading.text, links: reading.links) else {
      return nil
    }
    switch sign {
    case .listed(let host): return (.listedScam, ["host": host])
    case .imitation(let host, let name): return (.imitation, ["host": host, "name": name])
    case .disguisedLink(let host): return (.disguisedLink, ["host": host])
    case .lure(let entry): return (.lure, ["found": entry])
    }
  }

  private func link(_ reading: Reading, _ guild: GuildFacts) -> Sight? {
    for link in reading.links {
      let lists = linkLists.lists(of: link.host)
      if lists.contains(.denied) { return (.deniedLink, ["host": link.host.text]) }
      guard settings.links.policy == .allButAllowed, link.hasScheme, !lists.contains(.allowed) else {
        continue
      }
      // An invite that may stand is no link that may not.
      let invites = InviteFinder.invites(in: [link])
      if !invites.isEmpty, invites.allSatisfy({ isAllowed($0, guild) }) { continue }
      return (.link, ["host": link.host.text])
    }
    return nil
  }

  private func isAllowed(_ invite: FoundInvite, _ guild: GuildFacts) -> Bool {
    allowedInvites.contains(invite.code)
      || settings.invites.allowsOwn && invite.isDirect && guild.ownInvites.contains(invite.code)
  }

  private func foreignInvite(_ reading: Reading, _ guild: GuildFacts) -> String? {
    reading.invites.first { !isAllowed($0, guild) }?.code
  }

  private func shouting(_ reading: Reading) -> Int? {
    let filter = settings.capitals
    guard filter.isOn, reading.letters >= filter.minimumLetters else { return nil }
    let percent = reading.capitals * 100 / max(reading.letters, 1)
    return percent > filter.percent || percent == 100 ? percent : nil
  }

  private func wall(_ measures: TextMeasures) -> Sight? {
    let filter = settings.walls
    return over(.lines, measures.lines, filter.maximumLines)
      ?? over(.characters, measures.characters, filter.maximumCharacters)
      ?? over(.repeats, measures.longestRun, filter.maximumRepeats)
  }

  private func hidden(_ measures: TextMeasures) -> Sight? {
    let filter = settings.hiddenText
    return over(.marks, measures.mostMarks, filter.maximumMarks)
      ?? over(.invisible, measures.invisible, filter.maximumInvisible)
  }

  private func file(_ message: MessageFacts) -> Sight? {
    for file in message.files {
      // Windows drops dots and spaces at the end, and so must we.
      let name = file.name.lowercased()
      let parts = name.split { $0 == "." || $0 == " " }
      guard parts.count > 1, let end = parts.last else {
        if !allowedEnds.isEmpty { return (.fileNotAllowed, ["name": file.name]) }
        continue
      }
      let isRefused = refusedEnds.contains { $0 == end || ($0.contains(".") && name.hasSuffix(".\($0)")) }
      if isRefused { return (.refusedFile, ["name": file.name]) }
      if !allowedEnds.isEmpty, !allowedEnds.contains(String(end)) {
        return (.fileNotAllowed, ["name": file.name])
      }
    }
    return over(.files, message.files.count + message.stickers, settings.attachments.maximumCount)
  }

  /// Words, patterns and domains: the filter of words, then the server's own rules.
  private func addListed(_ reading: Reading, _ findings: inout [Finding]) {
    var signs: [Int: Sight] = [:]
    for hit in words.hits(in: reading.text) {
      signs[hit.rule] = (hit.isDisguised ? .disguisedWord : .word, ["entry": hit.entry, "found": hit.found])
    }
    for number in patterns.matches(in: reading.text.cleaned.span) {
      for target in patternTargets[number] where signs[target.rule] == nil {
        signs[target.rule] = (.pattern, ["pattern": target.source])
      }
    }
    for link in reading.links {
      for rule in domains.lists(of: link.host) where signs[rule + 1] == nil {
        signs[rule + 1] = (.deniedLink, ["host": link.host.text])
      }
    }
    if let (sign, parameters) = signs[Self.wordFilterNumber] {
      findings.append(
        Finding(
          match: RuleMatch(.filter(.words), sign, parameters), response: settings.words.response))
    }
    guard !signs.isEmpty || hasConditionRules else { return }
    for rule in customRules {
      guard
        let (sign, parameters) = signs[rule.index + 1] ?? (rule.matchesAnything ? (.conditions, [:]) : nil),
        rule.applies(to: reading.message)
      else { continue }
      findings.append(
        Finding(match: RuleMatch(rule.name, sign, parameters), response: rule.rule.response))
    }
  }
}
