// What a person reads: aligned, and free of what names could do to a terminal.

import Administration
import Testing

@Suite struct ReportTests {
  @Test func `columns are aligned, and lines have no spaces at their end`() {
    let table = AdminTable(
      ["id", "name", "note"], [["1", "ada", "x"], ["22", "日本", ""], ["333", "é", "last"]], empty: "none")
    #expect(
      table.text == """
        ID   NAME  NOTE
        1    ada   x
        22   日本
        333  é     last

        """)
  }

  @Test func `a table without rows says so`() {
    #expect(AdminTable(["id"], [], empty: "no servers yet").text == "no servers yet\n")
  }

  @Test func `a name cannot move the cursor or turn the writing around`() {
    let text = AdminTable(["name"], [["a\u{1B}[2Jb\u{202E}c\nd\u{9B}e"]], empty: "").text
    #expect(text == "NAME\na\u{FFFD}[2Jb\u{FFFD}c d\u{FFFD}e\n")
  }
}
