// Every exchange with a simulator against Discord's own description of its API.

import HTTPTypes
import OpenAPI
package import Simulator
import Synchronization

/// An exchange that does not follow Discord's description.
package struct ExchangeViolation: Error, Sendable, CustomStringConvertible {
  /// Such as `POST /channels/{channel.id}/messages`.
  package let route: String
  package let status: Int
  /// Operation, place and mistake: `create_message answer 200 /author: missing`.
  package let what: String
  /// The bodies, cut: what one needs to see to put it right. Everything in a simulator may be shown.
  package let request: String
  package let response: String

  package var description: String {
    "\(route) \(status): \(what)\n    sent \(request)\n    got  \(response)"
  }
}

/// Checks the exchanges of one simulator as they pass, from any thread.
///
/// Left out: the simulator's control (`/sim/…`), what only sessions of people call and Discord does not describe, and
/// `undescribed`.
package final class ExchangeProof: Sendable {
  /// What bots and other programs call although Discord's description leaves it out; its documentation has it.
  private static let undescribed: Set<String> = [
    "/oauth2/authorize", "/oauth2/token", "/oauth2/token/revoke",  // OAuth2 is described in its own document
    "/applications/{application.id}/skus",
  ]

  /// What tests ask for to see it refused.
  private static let absent: Set<String> = ["GET /nowhere", "PUT /gateway", "POST /invites/{invite.code}"]

  private struct State {
    var violations: [ExchangeViolation] = []
    var checked: [String: Int] = [:]
  }

  private let document: OpenAPIDocument
  private let checksRequests: Bool
  private let state = Mutex(State())
  private let report: (@Sendable (ExchangeViolation) -> Void)?

  /// A proof that tells `report` of each violation at once, on the simulator's loop.
  ///
  /// Without `checksRequests` only answers are checked: for clients of others, which send what the description does
  /// not have and Discord takes all the same.
  ///
  /// - Throws: when Discord's description cannot be read: it is looked for from the package's root.
  package init(checksRequests: Bool = true, report: (@Sendable (ExchangeViolation) -> Void)? = nil) throws {
    document = try OpenAPIDocument.discord.get()
    self.checksRequests = checksRequests
    self.report = report
  }

  /// What went wrong so far, in order.
  package var violations: [ExchangeViolation] { state.withLock { $0.violations } }

  /// How often each route was checked, by `METHOD template`.
  package var checked: [String: Int] { state.withLock { $0.checked } }

  /// - Throws: `ContractError` with the violations so far, when there are any; `cause` is what else went wrong.
  package func verify(besides cause: (any Error)? = nil) throws {
    let violations = violations
    guard violations.isEmpty else { throw ContractError(violations: violations, cause: cause) }
  }

  /// Checks one exchange.
  package func check(_ exchange: RESTExchange) {
    let (path, query) = Self.split(exchange.target)
    let method = exchange.method.rawValue
    let template = exchange.template ?? path
    guard !path.hasPrefix("/sim/") else { return }
    let route = "\(method) \(template)"
    if document.operation(method, path) == nil {
      if case .user = exchange.caller { return }
      if Self.undescribed.contains(template) || Self.absent.contains(route) { return }
    }
    let record = RecordedExchange(
      method: method, path: path, queryNames: checksRequests ? query : [],
      requestType: exchange.requestContentType, request: checksRequests ? exchange.request : [],
      status: exchange.status, response: exchange.response)
    let found = document.violations(record).map { what in
      ExchangeViolation(
        route: route, status: exchange.status, what: what, request: Self.shown(exchange.request),
        response: Self.shown(exchange.response))
    }
    state.withLock { state in
      state.checked[route, default: 0] += 1
      state.violations += found
    }
    if let report { found.forEach(report) }
  }

  /// The path below `/api/v10`, and the names of the query.
  private static func split(_ target: String) -> (path: String, query: [String]) {
    let parts = target.split(separator: "?", maxSplits: 1)
    var segments = (parts.first ?? "").split(separator: "/")[...]
    if segments.first == "api" { segments = segments.dropFirst() }
    if let version = segments.first, version.first == "v", Int(version.dropFirst()) != nil {
      segments = segments.dropFirst()
    }
    let query = parts.count < 2 ? [] : parts[1].split(separator: "&").map { String($0.prefix { $0 != "=" }) }
    return ("/" + segments.joined(separator: "/"), query)
  }

  private static func shown(_ bytes: [UInt8]) -> String {
    bytes.isEmpty ? "nothing" : String(decoding: bytes.prefix(1_500), as: UTF8.self)
  }
}
