// Changing the rule of a command: the form, the switch, and two people at once.

import HTTPServer
import HTTPTypes
import JSON
import PlatformConfiguration
import PlatformDispatch
import PlatformSettings

extension CommandRulePage {
  func save() async throws -> HTTPResponse {
    let stored = rule
    let reading = SettingsFormReader.read(visit.form, fields: fields, stored: stored.document)
    var state = State(document: reading.document, before: stored.document, isUnsaved: true)
    (state.problems, state.typed) = (reading.problems, reading.typed)
    if reading.changedList != nil {
      state.problems = []
      return try page(state)
    }
    state.status = HTTPStatus(422)
    guard reading.problems.isEmpty else { return try page(state) }
    let next: CommandRule
    do throws(SettingsProblems) { next = try CommandRule(document: reading.document) } catch {
      state.problems = error.problems
      return try page(state)
    }
    let before = visit.visit.form[Self.beforeField].flatMap { text in
      // What is no document was not made by the form, and is in the way like any other difference.
      try? JSONValue(parsing: Array(text.utf8), maximumSize: 64 << 10)
    }
    guard before == stored.document else {
      (state.status, state.isConflict) = (HTTPStatus(409), true)
      return try page(state)
    }
    return try await store(next, from: stored)
  }

  /// Switches the command on or off, and leaves the rest of its rule.
  func turn() async throws -> HTTPResponse {
    let next = place.next(otherwise: list)
    let isOn = visit.visit.field("on") != nil
    guard isOn || !isNeeded else {
      return try visit.visit.refused("commands.needed", ["command": name], next: next)
    }
    let name = name
    // A command without a rule of its own begins with what it had from its group.
    var inherited = core.rule(for: name) ?? rule
    inherited.command = name
    let start = inherited
    try await change { rule in
      if rule == CommandRule(of: name) { rule = start }
      rule.isOn = isOn
    }
    return try visit.visit.done(isOn ? "commands.on" : "commands.off", ["command": name], next: next)
  }

  private func store(_ next: CommandRule, from stored: CommandRule) async throws -> HTTPResponse {
    do {
      try await change { rule in
        guard rule == stored else { throw ConfigurationError.conflict(current: 0) }
        let name = rule.command
        rule = next
        rule.command = name
      }
    } catch ConfigurationError.conflict {
      return try visit.visit.refused("commands.changed", ["command": name], next: link)
    } catch ConfigurationError.invalid(let problems) {
      var state = State(document: next.document, before: stored.document, isUnsaved: true)
      (state.problems, state.status) = (problems.problems, HTTPStatus(422))
      return try page(state)
    }
    return try visit.visit.done("commands.saved", ["command": name], next: link)
  }

  private func change(_ body: @escaping @Sendable (inout CommandRule) throws -> Void) async throws {
    let name = name
    try await visit.house.configurations.update(
      CoreSettings.self, plugin: CorePlugin.id, in: visit.tenant, by: visit.origin
    ) { settings in
      try settings.changeRule(of: name, body)
    }
    await PluginPlace.settle(visit, only: CorePlugin.id)
  }
}

extension CommandRule {
  /// One that says nothing about a command.
  fileprivate init(of command: String) {
    self.init()
    self.command = command
  }
}
