// Who may do what on the dashboard of a server.

import DiscordCore
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformDispatch
import Resources

extension APIOperation {
  private static let grantSchema = APISchema.named(
    "Grant",
    .record([.init("kind", .choice(["user", "role"])), .init("id", .snowflake), .init("role", roleSchema)]))

  private static let grantBody = APISchema.named("GrantRole", .record([.init("role", roleSchema)]))

  static let accessOperations: [APIOperation] = [
    APIOperation(
      "access.list", .get, "/access",
      answer: .json(.record([.init("items", .list(grantSchema, atMost: AccessStore.limit))])),
      .guild(.manager) { visit, _ in
        let grants = try await AccessStore(visit.store).grants()
        return try visit.visit.json(["items": .array(grants.map(document))])
      }),
    APIOperation(
      "access.grantUser", .put, "/access/users/{user}", body: grantBody, answer: .json(grantSchema),
      refusals: [.conflict],
      .guild(.owner) { visit, input in
        try await give(.user(try id(input, "user") { UserID($0) }), visit, input)
      }),
    APIOperation(
      "access.grantRole", .put, "/access/roles/{role}", body: grantBody, answer: .json(grantSchema),
      refusals: [.conflict],
      .guild(.owner) { visit, input in
        try await give(.role(try id(input, "role") { RoleID($0) }), visit, input)
      }),
    APIOperation(
      "access.revokeUser", .delete, "/access/users/{user}", answer: .nothing,
      .guild(.owner) { visit, input in try await take(.user(try id(input, "user") { UserID($0) }), visit) }),
    APIOperation(
      "access.revokeRole", .delete, "/access/roles/{role}", answer: .nothing,
      .guild(.owner) { visit, input in try await take(.role(try id(input, "role") { RoleID($0) }), visit) }),
  ]

  private static func id<ID>(_ input: APIInput, _ name: String, _ make: (String) -> ID?) throws -> ID {
    guard let id = make(input.path[name] ?? "") else { throw HTTPProblem.notFound }
    return id
  }

  private static func document(_ grant: AccessGrant) -> JSONValue {
    switch grant.subject {
    case .user(let user): ["kind": "user", "id": .snowflake(user), "role": .string(grant.access.name)]
    case .role(let role): ["kind": "role", "id": .snowflake(role), "role": .string(grant.access.name)]
    }
  }

  private static func name(_ subject: AccessGrant.Subject) -> String {
    switch subject {
    case .user(let user): "user:\(user)"
    case .role(let role): "role:\(role)"
    }
  }

  private static func give(_ subject: AccessGrant.Subject, _ visit: GuildVisit, _ input: APIInput)
    async throws
    -> HTTPResponse
  {
    guard let access = AccessRole(name: input.body["role"]?.string ?? "") else { throw HTTPProblem.notFound }
    let store = AccessStore(visit.store)
    let before = try await store.grants().first { $0.subject == subject }?.access
    let grant = AccessGrant(subject, access)
    guard try await store.grant(grant, by: visit.user, at: visit.now) else {
      throw APIRefusal(code: .conflict, message: visit.strings["api.error.grants"])
    }
    try await visit.audit(
      "\(CorePlugin.id).access.grant", name(subject), before: .orNull(before?.name),
      after: .string(access.name))
    return try visit.visit.json(document(grant))
  }

  private static func take(_ subject: AccessGrant.Subject, _ visit: GuildVisit) async throws -> HTTPResponse {
    let store = AccessStore(visit.store)
    let before = try await store.grants().first { $0.subject == subject }?.access
    guard let before, try await store.revoke(subject) else { throw HTTPProblem.notFound }
    try await visit.audit("\(CorePlugin.id).access.revoke", name(subject), before: .string(before.name))
    return .done
  }
}
