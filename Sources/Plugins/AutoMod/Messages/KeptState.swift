// What AutoMod keeps in memory of a server: counts, compiled rules, own invites, who was held a moment ago.

import DiscordCore
import DiscordModels
import EventLoop
import Patterns
import PlatformConfiguration
import PlatformPlugins
import Synchronization

/// One server's memory. All of it can be lost: raids under way are in the store, orders too.
final class KeptState: Sendable {
  private struct State {
    var counts = AutoModState()
    var rules: (revision: Int64, list: Int, result: Result<CompiledRules, PatternError>)?
    var outbursts = Outbursts()
    var areRaidsKnown = false
    var bells: [Desk: Timestamp] = [:]
    var inLane: (since: Timestamp, sanctions: Int)?
    var prompt: (since: Timestamp, count: Int)?
    var invites: (codes: Set<String>, readAt: Timestamp)?
    var nativeRules: [AutoModerationRule]?
  }

  private let state = Mutex(State())

  /// The server's rules, compiled once for each revision of its settings and of the operator's list.
  func rules(
    _ settings: @autoclosure () -> AutoModSettings, revision: Int64, list: (number: Int, list: ScamList)
  ) -> Result<CompiledRules, PatternError> {
    let known = state.withLock { $0.rules }
    if let known, known.revision == revision, known.list == list.number { return known.result }
    let result = Result { () throws(PatternError) in try CompiledRules(settings(), scams: list.list) }
    state.withLock { $0.rules = (revision, list.number, result) }
    return result
  }

  /// Runs `body` on the counts.
  func counting<Value: Sendable>(_ body: (inout AutoModState) -> sending Value) -> sending Value {
    state.withLock { body(&$0.counts) }
  }

  /// Takes what nobody needs out of a verdict's sentences.
  func settle(_ sentences: [Sentence], at now: Timestamp) -> [Sentence] {
    state.withLock { $0.outbursts.settle(sentences, at: now) }
  }

  // MARK: Raids

  var areRaidsKnown: Bool { state.withLock { $0.areRaidsKnown } }

  func restore(_ raids: [RaidHold]) {
    state.withLock { state in
      guard !state.areRaidsKnown else { return }
      state.areRaidsKnown = true
      for raid in raids { state.counts.restore(raid) }
    }
  }

  // MARK: The bells of the order desks

  /// Whether a timer must be set; none when an earlier one is on its way. Another process may have answered one whose time
  /// has come.
  func wantsBell(of desk: Desk, at due: Timestamp, now: Timestamp) -> Bool {
    state.withLock { state in
      if let bell = state.bells[desk], bell <= due, bell > now { return false }
      state.bells[desk] = due
      return true
    }
  }

  func bellRang(of desk: Desk) { state.withLock { $0.bells[desk] = nil } }

  /// Of so many sanctions, how many the lane may do itself, and wait for: as many in ten seconds as Discord lets through
  /// without a wait, with some left for people.
  func sanctionsInLane(of count: Int, at now: Timestamp) -> Int {
    state.withLock { state in
      var window = (since: now, sanctions: 0)
      if let last = state.inLane, now < last.since + .seconds(10) { window = last }
      let granted = min(count, max(0, Desk.sanctions.batch - window.sanctions))
      state.inLane = (window.since, window.sanctions + granted)
      return granted
    }
  }

  /// Whether more was done at once within this second than Discord takes one by one; counts this time too.
  func isCrowded(at now: Timestamp) -> Bool {
    state.withLock { state in
      if let prompt = state.prompt, now < prompt.since + .seconds(1) {
        state.prompt = (prompt.since, prompt.count + 1)
        return prompt.count >= 3
      }
      state.prompt = (now, 1)
      return false
    }
  }

  // MARK: Invites and Discord's rules

  var invites: (codes: Set<String>, readAt: Timestamp)? { state.withLock { $0.invites } }
  func setInvites(_ codes: Set<String>, at now: Timestamp) { state.withLock { $0.invites = (codes, now) } }
  func changeInvites(_ change: (inout Set<String>) -> Void) {
    state.withLock { state in
      guard var invites = state.invites else { return }
      change(&invites.codes)
      state.invites = invites
    }
  }

  /// Discord's rules of the server as they were read last.
  var nativeRules: [AutoModerationRule]? {
    get { state.withLock { $0.nativeRules } }
    set { state.withLock { $0.nativeRules = newValue } }
  }
}

/// One punishment for one outburst: whoever was contained a moment ago is not contained again for what they had sent
/// before it took hold.
struct Outbursts: Sendable {
  /// How long messages may be on their way.
  static let grace = Duration.seconds(10)
  private static let capacity = 2_000
  private var contained: [UserID: (containment: Containment, at: Timestamp)] = [:]

  /// The sentences that remain. A stronger containment than the last one does.
  mutating func settle(_ sentences: [Sentence], at now: Timestamp) -> [Sentence] {
    if contained.count > Self.capacity { contained = contained.filter { $0.value.at + Self.grace > now } }
    if contained.count > Self.capacity { contained = [:] }
    return sentences.filter { sentence in
      if let last = contained[sentence.member], now < last.at + Self.grace,
        sentence.containment <= last.containment
      {
        return false
      }
      if sentence.containment > .none { contained[sentence.member] = (sentence.containment, now) }
      return true
    }
  }
}

extension PluginContext where P == AutoMod {
  /// What is kept in memory of the server.
  var kept: KeptState { memory { KeptState() } }
  /// The instant, where a handler has been at it for a while.
  var time: Timestamp { core.host.time.now }

  /// The server's rules, compiled.
  ///
  /// - Throws: `PatternError`.
  func rules() throws -> CompiledRules {
    try kept.rules(
      settings, revision: core.configuration.revision(of: AutoMod.id), list: OperatorScamList.shared.current
    ).get()
  }

  /// The same moment in the name of another cause, so that what is done once is done once for that.
  func keyed(by cause: String, about member: UserID? = nil) -> PluginContext {
    PluginContext(
      ContextCore(
        plugin: core.plugin, guild: core.guild, configuration: core.configuration,
        preferences: core.preferences, bot: core.bot, host: core.host, causeKey: cause, now: time,
        subject: core.subject.merging(WhySubject(member: member))))
  }
}
