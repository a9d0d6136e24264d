// Lost servers, refused log-ins, time limits: every call ends, and the pool recovers.

import CSystem
import EventLoop
import Glibc
import Postgres
import SQL
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(1))) struct `A server that fails` {
  @Test func `killed under load, every call ends, nothing acknowledged is lost, and the pool recovers`()
    async throws
  {
    let server = try await PostgresServer(isDurable: true)
    try await withPool(url: server.url()) { pool async throws in
      try await pool.execute("CREATE TABLE item (id BIGINT PRIMARY KEY)")
      let ids = Guarded(0)
      let acknowledged = Guarded<[Int]>([])
      for round in 0..<3 {
        let target = acknowledged.withLock { $0.count } + 100
        let failures = await withTaskGroup(of: SQLError.Code?.self) { group in
          for task in 0..<48 {
            group.addTask {
              await code {
                while true {
                  let id = ids.withLock { last in
                    last += 1
                    return last
                  }
                  if task % 4 == 0 {
                    try await pool.transaction { try await $0.execute("INSERT INTO item VALUES (\(id))") }
                  } else {
                    try await pool.execute("INSERT INTO item VALUES (\(id))")
                  }
                  acknowledged.withLock { $0.append(id) }
                }
              }
            }
          }
          group.addTask {
            await code { () async throws in
              #expect(try await eventually { acknowledged.withLock { $0.count >= target } })
              server.kill()
            }
          }
          return await group.reduce(into: [SQLError.Code?]()) { $0.append($1) }
        }
        #expect(failures.filter { $0 == .connectionLost }.count == 48, "round \(round): \(failures)")
        try await server.start()
        #expect(
          try await eventually { await code { _ = try await pool.rows("SELECT 1") } == nil }, "round \(round)"
        )
        let kept = Set(try await pool.rows("SELECT id FROM item").map { try $0.get(0, as: Int.self) })
        let missing = acknowledged.withLock { $0.filter { !kept.contains($0) } }
        #expect(missing.isEmpty, "round \(round)")
      }
    }
  }

  @Test func `a transaction whose connection is lost does not go on by itself`() async throws {
    let server = try await PostgresServer(isDurable: false)
    try await withPool(url: server.url()) { pool async throws in
      try await pool.execute("CREATE TABLE item (id BIGINT PRIMARY KEY)")
      let outcome = await code {
        try await pool.transaction { session async throws in
          try await session.execute("INSERT INTO item VALUES (1)")
          server.kill()
          try await server.start()
          _ = await code { try await session.execute("INSERT INTO item VALUES (2)") }
          #expect(await code { try await session.execute("INSERT INTO item VALUES (3)") } == .connectionLost)
        }
      }
      #expect(outcome == .connectionLost)
      #expect(try await eventually { await code { _ = try await pool.rows("SELECT 1") } == nil })
      #expect(try await pool.rows("SELECT id FROM item").isEmpty)
    }
  }

  @Test func `a read that was under way is asked again, a write is not`() async throws {
    let server = try await PostgresServer(isDurable: false)
    try await withPool(url: server.url()) { pool async throws in
      let ended: SQL =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"
      let busy: SQL =
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(3)%' AND state = 'active' AND pid <> pg_backend_pid()"
      async let read = pool.rows("SELECT pg_sleep(3), 5", access: .readOnly)
      async let write = code { _ = try await pool.rows("SELECT pg_sleep(3), 6") }
      let superuser = try PostgresPool(url: server.url(), loops: [try Shared.loop.get()])
      #expect(try await eventually { try await superuser.rows(busy)[0].get(0) == 2 })
      _ = try await superuser.rows(ended)
      #expect(await write == .connectionLost)
      #expect(try await read[0].get(1) == 5)
      await superuser.close(grace: .zero)
    }
  }

  @Test func `a server that shuts down says so, and is found again`() async throws {
    let server = try await PostgresServer(isDurable: false)
    try await withPool(url: server.url()) { pool async throws in
      _ = try await pool.rows("SELECT 1")
      async let slow = code { _ = try await pool.rows("SELECT pg_sleep(30)") }
      #expect(
        try await eventually {
          try await pool.rows(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()",
            access: .readOnly)[0].get(0) == 1
        })
      server.stop()
      #expect(await slow == .connectionLost)
      #expect(await code { _ = try await pool.rows("SELECT 1") } == .connectionLost)
      try await server.start()
      #expect(try await eventually { await code { _ = try await pool.rows("SELECT 1") } == nil })
    }
  }

  @Test func `too many connections push back`() async throws {
    let server = try await PostgresServer(
      isDurable: false,
      settings: ["max_connections=4", "superuser_reserved_connections=1", "max_wal_senders=0"])
    var options = PostgresOptions()
    options.leaseCount = 8
    try await withPool(url: server.url(), options) { pool async throws in
      _ = try await server.psql("CREATE ROLE app LOGIN")
      try await withPool(url: server.url(user: "app"), options) { pool async throws in
        let held = Guarded(0)
        let codes = await withTaskGroup(of: SQLError.Code?.self) { group in
          for _ in 0..<8 {
            group.addTask {
              await code {
                try await pool.transaction { _ in
                  held.withLock { $0 += 1 }
                  _ = try await eventually { held.withLock { $0 >= 3 } }
                  _ = try await eventually(within: .milliseconds(500)) { false }
                }
              }
            }
          }
          return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.contains(.overloaded))
        #expect(codes.contains(nil))
        #expect(codes.allSatisfy { $0 == nil || $0 == .overloaded })
      }
    }
  }

  @Test func `a wrong password is refused and never shown`() async throws {
    let server = try await PostgresServer(
      isDurable: false, authentication: ["local all guarded scram-sha-256"])
    _ = try await server.psql("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    try await withPool(url: server.url(user: "guarded", password: "right")) { pool async throws in
      #expect(try await pool.rows("SELECT current_user")[0].get(0) == "guarded")
    }
    try await withPool(url: server.url(user: "guarded", password: "hunter2")) { pool async throws in
      let error = await #expect(throws: SQLError.self) { try await pool.rows("SELECT 1") }
      #expect(error?.code == .notPermitted)
      #expect(error?.engineCode == "28P01")
      #expect(error.map { "\($0)".contains("hunter2") } == false)
    }
    try await withPool(url: server.url(database: "nowhere")) { pool async throws in
      let error = await #expect(throws: SQLError.self) { try await pool.rows("SELECT 1") }
      #expect(error?.engineCode == "3D000")
    }
  }

  @Test(arguments: [
    "postgresql:///x?host=/nowhere", "postgresql://127.0.0.1:1/x", "postgresql://nowhere.invalid/x",
  ])
  func `a server that is not there is an error in time`(url: String) async throws {
    var options = PostgresOptions()
    options.connectTimeout = .seconds(2)
    try await withPool(url: url, options) { pool async throws in
      let start = ContinuousClock.now
      #expect(await code { _ = try await pool.rows("SELECT 1") } == .connectionLost)
      #expect(await code { try await pool.transaction { _ in } } == .connectionLost)
      #expect(ContinuousClock.now - start < .seconds(15))
    }
  }

  @Test func `a server that accepts and says nothing is given up`() async throws {
    let silent = try SilentServer()
    var options = PostgresOptions()
    options.connectTimeout = .milliseconds(300)
    try await withPool(url: "postgresql://127.0.0.1:\(silent.port)/x?sslmode=disable", options) {
      pool async throws in
      #expect(await code { _ = try await pool.rows("SELECT 1") } == .connectionLost)
    }
  }

  @Test func `a server that falls silent is given up`() async throws {
    let server = try await PostgresServer(isDurable: false)
    var options = PostgresOptions()
    options.statementTimeout = .milliseconds(200)
    options.silenceTimeout = .milliseconds(200)
    try await withPool(url: server.url(), options) { pool async throws in
      let process = pid_t(try await pool.rows("SELECT pg_backend_pid()")[0].get(0, as: Int.self))
      kill(process, SIGSTOP)
      #expect(await code { _ = try await pool.rows("SELECT 1") } == .connectionLost)
      kill(process, SIGCONT)
      #expect(try await pool.rows("SELECT 1")[0].get(0) == 1)
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct `Limits` {
  @Test func `a statement past its time limit is undone`() async throws {
    var options = PostgresOptions()
    options.statementTimeout = .milliseconds(100)
    try await withPool(options) { pool async throws in
      #expect(await code { _ = try await pool.rows("SELECT pg_sleep(10)") } == .timeout)
      #expect(
        await code { try await pool.transaction { _ = try await $0.rows("SELECT pg_sleep(10)") } } == .timeout
      )
      #expect(try await pool.rows("SELECT 1")[0].get(0) == 1)
    }
  }

  @Test func `more than may wait are refused at once`() async throws {
    var options = PostgresOptions()
    options.pipelineDepth = 2
    options.maximumWaiting = 10
    try await withPool(options) { pool async throws in
      _ = try await pool.rows("SELECT 1")
      let codes = await withTaskGroup(of: SQLError.Code?.self) { group in
        for _ in 0..<40 {
          group.addTask { await code { _ = try await pool.rows("SELECT pg_sleep(0.02)") } }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(codes.contains(.overloaded))
      #expect(codes.filter { $0 == nil }.count >= 10)
    }
  }

  @Test func `a slow statement holds up its own connection only`() async throws {
    try await withPool { pool async throws in
      let slow = Task { try await pool.rows("SELECT pg_sleep(600)") }
      let running: SQL =
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%' AND state = 'active' AND datname = current_database()"
      #expect(try await eventually { try await pool.rows(running, access: .readOnly)[0].get(0) == 1 })
      _ = try await pool.rows("SELECT 1", access: .readOnly)
      try await pool.transaction { _ = try await $0.rows("SELECT 1") }
      #expect(try await pool.rows(running, access: .readOnly)[0].get(0) == 1)
      let end: SQL =
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%' AND datname = current_database()"
      _ = try await pool.rows(end)
      _ = await slow.result
    }
  }

  @Test func `a cancelled read ends at once, a cancelled write that was sent tells what became of it`()
    async throws
  {
    let database = try await Shared.database()
    try await withPool(url: database.url) { other in
      try await withPool(url: database.url) { pool async throws in
        try await pool.execute("CREATE TABLE item (id BIGINT)")
        let busy: SQL = """
          SELECT count(*) FROM pg_stat_activity
          WHERE (query LIKE '%pg_sleep(600)%' OR wait_event = 'advisory') AND state = 'active'
            AND pid <> pg_backend_pid() AND datname = current_database()
          """
        // Neither the read nor the write ends by itself as long as this transaction holds its lock.
        let (write, behind) = try await other.transaction { session in
          _ = try await session.rows("SELECT pg_advisory_xact_lock(7)")
          let read = Task { try await pool.rows("SELECT pg_sleep(600)", access: .readOnly) }
          let write = Task {
            try await pool.execute("INSERT INTO item SELECT 1 FROM pg_advisory_xact_lock(7)")
          }
          let behind = Task { try await pool.execute("INSERT INTO item VALUES (2)") }
          // Within the transaction the view would stand still.
          #expect(try await eventually { try await other.rows(busy, access: .readOnly)[0].get(0) == 2 })
          read.cancel()
          #expect(await code { _ = try await read.value } == .cancelled)
          write.cancel()
          return (write, behind)
        }
        #expect(try await write.value == 1)
        #expect(try await behind.value == 1)
        let early = Task { try await pool.execute("INSERT INTO item VALUES (3)") }
        early.cancel()
        let outcome = await code { _ = try await early.value }
        let count = try await pool.rows("SELECT count(*) FROM item WHERE id = 3")[0].get(0, as: Int.self)
        #expect(outcome == (count == 0 ? .cancelled : nil))
      }
    }
  }

  @Test func `a closed pool refuses, after what was under way has ended`() async throws {
    let database = try await Shared.database()
    let pool = try PostgresPool(url: database.url, loops: [try Shared.loop.get()])
    _ = try await pool.rows("SELECT 1")
    async let slow = pool.rows("SELECT pg_sleep(1.5), 7")
    #expect(
      try await eventually {
        try await database.server.psql(
          "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1.5)%' AND state = 'active' AND datname = '\(database.name)'"
        ) == "1\n"
      })
    await pool.close()
    #expect(try await slow[0].get(1) == 7)
    #expect(await code { _ = try await pool.rows("SELECT 1") } == .closed)
    #expect(await code { try await pool.transaction { _ in } } == .closed)
    let left = "SELECT count(*) FROM pg_stat_activity WHERE datname = '\(database.name)'"
    #expect(try await eventually { try await database.server.psql(left) == "0\n" })
  }

  @Test func `a pool that is dropped disconnects`() async throws {
    let database = try await Shared.database()
    do {
      let pool = try PostgresPool(url: database.url, loops: [try Shared.loop.get()])
      _ = try await pool.rows("SELECT 1")
    }
    let left = "SELECT count(*) FROM pg_stat_activity WHERE datname = '\(database.name)'"
    #expect(try await eventually { try await database.server.psql(left) == "0\n" })
  }

  @Test func `every session has its limits and its name`() async throws {
    try await withPool { pool async throws in
      let row = try await pool.rows(
        "SELECT current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout'), current_setting('application_name')"
      )[0]
      #expect(row.values == [.text("10s"), .text("30s"), .text("guildhall")])
    }
  }
}

/// A listening socket that accepts into its backlog and never answers.
private final class SilentServer {
  let port: UInt16
  private let descriptor: CInt

  init() throws {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    self.descriptor = descriptor
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(descriptor, pointer, length) == 0 && listen(descriptor, 8) == 0
          && getsockname(descriptor, pointer, &length) == 0
      }
    }
    guard isBound else { throw TestKitError("no listening socket") }
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit { close(descriptor) }
}
