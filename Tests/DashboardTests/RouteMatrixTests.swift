// Every route against everybody: made from the route table, so that no route is forgotten.

import Dashboard
import DiscordCore
import EventLoop
import HTTPServer
import HTTPTypes
import PlatformAccess
import Testing

@Suite(.timeLimit(.minutes(10))) struct RouteMatrixTests {
  /// Who comes. The order is that of what they may do in the guild.
  private enum Person: String, CaseIterable {
    case anonymous, otherOwner, exMember, `operator`, viewer, manager, owner

    /// Their role in the guild of the routes.
    var role: AccessRole? {
      switch self {
      case .anonymous, .otherOwner, .exMember, .operator: nil
      case .viewer: .viewer
      case .manager: .manager
      case .owner: .owner
      }
    }
  }

  /// What a cell must hold.
  private enum Cell: Equatable {
    case allowed
    case toSignIn
    case refused(Int)
  }

  private static func cell(_ person: Person, _ route: Route) -> Cell {
    let isAPI = route.attributes[RouteIsAPI.self]
    let isPage = route.method == .get && !isAPI
    switch route.attributes[RouteAccessKey.self] {
    case .everyone: return .allowed
    case nil: return .refused(0)
    case .some where person == .anonymous: return isPage ? .toSignIn : .refused(401)
    case .account: return .allowed
    case .operators: return person == .operator ? .allowed : .refused(404)
    case .guild(let needed):
      guard let role = person.role else { return .refused(404) }
      // Each action of a plugin has a role of its own; the sample's is manager.
      let ownRole = ["guild.action", "guild.guest.call"].contains(route.name)
      let needed = ownRole ? max(needed, .manager) : needed
      return role >= needed ? .allowed : .refused(403)
    }
  }

  private static func isUnsafe(_ route: Route) -> Bool { route.method != .get && route.method != .head }

  @Test func `each route admits whom it names, and refuses everybody else as the design says`() async throws {
    try await DashboardStage.run { stage in
      let people: [(Person, UserID?)] = [
        (.anonymous, nil), (.otherOwner, stage.otherOwner), (.exMember, try await stage.departed("exa")),
        (.operator, stage.operatorUser), (.viewer, try await stage.granted(.viewer, "vera")),
        (.manager, stage.manager), (.owner, stage.owner),
      ]
      // Refusals first, then what only looks: what an owner's forms do must not change what others find.
      var cells = stage.table.routes.flatMap { route in people.map { (route, $0.0, $0.1) } }
      cells.sort { Self.weight($0) < Self.weight($1) }
      var browsers: [Person: Browser] = [:]
      for (person, user) in people { browsers[person] = try await stage.browser(as: user) }
      for (route, person, user) in cells {
        let expected = Self.cell(person, route)
        if expected == .allowed, Self.isUnsafe(route), let user {
          // The form before may have ended the session: signing out does.
          let browser = try #require(browsers[person])
          if try await browser.get("/servers").status != .ok {
            browsers[person] = try await stage.browser(as: user)
          }
        }
        let browser = try #require(browsers[person])
        let found = try await Self.found(route, browser, stage)
        #expect(found == expected, "\(person.rawValue) at \(route.method) \(route.pattern) (\(route.name))")
      }
    }
  }

  @Test func `no form is taken without its token, with another's, or from another site`() async throws {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser(as: stage.owner)
      let other = try await stage.browser(as: stage.manager)
      _ = try await other.get("/servers")
      for route in stage.table.routes where Self.isUnsafe(route) && !route.name.hasPrefix("design.") {
        if route.attributes[RouteAccessKey.self] == .operators { continue }
        _ = try await browser.get("/servers")
        let own = browser.csrfToken
        let path = try await RouteSamples(stage: stage).address(of: route)
        for (token, site) in [
          ("", DashboardStage.origin),
          ((own.hasPrefix("x") ? "y" : "x") + own.dropFirst(), DashboardStage.origin),
          (other.csrfToken, DashboardStage.origin), (own, "https://evil.example"),
        ] {
          let page = try await browser.post(
            path, csrf: token, fields: ["Origin": site], method: route.method)
          #expect(page.status == .forbidden, "\(route.name) took a form with “\(token)” from \(site)")
        }
      }
    }
  }

  @Test func `the token of a form is another text on each page, and each of them is taken`() async throws {
    try await DashboardStage.run { stage in
      let browser = try await stage.browser(as: stage.owner)
      var tokens: Set<String> = []
      for _ in 0..<3 {
        _ = try await browser.get("/servers")
        tokens.insert(browser.csrfToken)
      }
      #expect(tokens.count == 3)
      for token in tokens {
        let page = try await browser.post("/preferences/cookies", [("choice", "decline")], csrf: token)
        #expect(page.status == .seeOther)
      }
    }
  }

  @Test func `a route that does not say who may come stops the start, by name`() throws {
    var router = Router()
    router.get("/open", name: "open", attributes: .with(RouteAccessKey.self, .everyone)) { _ in .html("") }
    try RouteAccessKey.require(on: router.routes)
    router.get("/forgotten", name: "some.forgotten") { _ in .html("") }
    let error = #expect(throws: HTTPServerError.self) { try RouteAccessKey.require(on: router.routes) }
    #expect(error?.message.contains("some.forgotten") == true)
  }

  /// What is asked first.
  private static func weight(_ cell: (Route, Person, UserID?)) -> Int {
    guard Self.cell(cell.1, cell.0) == .allowed else { return 0 }
    return isUnsafe(cell.0) ? 2 : 1
  }

  private static func found(_ route: Route, _ browser: Browser, _ stage: DashboardStage) async throws -> Cell
  {
    let path = try await RouteSamples(stage: stage).address(of: route)
    let isAPI = route.attributes[RouteIsAPI.self]
    var fields: HTTPFields = isAPI ? ["Accept": "application/json"] : [:]
    var body: [UInt8] = []
    if isUnsafe(route) {
      // A page with a form, for its token.
      _ = try await browser.get("/")
      _ = try await browser.get("/servers")
      fields["Origin"] = DashboardStage.origin
      fields["X-CSRF-Token"] = browser.csrfToken
      fields["Content-Type"] = isAPI ? "application/json" : "application/x-www-form-urlencoded"
      if isAPI { body = Array("{}".utf8) }
    }
    let answer = try await browser.answer(route.method, path, fields: fields, body: body)
    switch answer.status.code {
    case 401, 403, 404: return .refused(answer.status.code)
    case 500...: return .refused(answer.status.code)
    case 302, 303:
      let isToSignIn = answer.fields["Location"]?.hasPrefix("/login?next=") ?? false
      return isToSignIn ? .toSignIn : .allowed
    default: return .allowed
    }
  }
}
