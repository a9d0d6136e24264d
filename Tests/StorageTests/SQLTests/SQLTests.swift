// The small values both engines share.

import SQL
import Testing

@Suite
struct StatementAndRowTests {
  @Test func `an interpolation becomes a parameter, never text`() {
    let name = "Robert'); DROP TABLE student;--"
    let statement: SQL =
      "SELECT id FROM student WHERE name = \(name) AND year = \(3) AND note IS \(SQLValue.null)"
    #expect(statement.text == "SELECT id FROM student WHERE name = $1 AND year = $2 AND note IS $3")
    #expect(statement.parameters == [.text(name), .integer(3), .null])
  }

  @Test func `a constant goes into the text as it is`() {
    let statement: SQL = "SELECT \(unescaped: "id, name") FROM t WHERE id = \(Int64.max)"
    #expect(statement.text == "SELECT id, name FROM t WHERE id = $1")
    #expect(statement.parameters == [.integer(.max)])
  }

  @Test func `a row is read by position and by name`() throws {
    let row = SQLRow(
      columns: ["id", "isOn", "name", "share", "data"],
      values: [
        .integer(7), .integer(1), .null, .integer(2), .blob([1]),
      ])
    #expect(try row.get(0, as: Int.self) == 7)
    #expect(try row.get("isOn", as: Bool.self))
    #expect(try row.get("name", as: String?.self) == nil)
    #expect(try row.get("share", as: Double.self) == 2)
    #expect(try row.get("data", as: [UInt8].self) == [1])
  }

  @Test(arguments: [
    (SQLValue.text("7"), "text"), (.double(7), "double"), (.boolean(true), "boolean"), (.null, "NULL"),
    (.blob([7]), "blob"),
  ])
  func `another kind of value is a mismatch that names kinds, not values`(value: SQLValue, kind: String)
    throws
  {
    let row = SQLRow(columns: ["id"], values: [value])
    let error = #expect(throws: SQLError.self) { try row.get(0, as: Int.self) }
    #expect(error?.code == .typeMismatch)
    #expect(error?.description.contains(kind) == true)
    #expect(error?.description.contains("7") == false)
  }

  @Test func `two is no boolean, and a missing column is none`() throws {
    let row = SQLRow(columns: ["id"], values: [.integer(2)])
    #expect(#expect(throws: SQLError.self) { try row.get(0, as: Bool.self) }?.code == .typeMismatch)
    #expect(#expect(throws: SQLError.self) { try row.get(1, as: Int.self) }?.code == .noSuchColumn)
    #expect(#expect(throws: SQLError.self) { try row.get("other", as: Int.self) }?.code == .noSuchColumn)
  }
}
