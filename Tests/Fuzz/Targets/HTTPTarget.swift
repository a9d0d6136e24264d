// HTTP without sockets: every parser of server and client that bytes from outside reach.

/// The first byte says which parser gets the rest.
let httpTarget = FuzzTarget(name: "http", maximumLength: 4096) { input in
  let checks = serverChecks + clientChecks
  var reader = InputReader(input)
  try checks[Int(reader.byte()) % checks.count](&reader)
}

/// One parser with its promises.
typealias HTTPCheck = @Sendable (inout InputReader) throws -> Void
