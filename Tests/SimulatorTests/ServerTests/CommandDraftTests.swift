// Tests of the checks of commands and modals.

import JSON
import Testing

@testable import Simulator

@Suite struct CommandDraftTests {
  private func codes(_ text: String) throws -> [String: String] {
    let draft = CommandDraft(try JSONValue(parsing: Array(text.utf8)), isGlobal: true)
    return draft.errors.entries.reduce(into: [:]) { $0[$1.path.joined(separator: ".")] = $1.code }
  }

  @Test func `a plain command passes and gets its defaults`() throws {
    let draft = CommandDraft(["name": "ping", "description": "Answers"], isGlobal: true)
    #expect(draft.errors.isEmpty)
    #expect(draft.fields["type"] == 1)
    #expect(draft.fields["integration_types"] == [0])
    #expect(draft.fields["dm_permission"] == true)
    #expect(draft.fields["nsfw"] == false)
  }

  @Test(arguments: [
    (#"{"description":"x"}"#, ["name": "BASE_TYPE_REQUIRED"]),
    (#"{"name":"ping"}"#, ["description": "BASE_TYPE_REQUIRED"]),
    (#"{"name":"Ping","description":"x"}"#, ["name": "APPLICATION_COMMAND_INVALID_NAME"]),
    (#"{"name":"two words","description":"x"}"#, ["name": "APPLICATION_COMMAND_INVALID_NAME"]),
    (#"{"name":"","description":"x"}"#, ["name": "BASE_TYPE_BAD_LENGTH"]),
    (#"{"name":"ping","description":""}"#, ["description": "BASE_TYPE_BAD_LENGTH"]),
    (
      #"{"name":"Menu","type":2,"description":"x"}"#,
      ["description": "APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED"]
    ),
    (#"{"name":"x","type":9,"description":"x"}"#, ["type": "BASE_TYPE_CHOICES"]),
    (
      #"{"name":"x","description":"x","options":[{"type":3,"name":"a","description":"x"},{"type":3,"name":"b","description":"x","required":true}]}"#,
      ["options.1": "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"]
    ),
    (
      #"{"name":"x","description":"x","options":[{"type":3,"name":"a","description":"x"},{"type":3,"name":"a","description":"x"}]}"#,
      ["options.1.name": "APPLICATION_COMMAND_OPTIONS_NAME_INVALID"]
    ),
    (
      #"{"name":"x","description":"x","options":[{"type":4,"name":"a","description":"x","choices":[{"name":"one","value":"1"}]}]}"#,
      ["options.0.choices.0.value": "APPLICATION_COMMAND_OPTIONS_CHOICES_VALUE_INVALID"]
    ),
  ])
  func `what is wrong is named where it is`(text: String, expected: [String: String]) throws {
    #expect(try codes(text) == expected)
  }

  @Test func `thousands of characters are too many`() throws {
    let choices = (0..<25).map { index -> JSONValue in
      [
        "name": .string("\(index)" + String(repeating: "n", count: 90)),
        "value": .string(String(repeating: "v", count: 90)),
      ]
    }
    let options = ["a", "b"].map { name -> JSONValue in
      ["type": 3, "name": .string(name), "description": "x", "choices": .array(choices)]
    }
    let draft = CommandDraft(["name": "x", "description": "x", "options": .array(options)], isGlobal: false)
    #expect(draft.errors.entries.map(\.code) == ["APPLICATION_COMMAND_TOO_LARGE"])
  }

  @Test(arguments: ["ping", "größe", "名前", "a-b_c", "सेवा", "o'clock"])
  func `names of every script are names`(name: String) {
    #expect(CommandDraft.isCommandName(name))
  }

  @Test func `a modal is checked like a message`() {
    let good = ModalDraft([
      "custom_id": "m", "title": "Report",
      "components": [
        ["type": 18, "label": "What?", "component": ["type": 4, "custom_id": "t", "style": 2]]
      ],
    ])
    #expect(good.errors.isEmpty)
    let bad = ModalDraft([
      "custom_id": "", "title": "Report",
      "components": [
        ["type": 18, "label": "What?", "component": ["type": 4, "custom_id": "t", "style": 2]],
        ["type": 18, "label": "What?", "component": ["type": 21, "custom_id": "t", "options": []]],
      ],
    ])
    #expect(
      bad.errors.entries.map { $0.path.joined(separator: ".") } == [
        "data.custom_id", "data.components.1.component.custom_id", "data.components.1.component.options",
      ])
  }
}
