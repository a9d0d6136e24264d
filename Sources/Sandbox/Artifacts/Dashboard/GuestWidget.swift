// The widgets that a plugin's page is made of.

package import JSON
package import PlatformAccess

/// One widget with what all have in common.
package struct GuestWidget: Hashable, Sendable {
  /// How much of a row it takes.
  package enum Width: String, Hashable, Sendable, CaseIterable {
    case quarter, third, half
    case twoThirds = "two_thirds"
    case full
  }

  /// How high it would like to be.
  package enum Height: String, Hashable, Sendable, CaseIterable {
    case small = "sm"
    case medium = "md"
    case large = "lg"
  }

  /// Where its data comes from.
  package enum Feed: Hashable, Sendable {
    /// A call of its own; the name is without `dashboard.`.
    case method(String, params: JSONObject)
    /// The result of a source of the same page.
    case source(String)
  }

  /// When it is seen. Cosmetic: whoever may see the widget may see its data.
  package struct Condition: Hashable, Sendable {
    package let source: String
    /// Names from the result inwards.
    package let path: [String]
    /// What must stand there; nil when anything but nothing, false and 0 will do.
    package let value: JSONValue?

    /// Whether it holds for a result of the source.
    package func holds(for result: JSONValue) -> Bool {
      var current = result
      for name in path {
        guard let next = current[name] ?? Int(name).flatMap({ Self.item($0, of: current) }) else {
          return value?.isNull == true
        }
        current = next
      }
      if let value { return current == value || (value.double != nil && current.double == value.double) }
      return ![.null, .bool(false), .integer(0), .double(0), .string("")].contains(current)
    }

    private static func item(_ index: Int, of value: JSONValue) -> JSONValue? {
      guard let items = value.array, items.indices.contains(index) else { return nil }
      return items[index]
    }
  }

  /// What it is, with what only this kind has.
  package enum Kind: Hashable, Sendable {
    case statCard(StatCard)
    case chart(Chart)
    case table([Column])
    case form(Form)
    case text
    case alert
    case progressBar(label: String?)
    case list
    case markdown
    /// A file below `dashboard/`.
    case image(String)
    /// `level` is 1 to 3.
    case heading(String, level: Int)
    case divider
    case keyValue
    case timeline
    case badgeList
    case userList
    case actionButton(Action)
    case section(Section)
    case tabs([Tab])
  }

  /// Unique in the dashboard.
  package let id: String
  /// Empty where there is none.
  package let title: String
  package let width: Width
  package let height: Height?
  /// The least role that may see it; its page's and its container's are counted in, and what feeds it: a method that
  /// writes is for managers.
  package private(set) var role: AccessRole
  package let feed: Feed?
  /// 5 to 3,600; nil for what is loaded once.
  package let refreshSeconds: Int?
  package let condition: Condition?
  /// Data in the manifest itself, for widgets that ask for none.
  package let inline: JSONObject?
  package private(set) var kind: Kind

  /// Itself, and what is in it.
  package var flattened: [GuestWidget] {
    switch kind {
    case .section(let section): [self] + section.widgets
    case .tabs(let tabs): [self] + tabs.flatMap(\.widgets)
    default: [self]
    }
  }

  /// The method that changes something; nil for widgets that only show.
  package var writingMethod: String? {
    switch kind {
    case .form(let form): form.saveMethod
    case .actionButton(let action): action.method
    default: nil
    }
  }

  /// The least role that may save or act: a manager, or more where the widget is for owners.
  package var actingRole: AccessRole? { writingMethod == nil ? nil : max(role, .manager) }
}

extension GuestWidget {
  /// The same, and the widgets in it, for managers at least where `writes` says that what feeds them does.
  func raised(where writes: (Feed) -> Bool) -> GuestWidget {
    var raised = self
    if let feed, writes(feed) { raised.role = max(role, .manager) }
    switch kind {
    case .section(let section):
      raised.kind = .section(
        Section(
          heading: section.heading, description: section.description, isCollapsible: section.isCollapsible,
          widgets: section.widgets.map { $0.raised(where: writes) }))
    case .tabs(let tabs):
      raised.kind = .tabs(
        tabs.map { tab in
          Tab(id: tab.id, title: tab.title, widgets: tab.widgets.map { $0.raised(where: writes) })
        })
    default: break
    }
    return raised
  }
}

// MARK: The kinds' own parts

extension GuestWidget {
  /// How a value is written.
  package enum Format: String, Hashable, Sendable, CaseIterable {
    case plain, badge, timestamp, number, percent, link, avatar, code
  }

  /// The colours that badges have.
  package enum BadgeColor: String, Hashable, Sendable, CaseIterable {
    case green, red, gold, cyan, gray
  }

  /// A number that matters.
  package struct StatCard: Hashable, Sendable {
    /// Empty where there is none; the title stands in then.
    package let label: String
    package let icon: String?
    package let format: Format
  }

  /// A drawing of numbers.
  package struct Chart: Hashable, Sendable {
    /// How they are drawn.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      case line, bar, area, scatter, pie, doughnut, gauge
    }

    package let kind: Kind
    /// Whether the series stand upon one another.
    package let isStacked: Bool
    /// As written, for who draws it.
    package let options: JSONObject
  }

  /// A column of a table.
  package struct Column: Hashable, Sendable {
    /// The row's field.
    package let key: String
    package let label: String
    package let format: Format
    /// Of a badge: colours by value.
    package let colors: [String: BadgeColor]
  }

  /// Fields that are loaded, changed and saved together.
  package struct Form: Hashable, Sendable {
    /// Without `dashboard.`; nil for a form that only shows.
    package let saveMethod: String?
    package let saveParams: JSONObject
    package let fields: [Field]
  }

  /// A field of a form.
  package struct Field: Hashable, Sendable {
    /// What can be entered.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      case text, textarea, number, toggle, color, date, range, select
      case multiSelect = "multi_select"
      case channel, role
    }

    /// One of several.
    package struct Option: Hashable, Sendable {
      package let value: String
      package let label: String
    }

    package let key: String
    package let label: String
    package let kind: Kind
    package let isRequired: Bool
    /// An example that stands in the field while it is empty.
    package let placeholder: String?
    /// A sentence below it.
    package let help: String?
    /// What can be chosen; empty for fields that are typed into.
    package let options: [Option]
    /// Bounds of a number, and how far apart its values lie; of a text, `maximum` is its length.
    package let minimum: Double?
    package let maximum: Double?
    package let step: Double?
  }

  /// A button that does something.
  package struct Action: Hashable, Sendable {
    /// How it looks.
    package enum Style: String, Hashable, Sendable, CaseIterable {
      case `default`, primary, danger
    }

    /// Without `dashboard.`.
    package let method: String
    package let params: JSONObject
    package let label: String
    package let style: Style
    /// What is asked before; nil when nothing is.
    package let confirmation: String?
    package let successMessage: String?
  }

  /// Widgets under a heading.
  package struct Section: Hashable, Sendable {
    package let heading: String?
    package let description: String?
    package let isCollapsible: Bool
    package let widgets: [GuestWidget]
  }

  /// Widgets of which one group is seen.
  package struct Tab: Hashable, Sendable {
    package let id: String
    package let title: String
    package let widgets: [GuestWidget]
  }
}
