// Which statements pass: the contract's rules, spelling by spelling.

import SandboxContract
import Testing

@testable import SandboxSQL

@Suite struct RuleTests {
  static let own = "plugin_ledger_42"

  @Test(arguments: [
    ("SELECT 1", PluginSQL.Kind.select, "SELECT 1"),
    ("  select\n1 ; ", .select, "  select\n1 "),
    ("SELECT(1)", .select, "SELECT(1)"),
    ("/* a */INSERT INTO t VALUES ('--', '/*')", .insert, " INSERT INTO t VALUES ('--', '/*')"),
    ("-- hi\nupdate t set a = 1;;", .update, " \nupdate t set a = 1"),
    ("DELETE FROM t -- all", .delete, "DELETE FROM t  "),
    ("CREATE/**/TABLE t (a int)", .createTable, "CREATE TABLE t (a int)"),
    ("create  unique\tindex i on t(a)", .createIndex, "create  unique\tindex i on t(a)"),
    ("CREATE INDEX IF NOT EXISTS i ON t(a)", .createIndex, "CREATE INDEX IF NOT EXISTS i ON t(a)"),
    ("ALTER TABLE t ADD b text", .alterTable, "ALTER TABLE t ADD b text"),
    ("DROP TABLE IF EXISTS t", .dropTable, "DROP TABLE IF EXISTS t"),
    ("DROP INDEX i", .dropIndex, "DROP INDEX i"),
    ("SELECT 'a;b', \"c;d\", $$e;f$$, $t$;$$;$t$", .select, "SELECT 'a;b', \"c;d\", $$e;f$$, $t$;$$;$t$"),
    ("SELECT E'it\\'s; -- x'", .select, "SELECT E'it\\'s; -- x'"),
    ("SELECT 'it''s -- no comment'", .select, "SELECT 'it''s -- no comment'"),
    ("SEL\u{200B}ECT 1", .select, "SELECT 1"),
    ("SELECT '👨\u{200D}👩'", .select, "SELECT '👨\u{200D}👩'"),
    ("SELECT 1 -\u{200B}- 2\n+ 3", .select, "SELECT 1  \n+ 3"),
    ("SELECT /* a /* b */ c */ 1", .select, "SELECT   1"),
    ("SELECT a$b$c FROM t", .select, "SELECT a$b$c FROM t"),
    (
      "SELECT plugin_ledger_42.t.a FROM plugin_ledger_42 . t", .select,
      "SELECT plugin_ledger_42.t.a FROM plugin_ledger_42 . t"
    ),
    ("SELECT 'plugin_other_1.t'", .select, "SELECT 'plugin_other_1.t'"),
    ("SELECT my_plugin_x.a FROM my_plugin_x", .select, "SELECT my_plugin_x.a FROM my_plugin_x"),
    ("SELECT plugin_name FROM t", .select, "SELECT plugin_name FROM t"),
  ])
  func `what is allowed passes, without comments`(_ sql: String, _ kind: PluginSQL.Kind, _ text: String)
    throws
  {
    let statement = try PluginSQL.check(sql, schema: Self.own)
    #expect(statement.kind == kind)
    #expect(statement.text == text)
  }

  @Test(arguments: PluginSQL.blocked)
  func `a blocked text is blocked in every spelling`(_ pattern: String) throws {
    let spellings: [String] = [
      "SELECT 1 \(pattern) x", "select 1 \(pattern.lowercased()) x", "SELECT 1 \(pattern.uppercased()) x",
      "SELECT '\(pattern) x'", "SELECT \"\(pattern) x\"", "SELECT 1 \(spread(pattern)) x",
      "SELECT '\(widthless(pattern)) x'", "SELECT 1 \(commented(pattern)) x",
    ]
    for spelling in spellings {
      // `$` inside of a spelling may open a quote that never ends: refused in any case.
      let error = #expect(throws: RPCError.self) { try PluginSQL.check(spelling, schema: Self.own) }
      if !pattern.contains("$") {
        #expect(error?.message.hasPrefix("Blocked SQL pattern: ") == true, "\(spelling)")
      }
      #expect(error?.code == .validation)
    }
  }

  /// Wide gaps.
  private func spread(_ pattern: String) -> String {
    pattern.split(separator: " ", omittingEmptySubsequences: false).joined(separator: " \n\t ")
  }

  private func widthless(_ pattern: String) -> String {
    pattern.map { "\($0)" }.joined(separator: "\u{200B}")
  }

  private func commented(_ pattern: String) -> String {
    pattern.split(separator: " ", omittingEmptySubsequences: false).joined(separator: "/* x /* y */ */")
  }

  @Test(arguments: [
    ("", "empty"), (" \n ", "empty"), (";", "empty"), ("-- only", "empty"), ("/* only */", "empty"),
    ("SELECT 1; SELECT 2", "only one"), ("SELECT 1;\n'x'", "only one"),
    ("SELECT 1; DROP TABLE t", "only one"),
    ("SELECT 'a'; -- x\nDROP TABLE t;", "only one"), ("SELECT $$a$$; DELETE FROM t", "only one"),
    ("SELECT E'\\''; DELETE FROM t", "only one"), ("SELECT E'a'\n'\\''; DELETE FROM t; --'", "only one"),
    ("SELECT 'a\\'; DELETE FROM t; --'", "only one"), ("SELECT \"a\"\"b\"; DELETE FROM t", "only one"),
    ("SELECT a$$; DELETE FROM t; --$$", "only one"),
    ("WITH x AS (SELECT 1) SELECT * FROM x", "are allowed"), ("EXPLAIN SELECT 1", "are allowed"),
    ("VALUES (1)", "are allowed"), ("CREATE VIEW v AS SELECT 1", "are allowed"),
    ("CREATE TEMP TABLE t (a int)", "are allowed"), ("CREATE UNLOGGED TABLE t (a int)", "are allowed"),
    ("ALTER INDEX i RENAME TO j", "are allowed"), ("(SELECT 1)", "are allowed"),
    ("SEL/**/ECT 1", "are allowed"),
    ("SET search_path = public", "are allowed"), ("DO 'x'", "are allowed"), ("CALL p()", "are allowed"),
    ("BEGIN", "are allowed"), ("COMMIT", "are allowed"), ("VACUUM", "are allowed"),
    ("TABLE t", "are allowed"),
    ("MERGE INTO t USING u ON true", "are allowed"), ("DROP VIEW v", "are allowed"),
    ("DROP OWNED BY x", "are allowed"),
    ("CREATE SCHEMA s", "are allowed"), ("CREATE TYPE t AS ENUM ('a')", "are allowed"),
    ("LOCK TABLE t", "are allowed"),
    ("CREATE RULE r AS ON SELECT TO t DO INSTEAD NOTHING", "are allowed"),
    ("REFRESH MATERIALIZED VIEW v", "are allowed"),
    ("SELECT * FROM plugin_other_1.t", "plugin_other_1."),
    ("SELECT * FROM PLUGIN_OTHER_1 . T", "plugin_other_1."),
    ("SELECT * FROM \"plugin_other_1\".t", "plugin_other_1."),
    ("SELECT * FROM plugin_other_1/**/.t", "plugin_other_1."),
    ("SELECT * FROM \"plugin_\u{200B}other_1\".t", "plugin_other_1."),
    ("SELECT * FROM plugin_ledger_421.t", "plugin_ledger_421."),
    ("INSERT INTO t SELECT * FROM plugin_other_1.t", "plugin_other_1."),
    ("DELETE FROM t USING plugin_other_1\n.u", "plugin_other_1."),
    ("SELECT 'open", "inside of a string"), ("SELECT \"open", "quoted name"),
    ("SELECT $$open", "dollar quote"),
    ("SELECT 1 /* open", "comment"), ("SELECT 1$$x$$", "must not follow"),
    ("SELECT $1$$x$$", "must not follow"),
    ("SELECT 1e5$$x$$", "must not follow"), ("SELECT 1'x'", "must not follow"),
    ("SELECT 1) AS x, (SELECT 2", "parenthesis"), ("SELECT (1", "parenthesis"), ("SELECT 1\u{0}", "NUL"),
  ])
  func `what is not allowed is refused, and says why`(_ sql: String, _ reason: String) throws {
    let error = #expect(throws: RPCError.self, "\(sql)") { try PluginSQL.check(sql, schema: Self.own) }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test func `without a schema, names of schemas are not judged`() throws {
    #expect(try PluginSQL.check("SELECT * FROM plugin_other_1.t", schema: nil).kind == .select)
  }

  @Test func `changes of the schema are told from changes of rows`() throws {
    #expect(
      PluginSQL.Kind.allCases.filter(\.isDDL).map(\.rawValue).sorted() == [
        "ALTER TABLE", "CREATE INDEX", "CREATE TABLE", "DROP INDEX", "DROP TABLE",
      ])
    #expect(try PluginSQL.check("INSERT INTO t VALUES (1) RETURNING id", schema: nil).isReturning)
    #expect(
      try !PluginSQL.check("INSERT INTO t VALUES ('returning', \"returning\")", schema: nil).isReturning)
  }

  @Test(arguments: [
    ("SELECT %s", 1, "SELECT $1"), ("SELECT %s, %s", 2, "SELECT $1, $2"),
    ("SELECT '%s', %s", 1, "SELECT '%s', $1"),
    ("SELECT \"%s\", %s", 1, "SELECT \"%s\", $1"), ("SELECT $$%s$$, %s", 1, "SELECT $$%s$$, $1"),
    ("SELECT 5 %% %s", 1, "SELECT 5 % $1"),
    ("SELECT a LIKE 'x%%' AND b = %s", 1, "SELECT a LIKE 'x%' AND b = $1"),
    ("SELECT a LIKE 'x%' AND b = %s", 1, "SELECT a LIKE 'x%' AND b = $1"),
    ("SELECT 1 LIMIT%s", 1, "SELECT 1 LIMIT $1"),
    ("SELECT %sAND 1", 1, "SELECT $1 AND 1"), ("SELECT %s::int", 1, "SELECT $1::int"),
    ("SELECT $2, $1, $2", 2, "SELECT $2, $1, $2"), ("SELECT 'x%x', %s", 0, "SELECT 'x%x', %s"),
    ("SELECT '$1', $1", 1, "SELECT '$1', $1"), ("SELECT a$1, $1", 1, "SELECT a$1, $1"),
    ("SELECT a LIKE '%x%'", 0, "SELECT a LIKE '%x%'"), ("SELECT %%%s", 1, "SELECT %$1"),
  ])
  func `placeholders of both forms are bound`(_ sql: String, _ count: Int, _ text: String) throws {
    #expect(try SQLPlaceholders.bind(try SQLScanner.pieces(of: sql), count: count).text == text)
  }

  @Test(arguments: [
    ("SELECT %s, $1", 1, "mixed"), ("SELECT %s", 2, "1 placeholders"), ("SELECT 1", 1, "0 placeholders"),
    ("SELECT $1", 2, "up to $1"), ("SELECT $3", 2, "up to $3"), ("SELECT $0", 1, "up to $0"),
    ("SELECT $1, $3", 3, "all must"),
    ("SELECT %(name)s", 1, "named"), ("SELECT '%s'", 1, "0 placeholders"),
    ("SELECT $99999999999999999999", 1, "placeholders"),
  ])
  func `placeholders that do not fit are refused`(_ sql: String, _ count: Int, _ reason: String) throws {
    let error = #expect(throws: RPCError.self) {
      try SQLPlaceholders.bind(try SQLScanner.pieces(of: sql), count: count)
    }
    #expect(error?.code == .validation)
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }
}
