// The pages a plugin adds to the dashboard, and what the forms on them do.

package import DiscordCore
package import HTML
package import PlatformAccess

/// A page. Served at `/g/<guild>/<plugin>/<id>` to whoever has the role, while the plugin is on.
package struct PluginPage: Sendable {
  package let plugin: String
  /// The last part of the address; empty for the plugin's first page. Its title is the sentence `page.<id>`.
  package let id: String
  /// What it takes to see it.
  package let role: AccessRole
  /// Whether navigation and tabs name it: not what only another page leads to, or shows.
  package let isListed: Bool
  package let render: @Sendable (ContextCore, PageRequest) async throws -> PageContent

  package init(
    plugin: String, id: String, role: AccessRole, isListed: Bool = true,
    render: @escaping @Sendable (ContextCore, PageRequest) async throws -> PageContent
  ) {
    (self.plugin, self.id, self.role, self.isListed) = (plugin, id, role, isListed)
    self.render = render
  }
}

/// What a form of a page does. Posted to `/g/<guild>/<plugin>/<id>` by whoever has the role, while the plugin is on.
package struct PluginAction: Sendable {
  package let plugin: String
  /// The last part of the address. A page may have the same one: a form that leads back to where it stands.
  package let id: String
  /// What it takes to do it.
  package let role: AccessRole
  package let perform: @Sendable (ContextCore, PageRequest) async throws -> ActionOutcome

  package init(
    plugin: String, id: String, role: AccessRole,
    perform: @escaping @Sendable (ContextCore, PageRequest) async throws -> ActionOutcome
  ) {
    (self.plugin, self.id, self.role, self.perform) = (plugin, id, role, perform)
  }
}

/// What came of a form.
package enum ActionOutcome: Sendable {
  /// It is done: the sentence says so on the page that comes next.
  case done(String, next: PageLink)
  /// It was not done: the sentence says why, on the page that comes next. Throwing a `Refusal` does the same and leads
  /// back to the plugin's first page.
  case refused(String, next: PageLink)
  /// What is shown in answer to the form: a result, or the form again with what is wrong.
  case page(PageContent)
}

/// One of the plugin's own pages, with the fields of its query.
package struct PageLink: Sendable {
  package let page: String
  package let query: [(name: String, value: String)]

  package init(_ page: String, _ query: (name: String, value: String)...) {
    (self.page, self.query) = (page, query)
  }
}

/// What a browser asked for, checked by the dashboard.
package struct PageRequest: Sendable {
  /// Who asks, and as what.
  package let user: UserID
  package let role: AccessRole
  /// Where from, for the audit log.
  package let address: String?
  /// Fields of the query, and of the form that was sent: the first of each name.
  package let fields: [String: String]
  /// Where links and forms of the plugin's pages go.
  package let addresses: PageAddresses

  package init(
    user: UserID, role: AccessRole, address: String? = nil, fields: [String: String] = [:],
    addresses: PageAddresses = PageAddresses()
  ) {
    (self.user, self.role, self.address, self.fields) = (user, role, address, fields)
    self.addresses = addresses
  }

  /// The address of one of the plugin's pages.
  package func link(_ page: String, _ query: (name: String, value: String)...) -> SafeURL {
    addresses.link(PageLink(page: page, query: query))
  }

  /// Where a form of a page sends to, with what shows that a page of ours sent it; `hidden` goes with it.
  package func post(_ action: String, _ hidden: (name: String, value: String)...) -> PostTarget {
    PostTarget(addresses.link(PageLink(action)), hidden: addresses.hidden + hidden)
  }
}

extension PageLink {
  fileprivate init(page: String, query: [(name: String, value: String)]) {
    (self.page, self.query) = (page, query)
  }
}

/// The addresses of a plugin's pages in one guild, for one visit.
package struct PageAddresses: Sendable {
  private let segments: [String]
  /// Goes with every form.
  package let hidden: [(name: String, value: String)]
  /// Goes with every link.
  private let query: [(name: String, value: String)]

  /// - Parameters:
  ///   - segments: of the address below which the pages are.
  ///   - hidden: fields that every form carries: the token against forms of other sites.
  ///   - query: fields that every link carries: what a preview needs to stay one.
  package init(
    _ segments: [String] = [], hidden: [(name: String, value: String)] = [],
    query: [(name: String, value: String)] = []
  ) {
    (self.segments, self.hidden, self.query) = (segments, hidden, query)
  }

  /// The address of a page.
  package func link(_ link: PageLink) -> SafeURL {
    SafeURL(segments: segments + (link.page.isEmpty ? [] : [link.page]), query: link.query + query)
  }
}

/// What is shown between the frame that the dashboard draws, or a picture that such a page shows.
package struct PageContent: Sendable {
  /// Writes what is shown; nothing for a picture.
  package let write: @Sendable (inout HTMLWriter) -> Void
  package let picture: PagePicture?

  package init(_ write: @escaping @Sendable (inout HTMLWriter) -> Void) {
    (self.write, picture) = (write, nil)
  }

  private init(_ picture: PagePicture) {
    (write, self.picture) = ({ _ in }, picture)
  }

  /// A picture, to stand in an `img` of another page. Nobody keeps it: it may be of unsaved settings.
  package static func picture(_ bytes: [UInt8], _ format: PagePicture.Format) -> PageContent {
    PageContent(PagePicture(bytes: bytes, format: format))
  }
}

/// A picture's file.
package struct PagePicture: Sendable {
  /// What pages may answer besides HTML: formats that browsers run nothing in.
  package enum Format: String, Sendable, CaseIterable {
    case png, webp, jpeg, gif

    /// As header fields name it.
    package var contentType: String { "image/\(rawValue)" }
  }

  /// The file, and what it is.
  package let bytes: [UInt8]
  package let format: Format
}
