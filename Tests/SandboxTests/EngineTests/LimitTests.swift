// The limits of a worker, seen from inside.

import JSON
import SandboxTestKit
import Testing

@testable import SandboxEngine

extension ContainerTests {
  @Suite struct LimitTests {
    /// Prints what the kernel says, one fact a line.
    private static let look = """
      import os, resource
      def cgroup(path):
          for base in ("/sys/fs/cgroup/", "/sys/fs/cgroup/memory/", "/sys/fs/cgroup/pids/", "/sys/fs/cgroup/cpu/"):
              if os.path.exists(base + path): return open(base + path).read().strip()
      status = dict(l.split(":\\t", 1) for l in open("/proc/self/status").read().splitlines() if ":\\t" in l)
      print("memory", cgroup("memory.limit_in_bytes") or cgroup("memory.max"))
      print("swap", cgroup("memory.memsw.limit_in_bytes") or cgroup("memory.swap.max"))
      print("soft", cgroup("memory.soft_limit_in_bytes") or cgroup("memory.low"))
      print("pids", cgroup("pids.max"))
      print("quota", cgroup("cpu.cfs_quota_us"), cgroup("cpu.cfs_period_us"), cgroup("cpu.max"))
      print("shares", cgroup("cpu.shares"), cgroup("cpu.weight"))
      print("uid", *os.getresuid(), *os.getresgid(), *os.getgroups())
      for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp"): print(name, status[name].strip())
      print("nofile", *resource.getrlimit(resource.RLIMIT_NOFILE))
      print("core", *resource.getrlimit(resource.RLIMIT_CORE))
      for line in open("/proc/self/mounts"):
          part = line.split()
          if part[1] in ("/", "/tmp", "/plugin", "/run", "/var/tmp"): print("mount", part[1], part[3])
      print("writable", *sorted(p for p in ("/", "/run", "/var/tmp", "/dev", "/dev/shm", "/plugin", "/tmp") if os.access(p, os.W_OK)))
      print("environment", *sorted(os.environ))
      print("interfaces", *sorted(os.listdir("/sys/class/net")))
      print("processes", *sorted(p for p in os.listdir("/proc") if p.isdigit()))
      """

    @Test func `every limit is in force`() async throws {
      let engine = try await TestEngine.shared.value
      let result = try await engine.run(Self.look)
      let lines = result.text.split(separator: "\n").map(String.init)
      func fact(_ name: String) -> [String] {
        lines.filter { $0.hasPrefix("\(name) ") }.map { String($0.dropFirst(name.count + 1)) }
      }
      try #require(result.exitCode == 0, "\(result.errorText)")
      #expect(fact("memory") == ["536870912"])
      #expect(["536870912", "0"].contains(fact("swap").first))
      #expect(fact("soft") == ["268435456"])
      #expect(fact("pids") == ["64"])
      #expect(["50000 100000 None", "None None 50000 100000"].contains(fact("quota").first))
      // Versions of the engine's runtime translate shares into weights differently, all of them to less than 100.
      let weights = fact("shares").first?.split(separator: " ").compactMap { Int($0) } ?? []
      #expect(weights.first.map { $0 <= 128 } == true, "\(fact("shares"))")
      #expect(fact("uid") == ["65534 65534 65534 65534 65534 65534 65534"])
      for set in ["CapEff", "CapPrm", "CapBnd", "CapAmb"] {
        #expect(fact(set) == ["0000000000000000"], "\(set)")
      }
      #expect(fact("NoNewPrivs") == ["1"])
      #expect(fact("Seccomp") == ["2"])
      #expect(fact("nofile") == ["256 256"])
      #expect(fact("core") == ["0 0"])
      #expect(fact("writable") == ["/tmp"])
      #expect(fact("environment") == ["PATH PYTHONUNBUFFERED PYTHONUTF8"])
      #expect(fact("interfaces") == ["lo"])
      #expect(fact("processes") == ["1"])
      for (mount, options) in [
        ("/", ["ro"]), ("/tmp", ["rw", "nosuid", "nodev", "noexec", "size=16384k"]),
        ("/plugin", ["ro", "nosuid", "nodev", "noexec"]), ("/run", ["ro", "noexec"]),
        ("/var/tmp", ["ro", "noexec"]),
      ] {
        let line = try #require(fact("mount").first { $0.hasPrefix("\(mount) ") }, "\(mount)")
        let found = line.split(separator: " ")[1].split(separator: ",").map(String.init)
        for option in options { #expect(found.contains(option), "\(mount) \(option)") }
      }
    }

    @Test func `a plugin gets half a core`() async throws {
      let engine = try await TestEngine.shared.value
      let result = try await engine.run(
        """
        import time
        wall, cpu = time.monotonic(), time.process_time()
        while time.monotonic() - wall < 1: pass
        print(time.process_time() - cpu)
        """)
      let share = try #require(Double(result.text.split(separator: "\n").first ?? ""))
      #expect(share < 0.75)
    }
  }
}
