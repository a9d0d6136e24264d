// Values, names, budgets: pure.

import DiscordCore
import EventLoop
import JSON
import Postgres
import SandboxContract
import Testing
import Vault

@testable import SandboxSQL

@Suite struct ValueTests {
  @Test(arguments: [
    ("{}", SQLArrayText.list([])), ("{1,NULL,\"NULL\"}", .list([.value("1"), .null, .value("NULL")])),
    (
      "{{a,b},{\"c,d\",\"e\\\"f\"}}",
      .list([.list([.value("a"), .value("b")]), .list([.value("c,d"), .value("e\"f")])])
    ),
    ("[2:3]={1,2}", .list([.value("1"), .value("2")])),
  ])
  func `arrays are taken apart`(_ text: String, _ array: SQLArrayText) {
    #expect(SQLArrayText(text) == array)
  }

  @Test(arguments: ["", "{", "{1", "1}", "{1}}", "{\"a}", "{{{{{{{{{{1}}}}}}}}}}"])
  func `what is no array is told`(_ text: String) { #expect(SQLArrayText(text) == nil) }

  private static func sent(_ type: UInt32, _ text: String?) -> PostgresParameter {
    PostgresParameter(type: type, text: text)
  }
  static let parameters: [(JSONValue, PostgresParameter)] = {
    var table: [(JSONValue, PostgresParameter)] = []
    table.append((.null, sent(0, nil)))
    table.append((true, sent(16, "t")))
    table.append((5, sent(23, "5")))
    table.append((5_000_000_000, sent(20, "5000000000")))
    table.append((.unsigned(.max), sent(1700, "18446744073709551615")))
    table.append((1.5, sent(701, "1.5")))
    table.append(("it's", sent(0, "it's")))
    table.append(([1, 2, nil], sent(1007, "{1,2,NULL}")))
    table.append(([1, 5_000_000_000], sent(1016, "{1,5000000000}")))
    table.append(([1, 1.5], sent(1022, "{1,1.5}")))
    table.append((["a\"b", "c\\"], sent(0, #"{"a\"b","c\\"}"#)))
    table.append(([[1, 2], [3, 4]], sent(1007, "{{1,2},{3,4}}")))
    table.append(([], sent(0, "{}")))
    table.append((["a": 1], sent(0, #"{"a":1}"#)))
    table.append(([1, "a"], sent(0, #"[1,"a"]"#)))
    table.append(([["a": 1]], sent(0, #"[{"a":1}]"#)))
    table.append(([[1], [2, 3]], sent(0, "[[1],[2,3]]")))
    return table
  }()

  @Test(arguments: parameters)
  func `parameters have the type of their value`(_ value: JSONValue, _ parameter: PostgresParameter) throws {
    #expect(try SQLParameters.encode([value]) == [parameter])
  }

  @Test func `what cannot be a parameter is refused`() {
    #expect(throws: RPCError.self) { try SQLParameters.encode(["a\u{0}b"]) }
    #expect(throws: RPCError.self) { try SQLParameters.encode(Array(repeating: 1, count: 5_001)) }
    #expect(throws: RPCError.self) {
      try SQLParameters.encode([.string(String(repeating: "x", count: 5 << 20))])
    }
  }

  @Test func `a schema's name is plain and its own`() {
    let guild = GuildID(UInt64.max)
    #expect(PluginSchema(plugin: "shop", guild: GuildID(42)).name == "plugin_shop_42")
    let names = [
      "shop", "Shop", "shop-1", "shop.1", "ſhop", "a\"b", String(repeating: "a", count: 32),
      String(repeating: "a", count: 33),
    ]
    .map { PluginSchema(plugin: $0, guild: guild).name }
    #expect(Set(names).count == names.count)
    for name in names {
      #expect(name.utf8.count <= 63)
      #expect(
        name.unicodeScalars.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" })
    }
  }

  @Test func `forty changes in the first hour, then five within any hour`() throws {
    let start = Timestamp(milliseconds: 0)
    var budget = DDLBudget()
    for minute in 0..<40 { try budget.spend(installedAt: start, now: start + .seconds(minute)) }
    let first = #expect(throws: RPCError.self) {
      try budget.spend(installedAt: start, now: start + .seconds(100))
    }
    #expect(first?.retryAfter == 3_500)
    #expect(first?.message == "DDL rate limit: max 40 DDL statements per hour (retry in 3500s)")
    for second in 0..<5 { try budget.spend(installedAt: start, now: start + .seconds(3_600 + second * 60)) }
    let later = #expect(throws: RPCError.self) {
      try budget.spend(installedAt: start, now: start + .seconds(3_900))
    }
    #expect(later?.code == .rateLimited)
    #expect(later?.message == "DDL rate limit: max 5 DDL statements per hour (retry in 3300s)")
    try budget.spend(installedAt: start, now: start + .seconds(7_201))
    #expect(throws: RPCError.self) { try budget.spend(installedAt: start, now: start + .seconds(7_201)) }
  }

  @Test func `a size is trusted until enough was written, or long ago`() {
    var size = SchemaSize()
    #expect(size.isStale(limit: 100 << 20, now: .zero))
    size.measured(1 << 20, now: .zero)
    #expect(!size.isStale(limit: 100 << 20, now: .seconds(1)))
    size.wrote(parameters: 100, taking: .milliseconds(1))
    #expect(!size.isStale(limit: 100 << 20, now: .seconds(1)))
    #expect(size.isStale(limit: 100 << 20, now: .seconds(301)))
    size.wrote(parameters: 100, taking: .milliseconds(60))
    #expect(size.isStale(limit: 100 << 20, now: .seconds(1)))
    size.measured(101 << 20, now: .zero)
    #expect(size.isStale(limit: 100 << 20, now: .seconds(1)))
    let answers = [
      size.mayReclaim(now: .zero), size.mayReclaim(now: .seconds(9)), size.mayReclaim(now: .seconds(30)),
    ]
    #expect(answers == [true, false, true])
  }

  @Test func `nobody else's names are told`() {
    let schema = PluginSchema(plugin: "shop", guild: GuildID(900_000_000_000_000_001))
    let words =
      "permission denied for schema plugin_bank_900000000000000002, not \(schema.name), guildhall_p_12ab"
    #expect(
      SQLFailures.redacted(words, schema, "guildhall_p_ffff")
        == "permission denied for schema plugin_…, not \(schema.name), …")
  }
}
