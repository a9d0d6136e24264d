// A simulator for one test, which fails the test when an exchange is not Discord's.

package import Simulator

/// All that was wrong while a test ran.
package struct ContractError: Error, CustomStringConvertible {
  package let violations: [ExchangeViolation]
  /// What the test itself failed with.
  package let cause: (any Error)?

  package var description: String {
    let kinds = Dictionary(grouping: violations, by: { "\($0.route) \($0.what)" })
    let lines = kinds.values.sorted { $0[0].route < $1[0].route }.map { same in
      same.count == 1 ? "\(same[0])" : "\(same[0])\n    (\(same.count) times)"
    }
    let cause = cause.map { "\nthe test also failed: \($0)" } ?? ""
    return "\(violations.count) violations of Discord's description\n" + lines.joined(separator: "\n") + cause
  }
}

/// Runs `body` with a simulator of its own and stops it, then fails when any request that was taken, or any answer, did
/// not follow Discord's description.
///
/// An observer in `configuration` is still told of every exchange.
///
/// - Throws: what `body` throws; `ContractError` when there were violations.
package func withSimulator<Result>(
  _ configuration: SimulatorConfiguration = SimulatorConfiguration(),
  proof: ExchangeProof? = nil,
  _ body: (Simulator) async throws -> Result
) async throws -> Result {
  let proof = try proof ?? ExchangeProof()
  var configuration = configuration
  let observer = configuration.onExchange
  configuration.onExchange = { exchange in
    proof.check(exchange)
    observer?(exchange)
  }
  let simulator = try await Simulator.start(configuration)
  let outcome: Swift.Result<Result, any Error>
  do { outcome = .success(try await body(simulator)) } catch { outcome = .failure(error) }
  await simulator.stop()
  var cause: (any Error)?
  if case .failure(let error) = outcome { cause = error }
  try proof.verify(besides: cause)
  return try outcome.get()
}
