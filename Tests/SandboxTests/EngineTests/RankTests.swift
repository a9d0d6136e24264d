// Who computes without end gives way: the arithmetic, the files, and a container that does.

import EventLoop
import Glibc
import SandboxContract
import SandboxTestKit
import TestKit
import Testing

@testable import SandboxEngine

private let id = String(repeating: "a1b2", count: 16)

@Suite struct RankTests {
  /// How a container ranks that uses a part of a core for some seconds, looked at four times a second.
  private func isSpent(
    _ uses: [(part: Double, seconds: Double)], _ terms: ProcessorCredit.Terms = .all
  ) -> Bool {
    var now = ContinuousClock.now
    var used = Duration.seconds(3)
    var credit = ProcessorCredit(terms, used: used, at: now)
    for (part, seconds) in uses {
      for _ in 0..<Int(seconds * 4) {
        now += .milliseconds(250)
        used += .milliseconds(250) * part
        credit.note(used: used, at: now)
      }
    }
    return credit.isSpent
  }

  @Test func `who uses half a core all the time is found within a second, and who does now and then is not`()
  {
    #expect(!isSpent([(0.5, 0.5)]))
    #expect(isSpent([(0.5, 1)]))
    #expect(!isSpent([(0.1, 600)]))
    #expect(!isSpent(Array(repeating: [(0.5, 0.25), (0.0, 2.0)], count: 100).flatMap(\.self)))
  }

  @Test
  func
    `who has the kernel work all the time is found within a second, and to fill one's memory is no such work`()
  {
    #expect(isSpent([(0.45, 1)], .kernel))
    #expect(!isSpent([(0.25, 1)], .kernel))
    #expect(!isSpent([(0.05, 600)], .kernel))
    // It stays so while it goes on with the little that is left to it.
    #expect(isSpent([(0.45, 2), (0.05, 600)], .kernel))
  }

  @Test func `who gave way is like everybody else after a few quiet seconds, and gains nothing by pulses`() {
    #expect(isSpent([(0.5, 60), (0, 3)]))
    #expect(!isSpent([(0.5, 60), (0, 5)]))
    #expect(isSpent(Array(repeating: [(0.5, 1.0), (0.0, 1.0)], count: 20).flatMap(\.self)))
  }

  @Test func `the files are found in both versions of control groups`() {
    let first = """
      9:name=systemd:/libpod-\(id)
      4:cpu,cpuacct:/machine/libpod-\(id)/container
      0::/libpod-\(id)
      """
    let group = ProcessorGroup(first, container: id)
    #expect(group?.usage == "/sys/fs/cgroup/cpuacct/machine/libpod-\(id)/cpuacct.usage")
    #expect(group?.detail == "/sys/fs/cgroup/cpuacct/machine/libpod-\(id)/cpuacct.stat")
    #expect(group?.rank == "/sys/fs/cgroup/cpu/machine/libpod-\(id)/cpu.idle")
    #expect(group?.quota == "/sys/fs/cgroup/cpu/machine/libpod-\(id)/cpu.cfs_quota_us")
    let second = ProcessorGroup("0::/system.slice/docker-\(id).scope\n", container: id)
    #expect(second?.usage == "/sys/fs/cgroup/system.slice/docker-\(id).scope/cpu.stat")
    #expect(second?.detail == second?.usage)
    #expect(second?.rank == "/sys/fs/cgroup/system.slice/docker-\(id).scope/cpu.idle")
    #expect(second?.quota == "/sys/fs/cgroup/system.slice/docker-\(id).scope/cpu.max")
  }

  @Test(arguments: ["0::/user.slice/session.scope", "4:cpu,cpuacct:/\n0::/", "", "nonsense"])
  func `a group that does not bear the container's id is nobody's to rank`(text: String) {
    #expect(ProcessorGroup(text, container: id) == nil)
  }
}

extension ContainerTests {
  @Suite struct GivingWayTests {
    /// Runs `body` with a worker of that program, which is watched, and its group; not where an engine in a machine of its own
    /// has groups that are not to be seen here.
    private func watched(
      _ program: String, _ body: (ContainerChannel, ProcessorGroup) async throws -> Void
    ) async throws {
      let engine = try await TestEngine.shared.value
      let folder = try await engine.plugin(program)
      var limits = ContainerLimits()
      if engine.service.isOwn { limits.parentGroup = "/" }
      let ranks = ProcessorRanks()
      let launcher = engine.launcher(plugin: folder, limits: limits, ranks: ranks)
      let watching = Task { await ranks.run() }
      defer { watching.cancel() }
      let channel = try await launcher.launch(
        launcher.spec(for: TestEngine.release, files: GuestFiles(plugin: folder, requirements: nil)))
      let process = try #require(try await engine.client.inspect(channel.label).process)
      let text = try #require(ProcessorGroup.text("/proc/\(process)/cgroup"))
      if let group = ProcessorGroup(text, container: channel.label), access(group.rank, W_OK) == 0 {
        #expect(!engine.service.isOwn || text.contains(":/libpod-"))
        try await body(channel, group)
      }
      await channel.end(isGentle: false)
    }

    @Test func `a worker that computes without end ranks last, until it has rested`() async throws {
      let program = """
        import time
        end = time.monotonic() + 3
        while time.monotonic() < end:
            pass
        print("rests", flush=True)
        time.sleep(60)
        """
      try await watched(program) { channel, group in
        let quota = ProcessorGroup.text(group.quota)
        try await eventually("it gives way") { ProcessorGroup.text(group.rank) == "1\n" }
        #expect(try await channel.text(until: "rests").contains("rests"))
        // It computed by itself, and keeps what it may use.
        #expect(ProcessorGroup.text(group.quota) == quota)
        try await eventually("it is as everybody else") { ProcessorGroup.text(group.rank) == "0\n" }
      }
    }

    @Test func `a worker that starts processes without end gets little of a processor, until it has rested`()
      async throws
    {
      let program = """
        import os, time
        end = time.monotonic() + 3
        while time.monotonic() < end:
            try:
                if os.fork() == 0: os._exit(0)
            except OSError: pass
        print("rests", flush=True)
        time.sleep(60)
        """
      try await watched(program) { channel, group in
        let quota = ProcessorGroup.text(group.quota)
        try await eventually("it is held") { ProcessorGroup.text(group.quota)?.hasPrefix("5000") == true }
        #expect(try await channel.text(until: "rests").contains("rests"))
        try await eventually("it may do what it might") { ProcessorGroup.text(group.quota) == quota }
      }
    }
  }
}
