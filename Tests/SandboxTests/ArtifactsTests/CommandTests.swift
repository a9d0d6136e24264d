// Slash commands: what Discord would refuse is refused before it, since one mistake would cost a server all commands.

import JSON
import SandboxArtifacts
import SandboxContract
import SandboxTestKit
import Testing

private func artifact(
  _ commands: String, _ sources: String = "", _ change: (inout ArtifactRules) -> Void = { _ in }
) throws -> Artifact {
  var source = PluginSource()
  source.manifest = #"{"id": "starter", "name": "S", "version": "1", "slash_commands": \#(commands)}"#
  source.files = [("__main__.py", sources)]
  var rules = ArtifactRules()
  change(&rules)
  return try Artifact(zip: source.zip(), rules: rules)
}

private func code(
  _ commands: String, _ sources: String = "", _ change: (inout ArtifactRules) -> Void = { _ in }
) throws
  -> String?
{
  do {
    _ = try artifact(commands, sources, change)
    return nil
  } catch let error as ArtifactError {
    return error.code.rawValue
  }
}

private func options(_ options: String) -> String {
  #"[{"name": "hi", "description": "x", "options": \#(options)}]"#
}

@Suite struct CommandTests {
  @Test func `a command is kept as Discord takes it`() throws {
    let written = #"""
      [{"name": "Hello", "defer_on_dispatch": true, "default_member_permissions": 32, "nsfw": false, "junk": {"a": 1},
        "options": [
          {"type": 3, "name": "to", "description": "Whom", "required": true, "choices": [{"name": "A", "value": "a"}]},
          {"type": 4, "name": "times", "min_value": 1, "max_value": 5, "autocomplete": true},
          {"type": 7, "name": "where", "channel_types": [0, 5]}]}]
      """#
    let command = try #require(artifact(written).manifest.commands.first)
    #expect(command.name == "hello")
    #expect(command.defersOnDispatch == true)
    let expected = #"""
      {"name":"hello","description":"No description","options":[{"type":3,"name":"to","description":"Whom",
      "required":true,"choices":[{"name":"A","value":"a"}]},{"type":4,"name":"times","description":"No description",
      "min_value":1,"max_value":5},{"type":7,"name":"where","description":"No description","channel_types":[0,5]}],
      "default_member_permissions":"32","nsfw":false}
      """#
    #expect(JSONValue.object(command.definition) == (try JSONValue(parsing: Array(expected.utf8))))
  }

  @Test func `decorators that the manifest forgot are added`() throws {
    let sources = """
      @plugin.on_slash_command("hi")
      def hi(ctx, e): pass
      @bot.on_slash_command('later')
      def later(ctx, e): pass
      # @plugin.on_slash_command("old")
      """
    let read = try artifact(#"[{"name": "hi", "description": "x"}]"#, sources)
    #expect(read.manifest.commands.map(\.name) == ["hi", "later"])
    #expect(read.manifest.commands.last?.definition["description"] == "No description")
    #expect(read.warnings.map(\.code) == ["command_not_declared"])
    #expect(read.manifest.capabilities == [.respond])
  }

  @Test(arguments: [
    ("{}", "command_defs_not_list"), ("[{}]", "command_def_malformed"), ("[null]", "command_def_malformed"),
    (#"[{"name": "a b"}]"#, "command_name_invalid"), (#"[{"name": "a/b"}]"#, "command_name_invalid"),
    (#"[{"name": "\#(String(repeating: "a", count: 33))"}]"#, "command_name_invalid"),
    (#"[{"name": "a\u0000"}]"#, "command_name_invalid"), (#"[{"name": "😀"}]"#, "command_name_invalid"),
    (#"[{"name": "a"}, {"name": "A"}]"#, "command_name_duplicate"),
    (#"[{"name": "ban"}]"#, "command_name_reserved"), (#"[{"name": "BAN"}]"#, "command_name_reserved"),
    (#"[{"name": "maid-bug-report"}]"#, "command_name_reserved"),
    (#"[{"name": "a", "default_member_permissions": "all"}]"#, "command_permissions_invalid"),
  ])
  func `wrong commands are refused`(list: String, expected: String) throws {
    #expect(try code(list) == expected)
  }

  @Test(arguments: [
    ("{}", "command_options_not_list"), ("[7]", "command_option_malformed"),
    (#"[{"type": 3}]"#, "command_option_missing_name"), (#"[{"name": "a"}]"#, "command_option_missing_type"),
    (#"[{"name": "A", "type": 3}]"#, "command_option_name_invalid"),
    (#"[{"name": "a b", "type": 3}]"#, "command_option_name_invalid"),
    (#"[{"name": "a", "type": 0}]"#, "command_option_type_invalid"),
    (#"[{"name": "a", "type": 12}]"#, "command_option_type_invalid"),
    (#"[{"name": "a", "type": "3"}]"#, "command_option_type_invalid"),
    (#"[{"name": "a", "type": 3.5}]"#, "command_option_type_invalid"),
    (#"[{"name": "a", "type": 3}, {"name": "a", "type": 3}]"#, "command_option_name_invalid"),
    (#"[{"name": "a", "type": 3}, {"name": "b", "type": 3, "required": true}]"#, "command_option_order"),
    (#"[{"name": "a", "type": 1}, {"name": "b", "type": 3}]"#, "command_option_type_invalid"),
    (#"[{"name": "a", "type": 2}]"#, "command_option_type_invalid"),
    (#"[{"name": "a", "type": 2, "options": [{"name": "b", "type": 3}]}]"#, "command_option_type_invalid"),
    (#"[{"name": "a", "type": 2, "options": [{"name": "b", "type": 2}]}]"#, "command_options_too_deep"),
    (#"[{"name": "a", "type": 1, "options": [{"name": "b", "type": 1}]}]"#, "command_options_too_deep"),
    (
      #"[{"name": "a", "type": 2, "options": [{"name": "b", "type": 1, "options": [{"name": "c", "type": 1}]}]}]"#,
      "command_options_too_deep"
    ),
    (
      #"[{"name": "a", "type": 3, "choices": [{"name": "", "value": "a"}]}]"#,
      "command_option_choices_invalid"
    ),
    (
      #"[{"name": "a", "type": 3, "choices": [{"name": "x", "value": 1}]}]"#, "command_option_choices_invalid"
    ),
    (
      #"[{"name": "a", "type": 5, "choices": [{"name": "x", "value": true}]}]"#,
      "command_option_choices_invalid"
    ),
    (#"[{"name": "a", "type": 4, "min_value": 0.5}]"#, "command_option_bounds_invalid"),
    (#"[{"name": "a", "type": 3, "max_length": 7000}]"#, "command_option_bounds_invalid"),
  ])
  func `wrong options are refused`(list: String, expected: String) throws {
    #expect(try code(options(list)) == expected)
  }

  @Test func `options nested five deep are refused, two levels are fine`() throws {
    var list = #"[{"name": "x", "type": 3}]"#
    for kind in [1, 2] { list = #"[{"name": "n", "type": \#(kind), "options": \#(list)}]"# }
    #expect(try code(options(list)) == nil)
    for _ in 0..<3 { list = #"[{"name": "n", "type": 2, "options": \#(list)}]"# }
    #expect(try code(options(list)) == "command_options_too_deep")
  }

  @Test func `numbers beyond Discord's are refused`() throws {
    let many = (0..<26).map { #"{"name": "o\#($0)", "type": 3}"# }.joined(separator: ",")
    #expect(try code(options("[\(many)]")) == "command_options_too_many")
    let commands = (0..<200).map { #"{"name": "c\#($0)", "description": "x"}"# }.joined(separator: ",")
    #expect(try code("[\(commands)]") == "command_too_many")
    let decorators = (0..<200).map { "@p.on_slash_command(\"c\($0)\")\ndef f(): pass\n" }.joined()
    #expect(try code("[]", decorators) == "command_too_many")
    let long = String(repeating: "d", count: 100)
    let choices = (0..<25).map {
      #"{"name": "\#($0)\#(String(long.dropFirst(3)))", "value": "\#($0)\#(String(long.dropFirst(3)))"}"#
    }
    .joined(separator: ",")
    let heavy = (0..<2).map { #"{"name": "o\#($0)", "type": 3, "choices": [\#(choices)]}"# }.joined(
      separator: ",")
    #expect(try code(options("[\(heavy)]")) == "command_too_long")
  }

  @Test func `the house's own commands are reserved, what came before them is kept`() throws {
    #expect(try code(#"[{"name": "rank"}]"#) == nil)
    #expect(try code(#"[{"name": "rank"}]"#) { $0.reservedCommands = ["rank"] } == "command_name_reserved")
    let kept = try artifact(#"[{"name": "rank"}]"#) {
      $0.reservedCommands = ["rank"]
      $0.keptCommands = ["rank"]
    }
    #expect(kept.manifest.commands.map(\.name) == ["rank"])
    #expect(kept.warnings.map(\.code).contains("command_name_aliased"))
    #expect(ArtifactRules.contractReserved.count == 38)
    #expect(try code("[]", "@p.on_slash_command(\"kick\")\n") == "command_name_reserved")
  }

  @Test func `handlers and declarations are compared`() throws {
    #expect(try code("[]", "@p.on_slash_command(\"Hi\")\n") == "command_handler_not_lowercase")
    let list = #"[{"name": "a"}, {"name": "b"}]"#
    #expect(try code(list, "@p.on_slash_command(\"a\")\n") == "command_missing_handler")
    #expect(try code(list, "@p.on_slash_command(\"a\")\nfor n in x: p.on_slash_command(n)(f)\n") == nil)
    #expect(try artifact(list).warnings.map(\.code) == ["command_handlers_not_found"])
  }
}
