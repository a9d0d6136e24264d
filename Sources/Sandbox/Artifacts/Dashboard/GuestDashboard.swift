// A plugin's pages in the dashboard, as a typed value (plugin-host contract, section 22).

package import JSON
package import PlatformAccess

/// What a plugin's dashboard consists of, and who may do what with it.
package struct GuestDashboard: Hashable, Sendable {
  /// One query whose result several widgets of a page show.
  package struct Source: Hashable, Sendable {
    package let id: String
    /// Without `dashboard.`.
    package let method: String
    package let params: JSONObject
    /// 5 to 3,600; nil for what is loaded once.
    package let refreshSeconds: Int?
  }

  /// What a page shows.
  package enum Content: Hashable, Sendable {
    case widgets([GuestWidget])
    /// A file of the plugin's below `dashboard/`, in a frame of its own.
    case frame(String)
  }

  /// One page.
  package struct Page: Hashable, Sendable {
    /// Unique in the dashboard; letters, digits, `_` and `-`.
    package let id: String
    package let title: String
    /// As written, a name or an emoji; nil without one.
    package let icon: String?
    /// The least role that may open it.
    package let role: AccessRole
    package let sources: [Source]
    package fileprivate(set) var content: Content

    /// Its widgets, those in containers among them, in order.
    package var widgets: [GuestWidget] {
      if case .widgets(let widgets) = content { widgets.flatMap(\.flattened) } else { [] }
    }
  }

  /// What the `rpc` block says of a method.
  package enum Effect: Hashable, Sendable {
    case reads, writes
    /// It is named without a word about it: a direct call is taken for one that writes, and widgets may show it.
    case unsaid
  }

  /// How the plugin would like to look.
  package struct Theme: Hashable, Sendable {
    /// Colours as `#rrggbb` or with transparency, checked.
    package var accent: String?
    package var secondaryAccent: String?
    /// 1 to 8 colours; empty where the house's are taken.
    package var chartPalette: [String] = []
    /// A file below `dashboard/`.
    package var logo: String?
    package var title: String?
    package var subtitle: String?
    package var isCompact = false
  }

  /// 1 or 2.
  package let schema: Int
  package private(set) var pages: [Page]
  /// The `rpc` block: names that may be called directly, and what each does.
  package let methods: [String: Effect]
  package let theme: Theme?

  /// Whether the pages are the plugin's own HTML.
  package var isFramed: Bool {
    pages.contains { if case .frame = $0.content { true } else { false } }
  }

  /// Reads a dashboard's manifest: of a zip, or as it was changed by hand.
  ///
  /// `files`: paths of the plugin's files.
  ///
  /// - Returns: what could be understood, and in sentences what is wrong with it and what is merely odd; at most 10 each.
  package static func read(
    _ object: JSONObject, files: Set<String>
  ) -> (dashboard: GuestDashboard, problems: [String], remarks: [String]) {
    var reader = DashboardReader(files: files)
    let dashboard = reader.dashboard(object)
    return (dashboard, reader.problems, reader.remarks)
  }

  /// A method's name without the prefix that old manifests write.
  package static func bareName(_ name: String) -> String {
    name.hasPrefix("dashboard.") ? String(name.dropFirst("dashboard.".count)) : name
  }
}

extension GuestDashboard {
  /// A widget and the page it stands on; nil when there is none of that id.
  package func widget(_ id: String) -> (page: Page, widget: GuestWidget)? {
    for page in pages {
      if let widget = page.widgets.first(where: { $0.id == id }) { return (page, widget) }
    }
    return nil
  }
}

// MARK: Who may call what

extension GuestDashboard {
  /// The least role that may read by a method, through a widget or a source; nil when none reads by it.
  package func role(reading method: String) -> AccessRole? {
    let name = Self.bareName(method)
    return readers[name]
  }

  /// The least role that may call a method directly: to save, to act, or from a frame.
  ///
  /// A name that the dashboard does not have may be called by managers (section 22.4). Whoever raised a method for reading
  /// raised it for this, too.
  package func role(calling method: String) -> AccessRole {
    let name = Self.bareName(method)
    if let role = writers[name] { return role }
    let natural: AccessRole = methods[name] == .reads ? .viewer : .manager
    return max(natural, readers[name] ?? natural)
  }

  /// Whether a call may change something: then it is for managers, is never made for drawing a page, and its result is
  /// never kept (sections 22.3 and 22.6).
  package func writes(_ method: String) -> Bool { writingMethods.contains(Self.bareName(method)) }

  /// The methods that may change something, without `dashboard.`: those that the `rpc` block says so of, and those that
  /// forms and buttons call.
  package var writingMethods: Set<String> {
    Set(methods.filter { $0.value == .writes }.keys).union(writers.keys)
  }

  /// The same with widgets that a writing method feeds raised to managers.
  func raisingWhatWritingFeeds() -> GuestDashboard {
    let writing = writingMethods
    var raised = self
    raised.pages = pages.map { page in
      guard case .widgets(let widgets) = page.content else { return page }
      let sources = Set(page.sources.filter { writing.contains($0.method) }.map(\.id))
      var raised = page
      raised.content = .widgets(
        widgets.map { widget in
          widget.raised { feed in
            switch feed {
            case .method(let method, _): writing.contains(method)
            case .source(let id): sources.contains(id)
            }
          }
        })
      return raised
    }
    return raised
  }

  private var readers: [String: AccessRole] {
    let writing = writingMethods
    var roles: [String: AccessRole] = [:]
    func add(_ method: String, _ role: AccessRole) {
      let role = writing.contains(method) ? max(role, .manager) : role
      roles[method] = min(roles[method] ?? role, role)
    }
    for page in pages {
      for widget in page.widgets {
        switch widget.feed {
        case .method(let method, _): add(method, widget.role)
        case .source(let id):
          if let source = page.sources.first(where: { $0.id == id }) { add(source.method, widget.role) }
        case nil: break
        }
      }
      // A source that only conditions look at.
      for source in page.sources where roles[source.method] == nil { add(source.method, page.role) }
    }
    return roles
  }

  private var writers: [String: AccessRole] {
    var roles: [String: AccessRole] = [:]
    for widget in pages.flatMap(\.widgets) {
      guard let method = widget.writingMethod, let role = widget.actingRole else { continue }
      roles[method] = min(roles[method] ?? role, role)
    }
    return roles
  }
}
