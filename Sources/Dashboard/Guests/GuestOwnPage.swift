// Pages that a third-party plugin describes and fills: widgets drawn here, from what its handlers answer.

import DiscordModels
import DiscordBot
import PlatformAccounts
import PlatformPlugins
import DiscordCore
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import Resources
import Sandbox
import SandboxArtifacts
import SandboxContract

/// `/g/{guild}/guests/at/{plugin}/pages/{page}`.
struct GuestOwnPage: Sendable {
  private let place: GuestPlace
  private let dashboard: GuestDashboard
  private let page: GuestDashboard.Page
  /// Methods that no page is drawn from: drawing asks, and whoever opens a page has not agreed to a change.
  private let writing: Set<String>

  /// - Throws: `HTTPProblem` 404 for a page that is not there, 403 for one that is for others.
  init(_ place: GuestPlace, _ id: String) async throws {
    guard place.installation.isEnabled, let dashboard = await place.dashboard(),
      let page = dashboard.pages.first(where: { $0.id == id })
    else { throw HTTPProblem.notFound }
    try Self.check(page.role, place)
    (self.place, self.dashboard, self.page) = (place, dashboard, page)
    writing = dashboard.writingMethods
  }

  private static func check(_ needed: AccessRole, _ place: GuestPlace) throws {
    let strings = place.visit.strings
    guard place.visit.role >= needed else {
      throw HTTPProblem(
        .forbidden, strings["problem.forbidden"], detail: strings[dynamic: "problem.needs.\(needed.name)"])
    }
  }

  func show() async throws -> HTTPResponse { try await show([:]) }

  /// `known`: what the plugin answered already, besides what drawing asks.
  private func show(_ known: [Question: Answer]) async throws -> HTTPResponse {
    let visit = place.visit
    var head = PageHead(page.title, section: "guests")
    head.trail = [
      (visit.strings["nav.guests"], .guild(visit.guild, "guests")), (place.manifest.name, place.link()),
    ]
    switch page.content {
    case .frame(let source): return try GuestFrame.page(source, head, place)
    case .widgets(let widgets):
      // What takes longer is asked for again by the page itself.
      let answers = await answers(for: page.widgets, within: .seconds(2)).merging(known) { _, new in new }
      if page.widgets.contains(where: \.isChart) { head.scripts = [visit.visit.resources.chartScript] }
      let context = context(hidden: hidden(among: page.widgets, answers))
      if dashboard.theme != nil {
        head.styles = [place.link("theme.css", query: [("v", place.installation.release.digest)])]
      }
      return try visit.visit.page(head) { html in
        html.element(
          .div, .class(dashboard.theme?.isCompact == true ? "guest-page is-compact" : "guest-page"),
          .data("guest-widgets", place.link("pages", page.id).description)
        ) {
          html in
          if let theme = dashboard.theme { GuestThemeHead(theme, context).render(into: &html) }
          lacking(&html)
          if widgets.isEmpty {
            html.add(
              EmptyState(context.strings["guest.page.empty"], context.strings["guest.page.empty.help"]))
          }
          GuestWidgets(context).write(widgets, data: { data(of: $0, answers) }, into: &html)
        }
      }
    }
  }

  /// What the plugin asks for and was not granted, for who can grant it: its answers may fail for want of it.
  private func lacking(_ html: inout HTMLWriter) {
    let visit = place.visit
    let lacking = Set(place.manifest.capabilities).subtracting(place.installation.grants.capabilities)
    guard visit.role >= .owner, !lacking.isEmpty else { return }
    let names = lacking.sorted().map { visit.visit.words($0.title, of: .sandbox) }.joined(separator: ", ")
    html.add(
      Notice(.info, visit.strings("guest.lacks", ["capabilities": names])) { html in
        html.element(.p) { html in
          html.element(.a, .href(place.link()), text: visit.strings["guest.lacks.change"])
        }
      })
  }

  /// One widget alone, for a script that fills it in later or again.
  func widget(_ id: String) async throws -> HTTPResponse {
    guard let widget = page.widgets.first(where: { $0.id == id }) else { throw HTTPProblem.notFound }
    try Self.check(widget.role, place)
    let answers = await answers(for: widget.flattened, within: .seconds(11))
    let context = context(hidden: hidden(among: widget.flattened, answers))
    let bytes = HTMLWriter.bytes(strings: place.visit.strings.componentStrings) { html in
      GuestWidgets(context).write(
        widget, data(of: widget, answers), inner: { data(of: $0, answers) }, into: &html)
    }
    var response = HTTPResponse(status: .ok, contentType: "text/html; charset=utf-8", bytes: bytes)
    response.fields["Cache-Control"] = "private, no-store"
    return response
  }

  /// The page with what a writing method answers for a widget that it feeds. Asked this once: no address brings it again.
  ///
  /// - Throws: `HTTPProblem` 403 for a widget that is for others, 404 for one that the method does not feed.
  private func ask(_ method: String, for widget: GuestWidget) async throws -> HTTPResponse {
    try Self.check(widget.role, place)
    guard let question = question(of: widget), question.method == method, writing.contains(method) else {
      throw HTTPProblem.notFound
    }
    var known: [Question: Answer] = [:]
    known[question] = await Self.answer(question, place, writes: true)
    return try await show(known)
  }

  // MARK: Asking

  /// What is asked of the plugin. Widgets of one source ask the same, and it is asked once.
  private struct Question: Hashable, Sendable {
    let method: String
    let params: JSONObject
  }

  private enum Answer: Sendable {
    case result(JSONValue)
    case failure(String)
  }

  /// What feeds a widget; nil for one that needs nothing, or is for others.
  private func question(of widget: GuestWidget) -> Question? {
    guard widget.role <= place.visit.role else { return nil }
    switch widget.feed {
    case .method(let name, let params): return Question(method: name, params: params)
    case .source(let id): return question(ofSource: id)
    case nil: return nil
    }
  }

  private func question(ofSource source: String) -> Question? {
    page.sources.first { $0.id == source }.map { Question(method: $0.method, params: $0.params) }
  }

  /// What the plugin answers within a time to all that widgets and their conditions need; what comes later is missing,
  /// and so is what only a writing method would answer.
  private func answers(for widgets: [GuestWidget], within limit: Duration) async -> [Question: Answer] {
    let all =
      widgets.compactMap(question)
      + widgets.compactMap { $0.condition.flatMap { question(ofSource: $0.source) } }
    let questions = Set(all.filter { !writing.contains($0.method) }.prefix(60))
    let (place, time) = (place, place.visit.house.time)
    return await withTaskGroup(of: (Question, Answer?)?.self) { group in
      for question in questions { group.addTask { (question, await Self.answer(question, place)) } }
      group.addTask {
        // Cancelled once all are there.
        try? await time.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      var found: [Question: Answer] = [:]
      for _ in 0..<questions.count {
        guard let next = await group.next(), let (question, answer) = next else { break }
        found[question] = answer
      }
      return found
    }
  }

  /// nil when the time ran out.
  private static func answer(
    _ question: Question, _ place: GuestPlace, writes: Bool = false
  ) async -> Answer? {
    let (sandbox, strings) = (place.sandbox, place.visit.strings)
    let (method, params) = (question.method, question.params)
    do {
      return .result(
        try await writes
          ? sandbox.call(method, params: params, place.installation, place.viewer)
          : sandbox.read(method, params: params, place.installation, place.viewer))
    } catch let error as RPCError {
      return .failure(error.sentence(asking: method, strings))
    } catch {
      return Task.isCancelled ? nil : .failure(strings["guest.call.failed"])
    }
  }

  private func data(of widget: GuestWidget, _ answers: [Question: Answer]) -> GuestWidgetData? {
    switch question(of: widget).flatMap({ answers[$0] }) {
    case .result(let result): GuestWidgetData(result, for: widget)
    case .failure(let words): .failure(words)
    case nil: nil
    }
  }

  /// Widgets whose condition does not hold. One whose source does not answer in time is shown: hiding is for looks only.
  private func hidden(among widgets: [GuestWidget], _ answers: [Question: Answer]) -> Set<String> {
    Set(
      widgets.compactMap { widget in
        guard let condition = widget.condition, let question = question(ofSource: condition.source),
          case .result(let result) = answers[question], !condition.holds(for: result)
        else { return nil }
        return widget.id
      })
  }

  private func context(hidden: Set<String>) -> GuestContext {
    let (visit, place) = (place.visit, place)
    var context = GuestContext(strings: visit.strings, role: visit.role)
    context.hidden = hidden
    context.refreshSeconds = Dictionary(
      page.sources.compactMap { source in source.refreshSeconds.map { (source.id, $0) } }
    ) { first, _ in first }
    context.picture = { path in
      SafeURL(
        segments: ["g", "\(visit.guild)", "guests", "at", place.plugin, "files"]
          + path.split(separator: "/").map(String.init), query: [])
    }
    let page = page.id
    context.target = { widget in
      guard let method = widget.writingMethod else { return nil }
      return visit.visit.post(
        place.link("calls", method), ("widget", widget.id),
        ("next", place.link("pages", page).description))
    }
    context.ask = { widget in
      guard let question = question(of: widget), writing.contains(question.method) else { return nil }
      return visit.visit.post(place.link("calls", question.method), ("widget", widget.id), ("ask", "on"))
    }
    context.channels = visit.bot.allChannels.filter { $0.type == .guildText || $0.type == .guildAnnouncement }
      .map {
        Picker.Option("\($0.id)", label: "#\($0.name)")
      }
    context.roles = visit.bot.roles.map { Picker.Option("\($0.id)", label: $0.name) }
    return context
  }

  // MARK: Writing

  /// A save, an action, a call of a frame, or a widget that is asked for: never cached, and for those who may write.
  static func call(_ method: String, _ place: GuestPlace) async throws -> HTTPResponse {
    let visit = place.visit
    guard let dashboard = await place.dashboard() else { throw HTTPProblem.notFound }
    try check(dashboard.role(calling: method), place)
    guard place.installation.isEnabled else {
      return try visit.visit.refused(
        "plugins.isOff", ["plugin": place.manifest.name], next: place.link())
    }
    let isFrame = visit.visit.field("frame") != nil
    let next =
      visit.visit.field("next").flatMap { SafeURL($0) }.flatMap { $0.isLocal ? $0 : nil } ?? place.link()
    let found = visit.visit.field("widget").flatMap { dashboard.widget($0) }
    if let found, visit.visit.field("ask") != nil {
      return try await GuestOwnPage(place, found.page.id).ask(
        GuestDashboard.bareName(method), for: found.widget)
    }
    let widget = found?.widget
    do {
      let params = isFrame ? try frameParams(visit) : try params(widget, visit)
      let result = try await place.sandbox.call(method, params: params, place.installation, place.viewer)
      if isFrame { return try heard(result, visit) }
      switch GuestActionResult(result) {
      case .refused(let words):
        return try said(words ?? visit.strings["guest.notDone"], visit, next, isDone: false)
      case .done(let words):
        var sentence = words ?? visit.strings["guest.done"]
        if case .actionButton(let action) = widget?.kind, let own = action.successMessage { sentence = own }
        return try said(sentence, visit, next, isDone: true)
      }
    } catch let error as RPCError {
      let sentence = error.sentence(asking: method, visit.strings)
      if isFrame { return try visit.visit.refusal(sentence) }
      return try said(sentence, visit, next, isDone: false)
    } catch let mistake as FormMistake {
      return try said(mistake.sentence, visit, next, isDone: false)
    }
  }

  /// What a frame hears. A handler that raised failed there, too: the promise is broken with its words (section 22.5).
  private static func heard(_ result: JSONValue, _ visit: GuildVisit) throws -> HTTPResponse {
    guard let words = GuestFailure.words(in: result) else { return try visit.visit.json(["result": result]) }
    return try visit.visit.refusal(words.isEmpty ? visit.strings["guest.failed.help"] : words)
  }

  private static func said(
    _ sentence: String, _ visit: GuildVisit, _ next: SafeURL, isDone: Bool
  ) throws -> HTTPResponse {
    // It travels in a cookie, which has no lines.
    let line = String(sentence.split(whereSeparator: \.isNewline).joined(separator: " ").prefix(300))
    return isDone
      ? try visit.visit.done("plugins.said", ["sentence": line], next: next)
      : try visit.visit.refused("plugins.said", ["sentence": line], next: next)
  }

  private static func frameParams(_ visit: GuildVisit) throws -> JSONObject {
    guard let text = visit.visit.form["params"] else { return JSONObject() }
    guard text.utf8.count <= 256 * 1_024, let object = try? JSONValue(parsing: Array(text.utf8)).object else {
      throw FormMistake(sentence: visit.strings["guest.call.badParams"])
    }
    return object
  }

  /// What was entered does not fit the plugin's form, or what a frame sends fits no call.
  private struct FormMistake: Error { let sentence: String }

  private static func params(_ widget: GuestWidget?, _ visit: GuildVisit) throws -> JSONObject {
    switch widget?.kind {
    case .form(let form):
      let sent = GuestFormSubmission(
        form, sent: visit.visit.form.pairs.map { (name: $0.name, value: $0.value) })
      if let (key, mistake) = sent.mistakes.first {
        let label = form.fields.first { $0.key == key }?.label ?? key
        throw FormMistake(
          sentence: "\(label): " + visit.strings[dynamic: "guest.mistake.\(mistake.rawValue)"])
      }
      return sent.params(of: form)
    case .actionButton(let action): return action.params
    default: return JSONObject()
    }
  }
}

extension GuestPlace {
  /// The plugin's dashboard; nil for one without.
  func dashboard() async -> GuestDashboard? { await sandbox.dashboard(of: installation.release) }

  /// The person, as the plugin hears of them.
  var viewer: GuestViewer {
    GuestViewer(user: visit.user, name: visit.account.name, role: visit.role)
  }
}

extension GuestWidget {
  fileprivate var isChart: Bool { if case .chart = kind { true } else { false } }
}
