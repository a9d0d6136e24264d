// Who computes without end gives way to everybody else: a limit alone leaves it as much weight as those whom it makes wait.

import CSystem
import Glibc
import Telemetry

/// How much of a processor a container may use before it counts as one that computes without end.
struct ProcessorCredit: Sendable {
  /// What it may use at once; the start of an interpreter takes half of that.
  static let burst = Duration.milliseconds(300)
  /// Of a core, that it may use all the time besides.
  static let rate = 0.1

  private var left = burst
  private var last: (used: Duration, at: ContinuousClock.Instant)
  /// Whether it ranks below everybody else now.
  private(set) var isSpent = false

  init(used: Duration, at now: ContinuousClock.Instant) { last = (used, now) }

  /// Takes what was used since the last time. One that is spent recovers when half of its credit is back, so that no pulse
  /// gains by it.
  mutating func note(used: Duration, at now: ContinuousClock.Instant) {
    left = min(Self.burst, left + (now - last.at) * Self.rate - (used - last.used))
    left = max(left, .zero - Self.burst)
    last = (used, now)
    isSpent = isSpent ? left < Self.burst / 2 : left <= .zero
  }
}

/// The files of a container's control group that say what it used, and how it ranks; of either version of control groups.
struct ProcessorGroup: Sendable, Hashable {
  let usage: String
  let rank: String

  /// From what `/proc/…/cgroup` of the first process says (cgroups(7)); nil where no group bears the container's id, as when
  /// the engine counts processes otherwise than this machine does.
  init?(_ text: String, container id: String) {
    var (usage, rank): (String?, String?)
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, let path = Self.path(fields[2], of: id) else { continue }
      let controllers = fields[1].split(separator: ",")
      if controllers.contains("cpuacct") { usage = "/sys/fs/cgroup/cpuacct\(path)/cpuacct.usage" }
      if controllers.contains("cpu") { rank = "/sys/fs/cgroup/cpu\(path)/cpu.idle" }
      // The second version has one line without names; beside the first one it has no processors to share out.
      if fields[0] == "0", usage == nil, rank == nil {
        (usage, rank) = ("/sys/fs/cgroup\(path)/cpu.stat", "/sys/fs/cgroup\(path)/cpu.idle")
      }
    }
    guard let usage, let rank else { return nil }
    (self.usage, self.rank) = (usage, rank)
  }

  /// Up to the part that bears the id: an engine may put the processes one level below it.
  private static func path(_ path: Substring, of id: String) -> String? {
    guard let end = path.firstRange(of: id)?.upperBound else { return nil }
    return String(path[..<(path[end...].firstIndex(of: "/") ?? path.endIndex)])
  }

  /// What was used so far. Blocks; nil when the group is gone.
  func used() -> Duration? {
    guard let text = Self.text(usage) else { return nil }
    if let nanoseconds = Int64(text.prefix { $0 != "\n" }) { return .nanoseconds(nanoseconds) }
    let line = text.split(separator: "\n").first { $0.hasPrefix("usage_usec ") }
    return line.flatMap { Int64($0.dropFirst("usage_usec ".count)) }.map { .microseconds($0) }
  }

  /// Ranks the group below everything that is not idle itself, or as everything else. Blocks; false where that is not ours to say.
  func set(isLow: Bool) -> Bool {
    let file = open(rank, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    return write(file, isLow ? "1" : "0", 1) == 1
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
/// get what nobody wants, and make nobody wait for the end of their turn.
package actor ProcessorRanks {
  private var credits: [ProcessorGroup: ProcessorCredit] = [:]
  private static let pause = Duration.milliseconds(250)
  private let log = Log(room: "sandbox-engine")

  package init() {}

  /// Watches a container from now on, until it is gone. Where its group cannot be seen or is not ours to rank, nothing
  /// happens: its limit holds all the same.
  func watch(_ id: String, process: Int) async {
    let now = ContinuousClock.now
    let found = try? await LocalFiles.blocking { () -> (ProcessorGroup, Duration)? in
      guard let text = ProcessorGroup.text("/proc/\(process)/cgroup"),
        let group = ProcessorGroup(text, container: id), access(group.rank, W_OK) == 0,
        let used = group.used()
      else { return nil }
      return (group, used)
    }
    guard let (group, used) = found else { return }
    credits[group] = ProcessorCredit(used: used, at: now)
  }

  /// Watches until cancelled.
  package func run() async {
    while !Task.isCancelled {
      do { try await Task.sleep(for: Self.pause) } catch { return }
      guard !credits.isEmpty else { continue }
      do { try await look() } catch is CancellationError { return } catch {
        log.warning("processors cannot be watched", ["error": .string("\(error)")])
      }
    }
  }

  /// All of them at one go: a thread for each would cost more than the look.
  private func look() async throws {
    let before = credits
    let now = ContinuousClock.now
    let seen = try await LocalFiles.blocking {
      var seen: [ProcessorGroup: ProcessorCredit] = [:]
      for (group, old) in before {
        guard let used = group.used() else { continue }
        var credit = old
        credit.note(used: used, at: now)
        if credit.isSpent != old.isSpent { _ = group.set(isLow: credit.isSpent) }
        seen[group] = credit
      }
      return seen
    }
    for group in before.keys { credits[group] = seen[group] }
  }
}
