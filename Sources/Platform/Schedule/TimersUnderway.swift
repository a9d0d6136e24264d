// The timers whose handlers are at work in one runner, and what came of those that are done but not written yet.

import EventLoop
import Storage
import Synchronization

/// Keeps a runner's handlers apart: of one name one is at work, and of one guild not all.
///
/// Its methods are not inlined: in an optimised async function the compiler takes the address of the thread's own number,
/// with which a `Mutex` is locked, before an `await` after which the function may be on another thread.
final class TimersUnderway: Sendable {
  typealias Ended = (name: TimerName, claim: String, settlement: ScheduleStore.Settlement)

  private struct Work {
    let due: Timestamp
    var attempt: Int
    /// The claim that its settlement will end.
    var claim: String
    /// The claim of the same timer as it was set anew meanwhile: it waits for its turn.
    var next: String?
  }

  private struct State {
    var work: [TimerName: Work] = [:]
    var guilds: [Tenant: Int] = [:]
    var ended: [Ended] = []
    var isWriting = false
    /// Whether there is more to claim once `ended` is written.
    var looksAgain = false
  }

  private let limits: ScheduleLimits
  private let state = Mutex(State())

  init(_ limits: ScheduleLimits) { self.limits = limits }

  /// How many timers may be claimed now, and of which guilds none.
  var room: (count: Int, outside: [Tenant]) {
    state.withLock { state in
      let full = state.guilds.lazy.filter { $0.value >= self.limits.guildShare }.map(\.key)
      return (min(limits.batch, limits.concurrency - state.work.count), full.sorted { $0.id < $1.id })
    }
  }

  /// Notes timers that were claimed, and returns those whose handlers shall be called.
  ///
  /// One whose handler is at work still is not called beside it. When it is the same firing, whose claim ran out, the
  /// claim is the new one from now on; when it was set anew it is handed back once the handler is done.
  @inline(never)
  func begin(_ firings: [TimerFiring], claim: String) -> [TimerFiring] {
    state.withLock { state in
      firings.filter { firing in
        guard let work = state.work[firing.name] else {
          state.work[firing.name] = Work(due: firing.due, attempt: firing.attempt, claim: claim)
          if let guild = firing.name.guild { state.guilds[guild, default: 0] += 1 }
          return true
        }
        if work.due == firing.due, work.attempt + 1 == firing.attempt {
          state.work[firing.name]?.claim = claim
          state.work[firing.name]?.attempt = firing.attempt
        } else {
          state.work[firing.name]?.next = claim
        }
        return false
      }
    }
  }

  /// Notes what came of a timer whose handler is done.
  ///
  /// - Returns: whether the caller is to write it down, with `takeEnded` until that is nil; else somebody does already.
  @inline(never)
  func finish(_ name: TimerName, _ settlement: ScheduleStore.Settlement) -> Bool {
    state.withLock { state in
      guard let work = state.work.removeValue(forKey: name) else { return false }
      // Who looked while there was no room must look again.
      if state.work.count + 1 >= limits.concurrency { state.looksAgain = true }
      if let guild = name.guild, let count = state.guilds[guild] {
        state.guilds[guild] = count > 1 ? count - 1 : nil
        if count >= limits.guildShare { state.looksAgain = true }
      }
      state.ended.append((name, work.claim, settlement))
      if let next = work.next { state.ended.append((name, next, .handBack)) }
      switch settlement {
      case .remove, .giveUp: if work.next != nil { state.looksAgain = true }
      case .moveTo, .retry, .handBack: state.looksAgain = true
      }
      defer { state.isWriting = true }
      return !state.isWriting
    }
  }

  /// What is to be written down, and whether there is more to claim afterwards; nil when nothing is left, and whoever
  /// wrote is done.
  @inline(never)
  func takeEnded() -> (ended: [Ended], looksAgain: Bool)? {
    state.withLock { state in
      guard !state.ended.isEmpty else {
        state.isWriting = false
        return nil
      }
      defer { (state.ended, state.looksAgain) = ([], false) }
      return (state.ended, state.looksAgain)
    }
  }
}
