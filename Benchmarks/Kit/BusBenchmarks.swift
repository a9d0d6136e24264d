// The bus over Redis, against redis-benchmark on the same server.

import BenchmarkHarness
import Bus
import EventLoop
import Redis
import TestKit

/// Appends of 500 bytes to a lane, as many under way as redis-benchmark has in its pipeline.
let busBenchmarks: [Benchmark] = [
  Benchmark("redis lanes") {
    let depth = 64
    let count = 100_000
    let payload = [UInt8](repeating: 0x61, count: 500)
    let server = try await RedisServer.start(keeps: false)
    let loop = try EventLoop(name: "redis")
    let bus = RedisBus(try RedisAddress(server.url), on: loop, time: SystemTime())
    var limits = LaneLimits()
    limits.depth = .max
    let lanes = bus.lanes("bench", limits)
    let figures = try await paired {
      let time = try await seconds {
        try await withThrowingTaskGroup { group in
          for sender in 0..<depth {
            group.addTask(executorPreference: loop) {
              for _ in 0..<(count / depth) { try await lanes.append(payload, key: "guild \(sender)") }
            }
          }
          try await group.waitForAll()
        }
      }
      try await server.clear()
      return Double(count) / time
    } _: {
      // One client with that many commands in its pipeline, appending to one stream.
      let line = try await ChildProcess.start([
        "redis-benchmark", "-s", server.socket, "-c", "1", "-P", "\(depth)", "-n", "\(count)", "--csv",
        "XADD", "s", "*", "k", "guild 1", "p", String(decoding: payload, as: UTF8.self), "t", "0",
      ]).remainingOutput()
      try await server.clear()
      guard let row = line.split(separator: "\n").last,
        let rate = row.split(separator: ",").dropFirst().first,
        let value = Double(rate.filter { $0 != "\"" })
      else { throw TestKitError("redis-benchmark said: \(line)") }
      return value
    }
    await bus.close()
    loop.shutdown()
    await server.kill()
    return [
      BenchmarkRow(
        name: "Redis lanes: append 500 B, \(depth) under way", unit: "entries/s", ours: figures.ours,
        peer: "redis-benchmark XADD, pipeline \(depth)", peerValue: figures.peer, goal: .atLeast(0.5))
    ]
  }
]
