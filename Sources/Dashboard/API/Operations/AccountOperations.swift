// Whose session or token it is, and where it opens doors.

import DiscordCore
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformAccounts
import PlatformTenancy
import Storage

extension APIOperation {
  static let roleSchema = APISchema.choice(AccessRole.allCases.map(\.name))

  static let guildSchema = APISchema.named(
    "Guild",
    .record([
      .init("id", .snowflake), .init("name", .text()), .init("icon", .nullable(.text())),
      .init("owner", .nullable(.snowflake)), .init("members", .integer()),
    ]))

  private static let meSchema = APISchema.named(
    "Me",
    .record([
      .init(
        "user", .record([.init("id", .snowflake), .init("username", .text()), .init("name", .text())])),
      .init(
        "token",
        .nullable(
          .record([
            .init("id", .text()), .init("name", .text()), .init("role", roleSchema),
            .init("guild", .snowflake), .init("expires_at", .nullable(.instant)),
          ]))),
      .init("csrf_token", .nullable(.text())), .init("is_operator", .toggle),
    ]))

  static let accountOperations: [APIOperation] = [
    APIOperation("me", .get, "/me", answer: .json(meSchema), .account { visit, _ in try me(visit) }),
    APIOperation(
      "guilds.list", .get, "/guilds", query: [.cursor, .limit], answer: .json(.part(of: guildSchema)),
      .account { visit, input in try await guilds(visit, input) }),
  ]

  private static func me(_ visit: AccountVisit) throws -> HTTPResponse {
    let profile = visit.account.profile
    let token = visit.token.map { token -> JSONValue in
      [
        "id": .string(token.id), "name": .string(token.name), "role": .string(token.access.name),
        "guild": .snowflake(token.guild.guild), "expires_at": token.expiresAt?.api ?? .null,
      ]
    }
    return try visit.visit.json([
      "user": [
        "id": .snowflake(profile.user), "username": .string(profile.username),
        "name": .string(visit.account.name),
      ],
      "token": token ?? .null,
      "csrf_token": visit.session == nil ? .null : .string(visit.csrfToken),
      "is_operator": .bool(visit.session != nil && visit.isOperator),
    ])
  }

  private static func guilds(_ visit: AccountVisit, _ input: APIInput) async throws -> HTTPResponse {
    if let token = visit.token {
      let record = try await visit.house.directory.get(token.guild)
      return try visit.visit.json(.part(record.map { [document($0)] } ?? [], next: nil))
    }
    var filter = GuildFilter()
    (filter.owner, filter.limit) = (visit.user, input.limit)
    filter.after = input.cursor.map { Tenant(GuildID(UInt64(bitPattern: $0))) }
    let records = try await visit.house.directory.list(filter)
    let last = records.count == filter.limit ? records.last : nil
    return try visit.visit.json(
      .part(records.map(document), next: last.map { Int64(bitPattern: $0.guild.guild.rawValue) }))
  }

  private static func document(_ record: GuildRecord) -> JSONValue {
    [
      "id": .snowflake(record.guild.guild), "name": .string(record.name), "icon": .orNull(record.icon),
      "owner": .orNull(record.owner?.description), "members": .integer(Int64(record.memberCount)),
    ]
  }
}
