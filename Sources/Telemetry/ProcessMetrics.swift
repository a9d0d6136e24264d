// What Prometheus' client libraries say of every process.

internal import CSystem
internal import Glibc

/// The standard process metrics, read from the kernel at each scrape.
enum ProcessMetrics {
  static func register(in registry: MetricRegistry) {
    registry.gauge("process_resident_memory_bytes", help: "Resident memory size in bytes.") {
      let bytes = csystem_resident_bytes()
      return bytes < 0 ? nil : Double(bytes)
    }
    registry.gauge("process_open_fds", help: "Number of open file descriptors.", reading: openDescriptors)
    registry.gauge("process_max_fds", help: "Maximum number of open file descriptors.") {
      var limit = rlimit()
      return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        ? Double(limit.rlim_cur) : nil
    }
    registry.counter(
      "process_cpu_seconds_total", help: "Total user and system CPU time spent in seconds.",
      reading: cpuSeconds)
    let started = startTime()
    registry.gauge("process_start_time_seconds", help: "Start time of the process since 1970 in seconds.") {
      started
    }
  }

  private static func openDescriptors() -> Double? {
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    var count = 0
    while let entry = readdir(folder) {
      if entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: ".")) { count += 1 }
    }
    // Without the one that reads the folder.
    return Double(count - 1)
  }

  private static func cpuSeconds() -> Double? {
    var usage = rusage()
    guard getrusage(__rusage_who_t(0), &usage) == 0 else { return nil }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

  /// From the kernel's count of ticks since boot (proc(5), field 22 of `stat`).
  private static func startTime() -> Double? {
    guard let file = fopen("/proc/self/stat", "re") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 1_024)
    guard fgets(&buffer, CInt(buffer.count), file) != nil else { return nil }
    let line = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // The name, in brackets, may contain anything; what follows it begins with field 3.
    let fields = line[(line.lastIndex(of: ")") ?? line.startIndex)...].dropFirst().split(separator: " ")
    guard fields.count > 19, let ticks = Double(fields[19]) else { return nil }
    var (now, sinceBoot) = (timespec(), timespec())
    clock_gettime(CLOCK_REALTIME, &now)
    clock_gettime(CLOCK_BOOTTIME, &sinceBoot)
    let boot = Double(now.tv_sec) - Double(sinceBoot.tv_sec) + Double(now.tv_nsec - sinceBoot.tv_nsec) / 1e9
    return boot + ticks / Double(sysconf(CInt(_SC_CLK_TCK)))
  }
}
