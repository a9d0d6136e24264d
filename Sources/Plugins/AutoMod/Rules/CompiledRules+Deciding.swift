// The decision about a message: content, counts over time, heat, exemptions, and what follows.

package import DiscordCore
package import EventLoop

extension CompiledRules {
  /// Decides about a message.
  ///
  /// Time is the message's own (`sentAt`), so that messages delivered late, after a reconnection, are no flood. A message
  /// that was decided upon before (the same id, as after a replay) counts in no window again, so that a threshold is
  /// crossed once; what it says by itself is said again. Costs some tens of microseconds.
  package func decide(_ message: MessageFacts, in guild: GuildFacts, state: inout AutoModState) -> Verdict {
    var verdict = Verdict()
    if message.isEdit, !settings.checksEdits { return verdict }
    if let reason = exemption(from: message) {
      verdict.exemptions.append(Exemption(rule: nil, reason: reason))
      return verdict
    }
    let reading = Reading(message)
    // nil when the message was counted before.
    var matchHeat: Int? = message.isEdit ? 0 : count(reading, &state, &verdict)
    for finding in findings(in: reading, guild) {
      if let reason = exemption(of: message, from: finding.match.rule) {
        verdict.exemptions.append(Exemption(rule: finding.match.rule, reason: reason))
        continue
      }
      matchHeat = matchHeat.map { finding.response.isDryRun ? $0 : $0 + finding.response.heat }
      verdict.add(finding.match, finding.response, message.author, removing: [reading.reference])
    }
    if settings.heat.isOn, let matchHeat { warm(reading, matchHeat, &state, &verdict) }
    return verdict
  }

  // MARK: Counting

  /// Asks the filters that count; the heat of those that matched, nil when the message was counted before.
  private func count(_ reading: Reading, _ state: inout AutoModState, _ verdict: inout Verdict) -> Int? {
    let message = reading.message
    let now = message.sentAt
    state.sweepIfDue(settings, at: now)
    let sighting = Sighting(
      reference: reading.reference, at: now, fingerprint: reading.fingerprint, substance: reading.substance)
    let (isNew, flood, copies) = state.withMember(message.author, at: now) {
      window -> (Bool, Burst?, Burst?) in
      guard window.note(sighting) else { return (false, nil, nil) }
      let flood = counts(.spam, settings.spam, message) ? window.flood(settings.spam, at: now) : nil
      let copies =
        counts(.duplicates, settings.duplicates, message)
        ? window.copies(settings.duplicates, at: now) : nil
      return (true, flood, copies)
    }
    guard isNew else { return nil }
    var heat = 0
    if let flood {
      heat += add(flood, .spam, .flood, settings.spam.response, settings.spam.window, message, &verdict)
    }
    if let copies {
      heat += add(
        copies, .duplicates, .copies, settings.duplicates.response, settings.duplicates.window, message,
        &verdict)
    }
    if reading.substance >= settings.raid.minimumLength, counts(.raid, settings.raid, message),
      let raid = state.noteText(
        reading.fingerprint, message.author, reading.reference, settings.raid, at: now)
    {
      let match = RuleMatch(
        .filter(.raid), raid.isMore ? .more : .raid,
        ["count": "\(raid.members.count)", "window": "\(settings.raid.window.components.seconds)"])
      verdict.add(
        match, settings.raid.response, message.author, removing: raid.messages,
        and: raid.members.filter { $0 != message.author }, isMore: raid.isMore)
      if !raid.isMore, !settings.raid.response.isDryRun, let until = state.hold(of: reading.fingerprint) {
        verdict.raid = RaidHold(fingerprint: reading.fingerprint, until: until, members: raid.members)
      }
      heat += raid.isMore || settings.raid.response.isDryRun ? 0 : settings.raid.response.heat
    }
    return heat
  }

  /// Whether a filter that counts looks at the message. What is exempt is not counted, and whether it would have matched
  /// cannot be known: no exemption is noted.
  private func counts(_ kind: FilterKind, _ filter: some FilterSettings, _ message: MessageFacts) -> Bool {
    filter.isOn && exemption(of: message, from: .filter(kind)) == nil
  }

  private func add(
    _ burst: Burst, _ kind: FilterKind, _ sign: MatchSign, _ response: FilterResponse, _ window: Duration,
    _ message: MessageFacts, _ verdict: inout Verdict
  ) -> Int {
    let parameters = ["count": "\(burst.count)", "window": "\(window.components.seconds)"]
    verdict.add(
      RuleMatch(.filter(kind), burst.isMore ? .more : sign, parameters), response, message.author,
      removing: burst.messages, isMore: burst.isMore)
    return burst.isMore || response.isDryRun ? 0 : response.heat
  }

  /// What follows when Discord has blocked a message and its rule adds heat.
  package func warm(_ member: UserID, by heat: Int, at now: Timestamp, state: inout AutoModState) -> Verdict {
    var verdict = Verdict()
    guard settings.heat.isOn, heat > 0 else { return verdict }
    let (value, burst) = state.withMember(member, at: now) { $0.warm(heat, settings.heat, at: now) }
    verdict.heat = value
    if let burst {
      verdict.add(
        RuleMatch(.filter(.heat), .heat, ["count": "\(burst.count)", "limit": "\(settings.heat.limit)"]),
        settings.heat.response, member, removing: burst.messages)
    }
    return verdict
  }

  /// What a message of somebody exempt would have met by itself: for the record alone.
  package func wouldMatch(_ message: MessageFacts, in guild: GuildFacts) -> RuleMatch? {
    findings(in: Reading(message), guild).first?.match
  }

  // MARK: Heat

  /// What a message adds by what it is, without its matches.
  func ownHeat(_ reading: Reading, isRepetition: Bool) -> Int {
    let weights = settings.heat
    var heat = weights.message
    heat += weights.mention * reading.mentions
    heat += weights.link * reading.links.count(where: \.hasScheme)
    heat += weights.attachment * (reading.message.files.count)
    heat += weights.emoji * reading.emoji
    heat += weights.line * max(0, reading.text.measures.lines - 3)
    if reading.letters >= settings.capitals.minimumLetters, reading.capitals * 10 >= reading.letters * 7 {
      heat += weights.capitals
    }
    return heat + (isRepetition ? weights.repetition : 0)
  }

  private func warm(
    _ reading: Reading, _ matchHeat: Int, _ state: inout AutoModState, _ verdict: inout Verdict
  ) {
    let message = reading.message
    let isExempt = exemption(of: message, from: .filter(.heat)) != nil
    guard !isExempt else { return }
    let now = message.sentAt
    let (heat, burst) = state.withMember(message.author, at: now) { window in
      // An edit says nothing new of the member but what it matched.
      let own = message.isEdit ? 0 : ownHeat(reading, isRepetition: window.repeatsItself(at: now))
      return window.warm(own + matchHeat, settings.heat, at: now)
    }
    verdict.heat = heat
    guard let burst else { return }
    let match = RuleMatch(
      .filter(.heat), .heat, ["count": "\(burst.count)", "limit": "\(settings.heat.limit)"])
    verdict.add(match, settings.heat.response, message.author, removing: burst.messages)
  }
}
