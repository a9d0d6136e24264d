// libpq's connection: made and logged in on a thread of its own, then handed to a loop.

internal import CPostgres
internal import CSystem
internal import EventLoop
internal import Glibc
internal import SQL
internal import Telemetry

/// A logged-in `PGconn`, non-blocking and in pipeline mode; finished when the last reference goes.
///
/// `@unchecked Sendable`: one owner at a time. The connecting thread makes it and hands it to the loop, whose
/// thread alone uses it from then on; libpq itself keeps nothing outside the `PGconn`.
final class ConnectionHandle: @unchecked Sendable {
  let connection: OpaquePointer

  private init(_ connection: OpaquePointer) {
    self.connection = connection
  }

  deinit {
    PQfinish(connection)
  }

  /// Connects, off the loop, and calls `completion` on it: once, unless the loop has ended.
  static func open(
    _ address: PostgresAddress, session parameters: [(keyword: String, value: String)], timeout: Duration,
    on loop: EventLoop, completion: @escaping @Sendable (Result<ConnectionHandle, SQLError>) -> Void
  ) {
    let all = address.parameters + parameters
    let code = runOnOwnThread {
      let outcome = Result { () throws(SQLError) in
        try connect(all, address: address, deadline: .now + timeout)
      }
      loop.execute { completion(outcome) }
    }
    guard code != 0 else { return }
    let error = SQLError(.overloaded, message: "no thread to connect on (errno \(code))")
    loop.execute { completion(.failure(error)) }
  }

  private static func connect(
    _ parameters: [(keyword: String, value: String)], address: PostgresAddress,
    deadline: ContinuousClock.Instant
  ) throws(SQLError) -> ConnectionHandle {
    guard let connection = start(parameters) else {
      throw SQLError(.overloaded, message: "no memory for a connection")
    }
    // Owned from here on: libpq's handle has to be finished after a failure, too.
    let handle = ConnectionHandle(connection)
    // A refusal then reads as its SQLSTATE, which libpq gives for a failed connection in no other way.
    PQsetErrorVerbosity(connection, PQERRORS_SQLSTATE)
    PQsetNoticeReceiver(connection, receiveNotice, nil)
    try handle.logIn(address: address, deadline: deadline)
    guard PQsetnonblocking(connection, 1) == 0, PQenterPipelineMode(connection) == 1 else {
      throw .lost
    }
    return handle
  }

  private static func start(_ parameters: [(keyword: String, value: String)]) -> OpaquePointer? {
    var keywords: [UnsafeMutablePointer<CChar>?] = parameters.map { strdup($0.keyword) }
    var values: [UnsafeMutablePointer<CChar>?] = parameters.map { strdup($0.value) }
    keywords.append(nil)
    values.append(nil)
    defer {
      for text in keywords + values { free(text) }
    }
    let keywordPointers = keywords.map { UnsafePointer($0) }
    let valuePointers = values.map { UnsafePointer($0) }
    return PQconnectStartParams(keywordPointers, valuePointers, 0)
  }

  /// Drives `PQconnectPoll` to its end. The socket may change from step to step, when there are several hosts
  /// or the server wants no TLS.
  private func logIn(address: PostgresAddress, deadline: ContinuousClock.Instant) throws(SQLError) {
    var wish = PGRES_POLLING_WRITING
    while PQstatus(connection) != CONNECTION_BAD {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { break }
      let events = wish == PGRES_POLLING_READING ? POLLIN : POLLOUT
      var descriptor = pollfd(fd: PQsocket(connection), events: Int16(events), revents: 0)
      let (seconds, attoseconds) = left.components
      let milliseconds = min(seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1, 60_000)
      guard poll(&descriptor, 1, CInt(milliseconds)) > 0 else { continue }
      wish = PQconnectPoll(connection)
      if wish == PGRES_POLLING_OK { return }
      if wish == PGRES_POLLING_FAILED { break }
    }
    if PQstatus(connection) == CONNECTION_BAD {
      throw .connectFailure(words: String(cString: PQerrorMessage(connection)), address: address)
    }
    throw SQLError(
      .connectionLost, message: "\(address) did not complete the log-in in time", engineCode: "08001")
  }
}

/// Notices go to the log by their SQLSTATE; their text may carry values.
private func receiveNotice(_ context: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {
  guard let result, let state = PQresultErrorField(result, CInt(UInt8(ascii: "C"))) else { return }
  let name = String(cString: state)
  Log(room: "storage").debug("notice from PostgreSQL", ["sqlstate": .string(name)])
}

/// What it takes to interrupt a connection's current statement from another thread; libpq makes the cancel
/// object for exactly that use, which makes `@unchecked Sendable` true.
final class CancelHandle: @unchecked Sendable {
  private let cancel: OpaquePointer

  init?(_ handle: ConnectionHandle) {
    guard let cancel = PQgetCancel(handle.connection) else { return nil }
    self.cancel = cancel
  }

  deinit {
    PQfreeCancel(cancel)
  }

  /// Sends the request on a thread of its own and calls `completion` on the loop once the server has taken it.
  /// A request that fails changes nothing: the statement runs into its time limit instead.
  func send(on loop: EventLoop, completion: @escaping @Sendable () -> Void) {
    let code = runOnOwnThread {
      var message = [CChar](repeating: 0, count: 256)
      PQcancel(self.cancel, &message, 256)
      loop.execute(completion)
    }
    if code != 0 { loop.execute(completion) }
  }
}
