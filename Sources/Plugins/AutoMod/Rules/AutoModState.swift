// What AutoMod remembers of a server: its members' last messages and heat, and the texts of late.

package import DiscordCore
package import EventLoop

/// The memory behind the filters that count, of one server, within fixed bounds.
///
/// At most `maximumMembers` are remembered, each with the last 32 messages (ids, times and fingerprints; no text), and at
/// most `maximumTexts` texts, each with the last 256 sightings and all together with `maximumSightings`. When one is
/// full, the quarter that was seen longest ago is forgotten. That is about 5 MB at the very most; a quiet server has
/// none of it, since everything idle goes.
package struct AutoModState: Sendable {
  /// Members, texts and sightings of texts that are remembered at most.
  package static let maximumMembers = 2_000
  package static let maximumTexts = 1_000
  package static let maximumSightings = 16_384

  private var members: [UserID: MemberWindow] = [:]
  private var texts: [Int: ContentWindow] = [:]
  private var sightings = 0
  private var sweptAt: Timestamp?

  package init() {}

  /// Whether nothing is remembered: the state can be dropped.
  package var isEmpty: Bool { members.isEmpty && texts.isEmpty }

  /// Who and how much is remembered, for tests and metrics.
  package var memberCount: Int { members.count }
  package var textCount: Int { texts.count }

  /// Forgets what no window of these settings reaches any more. Decisions do it by themselves every half minute of
  /// messages; call it for a server that has fallen silent.
  package mutating func sweep(_ settings: AutoModSettings, at now: Timestamp) {
    sweptAt = now
    let longest = settings.longestMemory
    for (member, window) in members where window.isIdle(at: now, longest: longest) { members[member] = nil }
    for (text, window) in texts where window.isIdle(at: now, window: settings.raid.window) {
      sightings -= window.count
      texts[text] = nil
    }
  }

  mutating func sweepIfDue(_ settings: AutoModSettings, at now: Timestamp) {
    guard let sweptAt else { return self.sweptAt = now }
    if now - sweptAt >= .seconds(30) { sweep(settings, at: now) }
  }

  /// The window of a member, made when there is none.
  mutating func withMember<Result>(
    _ member: UserID, at now: Timestamp, _ body: (inout MemberWindow) -> Result
  ) -> Result {
    if members[member] == nil, members.count >= Self.maximumMembers { forgetMembers() }
    return body(&members[member, default: MemberWindow(at: now)])
  }

  /// Notes who sent a text.
  mutating func noteText(
    _ fingerprint: Int, _ author: UserID, _ reference: MessageReference, _ filter: RaidFilter,
    at now: Timestamp
  ) -> ContentWindow.Raid? {
    if texts[fingerprint] == nil, texts.count >= Self.maximumTexts || sightings >= Self.maximumSightings {
      forgetTexts()
    }
    var window = texts[fingerprint] ?? ContentWindow(at: now)
    sightings -= window.count
    // Taken out while it changes, so that its memory is not copied.
    texts[fingerprint] = nil
    let raid = window.note(author, reference, filter, at: now)
    sightings += window.count
    texts[fingerprint] = window
    return raid
  }

  /// Until when a text is forbidden.
  func hold(of fingerprint: Int) -> Timestamp? { texts[fingerprint]?.hold }

  /// Takes up a raid that a process before this one recognised: its text stays forbidden, and whoever was sentenced is
  /// not sentenced again.
  package mutating func restore(_ hold: RaidHold) {
    if texts[hold.fingerprint] == nil, texts.count >= Self.maximumTexts { forgetTexts() }
    for member in hold.members {
      texts[hold.fingerprint, default: ContentWindow(at: hold.until)].restore(member, until: hold.until)
    }
  }

  /// A member's heat at that moment.
  package func heat(of member: UserID, _ settings: HeatSettings, at now: Timestamp) -> Double {
    members[member]?.currentHeat(settings, at: now) ?? 0
  }

  private mutating func forgetMembers() {
    for (member, _) in members.sorted(by: { $0.value.lastSeen < $1.value.lastSeen }).prefix(members.count / 4)
    {
      members[member] = nil
    }
  }

  private mutating func forgetTexts() {
    for (text, window) in texts.sorted(by: { $0.value.lastSeen < $1.value.lastSeen }).prefix(
      max(1, texts.count / 4))
    {
      sightings -= window.count
      texts[text] = nil
    }
  }
}

extension AutoModSettings {
  /// How long a member's last message can matter: the longest window, and until any heat is gone.
  var longestMemory: Duration {
    let cooling = Duration.seconds(Double(heat.limit) * 2 / max(heat.decayPerSecond, 0.01))
    return max(
      spam.window, duplicates.window, .seconds(30), min(max(cooling, heat.coolDown), .seconds(3_600)))
  }
}

/// A raid's text, and who was sentenced for it: what must outlive the process.
package struct RaidHold: Hashable, Sendable {
  package let fingerprint: Int
  package let until: Timestamp
  package let members: [UserID]

  package init(fingerprint: Int, until: Timestamp, members: [UserID]) {
    (self.fingerprint, self.until, self.members) = (fingerprint, until, members)
  }
}
