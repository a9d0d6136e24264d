// The notice board: takes what rooms report, keeps it, and sends it on where somebody wants it.

package import EventLoop
package import Storage
import Synchronization
import Telemetry

/// Notices to operators and to those who look after a guild.
///
///     notices.report(NoticeDraft(.problem, from: "welcome", key: "card", sentence), to: .guild(guild))
///
/// A report costs a lock and waits for nothing; `run` writes. The same notice within `window` counts up and does not
/// come again. What could not be written is kept and tried again; what could not be delivered is in the list all the
/// same. Calls that read or change throw what `Store` throws.
package final class Notices: Sendable {
  /// Sends a notice on, to a channel or a person.
  ///
  /// - Throws: when it did not get there: it is tried again, at most `deliveryAttempts` times.
  package typealias Deliver = @Sendable (Notice, NoticeAudience) async throws -> Void

  /// Within which time the same notice is not a new one.
  package static let window = Duration.seconds(86_400)
  package static let deliveryAttempts = 4
  private static let firstPause = Duration.seconds(10)
  /// Reports that wait to be written, and notices that wait to be delivered; beyond it the oldest reports are left out
  /// and counted, and deliveries given up.
  private static let bound = 10_000

  private struct Waiting: Sendable {
    let audience: NoticeAudience
    let number: Int64
    var attempt: Int
    var notBefore: Duration
  }

  private struct State {
    var digest = NoticeDigest()
    var fresh: [NoticeDigest.Entry] = []
    var waiting: [Waiting] = []
    var leftOut = 0
  }

  private let storage: Storage
  private let time: any TimeSource
  private let wantsDelivery: @Sendable (NoticeDraft, NoticeAudience) async -> Bool
  private let deliver: Deliver
  private let changed: @Sendable (NoticeAudience) -> Void
  private let state = Mutex(State())
  private let bell = Doorbell()
  private let log = Log(room: "notices")
  private static let pause = Duration.seconds(5)

  /// - Parameters:
  ///   - storage: where they are kept; declare `NoticeSchema.platform` and `NoticeSchema.guild`.
  ///   - time: dates notices, and paces writing and delivering.
  ///   - wantsDelivery: whether the audience has a channel or person for such a notice.
  ///   - deliver: sends it there. Not called for one that only counted up.
  ///   - changed: is told whose notices are other than they were.
  package init(
    storage: Storage, time: any TimeSource = SystemTime(),
    wantsDelivery: @escaping @Sendable (NoticeDraft, NoticeAudience) async -> Bool = { _, _ in false },
    deliver: @escaping Deliver = { _, _ in },
    changed: @escaping @Sendable (NoticeAudience) -> Void = { _ in }
  ) {
    (self.storage, self.time, self.changed) = (storage, time, changed)
    (self.wantsDelivery, self.deliver) = (wantsDelivery, deliver)
  }

  // MARK: Reporting

  /// Reports something. From anywhere, any number of times.
  package func report(_ draft: NoticeDraft, to audience: NoticeAudience) {
    state.withLock { state in
      guard let entry = state.digest.add(draft, for: audience, at: time.now, uptime: time.uptime) else {
        return
      }
      state.fresh.append(entry)
      guard state.fresh.count > Self.bound else { return }
      state.fresh.removeFirst(Self.bound / 10)
      state.leftOut += Self.bound / 10
    }
    bell.ring()
  }

  /// Writes and delivers, until the task is cancelled; what is there then is written first.
  package func run() async {
    while !Task.isCancelled {
      let isDone = await write()
      await deliverDue()
      await wait(isDone: isDone)
    }
    // Not given up half-way: these are the last words of a process.
    _ = await Task { await self.write(all: true) }.value
  }

  /// Writes what is to be written now, with `all` also what is still being counted, and returns whether it could be.
  @discardableResult
  package func write(all: Bool = false) async -> Bool {
    let (entries, leftOut) = state.withLock { state in
      let entries = state.fresh + state.digest.due(at: time.uptime, all: all)
      defer { (state.fresh, state.leftOut) = ([], 0) }
      return (entries, state.leftOut)
    }
    if leftOut > 0 { log.error("notices were left out", ["count": .integer(Int64(leftOut))]) }
    for (index, entry) in entries.enumerated() {
      do {
        try await add(entry)
      } catch {
        log.warning("notices could not be written", ["error": .string("\(error)")])
        state.withLock { state in
          for entry in entries[index...] { state.digest.putBack(entry, uptime: time.uptime) }
        }
        return false
      }
    }
    return true
  }

  private func add(_ entry: NoticeDigest.Entry) async throws {
    let isWanted = await wantsDelivery(entry.draft, entry.audience)
    let outcome = try await store(entry.audience).add(
      entry, window: Self.window, delivery: isWanted ? .pending : .none)
    changed(entry.audience)
    guard isWanted, case .added(let number) = outcome else { return }
    let isFull = state.withLock { state in
      guard state.waiting.count < Self.bound else { return true }
      state.waiting.append(
        Waiting(audience: entry.audience, number: number, attempt: 0, notBefore: time.uptime))
      return false
    }
    if isFull { try await store(entry.audience).setDelivery(.failed, of: number) }
  }

  // MARK: Delivering

  /// Delivers what waits and whose pause is over.
  package func deliverDue() async {
    let now = time.uptime
    let due = state.withLock { state in
      defer { state.waiting.removeAll { $0.notBefore <= now } }
      return state.waiting.filter { $0.notBefore <= now }
    }
    for item in due { await deliver(item) }
  }

  private func deliver(_ item: Waiting) async {
    let store = store(item.audience)
    do {
      guard let notice = try await store.notice(item.number) else { return }
      // Seen already, it need not be sent.
      guard notice.status == .unread else { return try await store.setDelivery(.none, of: item.number) }
      try await deliver(notice, item.audience)
      try await store.setDelivery(.delivered, of: item.number)
    } catch {
      log.notice("a notice was not delivered", ["attempt": .integer(Int64(item.attempt + 1))])
      var next = item
      next.attempt += 1
      next.notBefore = time.uptime + Self.firstPause * (1 << item.attempt)
      guard next.attempt >= Self.deliveryAttempts else {
        return state.withLock { $0.waiting.append(next) }
      }
      // It stays "pending" in the list if even this cannot be written: read as "not delivered" all the same.
      try? await store.setDelivery(.failed, of: item.number)
    }
  }

  private func wait(isDone: Bool) async {
    guard isDone else {
      // Cancelled: the loop ends.
      _ = try? await time.sleep(for: Self.pause)
      return
    }
    let next = state.withLock { state in
      [state.digest.nextDue, state.waiting.map(\.notBefore).min()].compactMap { $0 }.min()
    }
    guard let next else { return await bell.wait() }
    await bell.wait(atMost: max(next - time.uptime, .milliseconds(1)), by: time)
  }

  // MARK: Reading and changing

  /// Notices, newest first.
  package func list(_ audience: NoticeAudience, _ filter: NoticeFilter = NoticeFilter()) async throws
    -> [Notice]
  {
    try await store(audience).list(filter)
  }

  /// How many nobody has read.
  package func unreadCount(_ audience: NoticeAudience) async throws -> Int {
    try await store(audience).unreadCount()
  }

  /// Marks one as read, unread or dismissed; false when there is none of that number.
  @discardableResult
  package func mark(_ number: Int64, of audience: NoticeAudience, as status: Notice.Status) async throws
    -> Bool
  {
    let isThere = try await store(audience).setStatus(status, of: number)
    if isThere { changed(audience) }
    return isThere
  }

  /// Marks all up to a number as read and returns how many were not.
  @discardableResult
  package func markAllRead(_ audience: NoticeAudience, upTo number: Int64 = .max) async throws -> Int {
    let count = try await store(audience).markAllRead(upTo: number)
    if count > 0 { changed(audience) }
    return count
  }

  /// Removes what last occurred more than 90 days ago, and returns how many there were.
  package func sweep(_ audience: NoticeAudience) async throws -> Int {
    try await store(audience).sweep(now: time.now)
  }

  private func store(_ audience: NoticeAudience) -> NoticeStore {
    switch audience {
    case .operators: NoticeStore(store: storage.platform, tenant: nil)
    case .guild(let tenant): NoticeStore(store: storage.guild(tenant), tenant: tenant)
    }
  }
}
