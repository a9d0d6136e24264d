// Who computes without end gives way to everybody else: a limit alone leaves it as much weight as those whom it makes wait.

import CSystem
import Glibc
import Telemetry

/// How much of a processor a container may use before it counts as one that goes on without end.
struct ProcessorCredit: Sendable {
  /// What counts, and how much of it is too much.
  struct Terms: Sendable, Hashable {
    /// What it may use at once.
    let burst: Duration
    /// Of a core, that it may use all the time besides.
    let rate: Double

    /// Of everything. The start of an interpreter takes half of the burst.
    static let all = Terms(burst: .milliseconds(300), rate: 0.1)
    /// Of what the kernel does for it. To fill all the memory that it may have takes half of the burst.
    static let kernel = Terms(burst: .milliseconds(400), rate: 0.05)
  }

  private let terms: Terms
  private var left: Duration
  private var last: (used: Duration, at: ContinuousClock.Instant)
  /// Whether nothing of it is left.
  private(set) var isSpent = false

  init(_ terms: Terms, used: Duration, at now: ContinuousClock.Instant) {
    (self.terms, left, last) = (terms, terms.burst, (used, now))
  }

  /// Takes what was used since the last time. One that is spent recovers when half of its credit is back, so that no pulse
  /// gains by it.
  mutating func note(used: Duration, at now: ContinuousClock.Instant) {
    left = min(terms.burst, left + (now - last.at) * terms.rate - (used - last.used))
    left = max(left, .zero - terms.burst)
    last = (used, now)
    isSpent = isSpent ? left < terms.burst / 2 : left <= .zero
  }
}

/// The files of a container's control group that say what it used, and how it ranks; of either version of control groups.
struct ProcessorGroup: Sendable, Hashable {
  /// What was used: everything, and by the kernel alone; how it ranks; how much it may use in a tenth of a second.
  let usage: String
  let detail: String
  let rank: String
  let quota: String

  /// Of a tenth of a second, for one that has the kernel work without end.
  private static let leastQuota = "5000"

  /// From what `/proc/…/cgroup` of the first process says (cgroups(7)); nil where no group bears the container's id, as when
  /// the engine counts processes otherwise than this machine does.
  init?(_ text: String, container id: String) {
    var (counting, ranking): (String?, String?)
    var second: String?
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, let path = Self.path(fields[2], of: id) else { continue }
      let controllers = fields[1].split(separator: ",")
      if controllers.contains("cpuacct") { counting = "/sys/fs/cgroup/cpuacct\(path)" }
      if controllers.contains("cpu") { ranking = "/sys/fs/cgroup/cpu\(path)" }
      if fields[0] == "0" { second = "/sys/fs/cgroup\(path)" }
    }
    if let counting, let ranking {
      (usage, detail) = ("\(counting)/cpuacct.usage", "\(counting)/cpuacct.stat")
      (rank, quota) = ("\(ranking)/cpu.idle", "\(ranking)/cpu.cfs_quota_us")
    } else if counting == nil, ranking == nil, let second {
      // The second version has one line without names; beside the first one it has no processors to share out.
      (usage, detail) = ("\(second)/cpu.stat", "\(second)/cpu.stat")
      (rank, quota) = ("\(second)/cpu.idle", "\(second)/cpu.max")
    } else {
      return nil
    }
  }

  /// Up to the part that bears the id: an engine may put the processes one level below it.
  private static func path(_ path: Substring, of id: String) -> String? {
    guard let end = path.firstRange(of: id)?.upperBound else { return nil }
    return String(path[..<(path[end...].firstIndex(of: "/") ?? path.endIndex)])
  }

  /// What was used so far, of everything and by the kernel. Blocks; nil when the group is gone.
  func used() -> (all: Duration, kernel: Duration)? {
    guard let text = Self.text(usage) else { return nil }
    if let nanoseconds = Int64(text.prefix { $0 != "\n" }) {
      guard let ticks = Self.text(detail).flatMap({ Self.number("system ", in: $0) }) else { return nil }
      return (.nanoseconds(nanoseconds), .seconds(ticks) / Int(sysconf(CInt(_SC_CLK_TCK))))
    }
    guard let all = Self.number("usage_usec ", in: text), let kernel = Self.number("system_usec ", in: text)
    else { return nil }
    return (.microseconds(all), .microseconds(kernel))
  }

  private static func number(_ name: String, in text: String) -> Int64? {
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    return line.flatMap { Int64($0.dropFirst(name.count)) }
  }

  /// Ranks the group below everything that is not idle itself, or as everything else. Blocks; false where that is not ours to say.
  func set(isLow: Bool) -> Bool { Self.write(isLow ? "1" : "0", to: rank) }

  /// Leaves the group little of a processor, or what it had before. Blocks; false where that is not ours to say.
  func set(isHeld: Bool, before: String) -> Bool {
    let period = before.split(separator: " ").dropFirst().first.map { " \($0)" } ?? ""
    return Self.write(isHeld ? Self.leastQuota + period : before, to: quota)
  }

  private static func write(_ text: String, to path: String) -> Bool {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    let bytes = Array(text.utf8)
    return Glibc.write(file, bytes, bytes.count) == bytes.count
  }

  /// A small file of the kernel's.
  static func text(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = read(file, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }
}

/// Watches what containers use, several times a second, and ranks those that compute without end below everybody else: they
/// get what nobody wants, and make nobody wait for the end of their turn. Who has the kernel work without end, as by starting
/// processes, gets little of that, too: what the kernel is at, it finishes before anybody's turn comes.
package actor ProcessorRanks {
  /// What is known of a container.
  private struct Watched {
    var all: ProcessorCredit
    var kernel: ProcessorCredit
    /// What its quota was when it began.
    let quota: String
  }

  private var watched: [ProcessorGroup: Watched] = [:]
  private static let pause = Duration.milliseconds(250)
  private let log = Log(room: "sandbox-engine")

  package init() {}

  /// Watches a container from now on, until it is gone. Where its group cannot be seen or is not ours to rank, nothing
  /// happens: its limit holds all the same.
  func watch(_ id: String, process: Int) async {
    let now = ContinuousClock.now
    let found = try? await LocalFiles.blocking { () -> (ProcessorGroup, Watched)? in
      guard let text = ProcessorGroup.text("/proc/\(process)/cgroup"),
        let group = ProcessorGroup(text, container: id), access(group.rank, W_OK) == 0,
        let used = group.used(), let quota = ProcessorGroup.text(group.quota)
      else { return nil }
      let watched = Watched(
        all: ProcessorCredit(.all, used: used.all, at: now),
        kernel: ProcessorCredit(.kernel, used: used.kernel, at: now),
        quota: String(quota.prefix { $0 != "\n" }))
      return (group, watched)
    }
    guard let (group, watched) = found else { return }
    self.watched[group] = watched
  }

  /// Watches until cancelled.
  package func run() async {
    while !Task.isCancelled {
      do { try await Task.sleep(for: Self.pause) } catch { return }
      guard !watched.isEmpty else { continue }
      do { try await look() } catch is CancellationError { return } catch {
        log.warning("processors cannot be watched", ["error": .string("\(error)")])
      }
    }
  }

  /// All of them at one go: a thread for each would cost more than the look.
  private func look() async throws {
    let before = watched
    let now = ContinuousClock.now
    let seen = try await LocalFiles.blocking {
      var seen: [ProcessorGroup: Watched] = [:]
      for (group, old) in before {
        guard let used = group.used() else { continue }
        var one = old
        one.all.note(used: used.all, at: now)
        one.kernel.note(used: used.kernel, at: now)
        if one.all.isSpent != old.all.isSpent { _ = group.set(isLow: one.all.isSpent) }
        if one.kernel.isSpent != old.kernel.isSpent {
          _ = group.set(isHeld: one.kernel.isSpent, before: one.quota)
        }
        seen[group] = one
      }
      return seen
    }
    for group in before.keys { watched[group] = seen[group] }
  }
}
