// Our own icons: line drawings on a 24 by 24 grid, in the colour of the text around them.

/// A small drawing. It is decoration: the words beside it, or the label of the control it stands in, carry the
/// meaning.
package struct Icon: HTMLComponent, Sendable {
  private let outline: StaticString

  init(_ outline: StaticString) {
    self.outline = outline
  }

  package func render(into html: inout HTMLWriter) {
    html.element(.svg, .class("icon"), .viewBox("0 0 24 24"), .ariaHidden()) { html in
      html.element(.path, .outline(outline))
    }
  }

  // Directions and acts
  /// Arrows have a shaft, chevrons have none; the name says where either points.
  package static let arrowDown = Icon("M12 5v14M6 13l6 6 6-6")
  package static let arrowUp = Icon("M12 19V5M6 11l6-6 6 6")
  package static let check = Icon("M5 12.5l4.5 4.5L19 7.5")
  package static let chevronDown = Icon("M6 9.5l6 6 6-6")
  package static let chevronLeft = Icon("M14.5 6l-6 6 6 6")
  package static let chevronRight = Icon("M9.5 6l6 6-6 6")
  package static let close = Icon("M6 6l12 12M18 6L6 18")
  /// Two sheets, one upon the other.
  package static let copy = Icon(
    "M9 11a2 2 0 0 1 2-2h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2zM5 15H4.8A1.8 1.8 0 0 1 3 13.2V5.8A1.8 1.8 0 0 1 4.8 4h7.4A1.8 1.8 0 0 1 14 5.8V6"
  )
  /// An arrow down onto a line.
  package static let download = Icon("M12 4v11M7 10.5l5 5 5-5M4 20h16")
  package static let edit = Icon("M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5L17.5 10")
  /// An arrow out of a box: the link leaves this site.
  package static let external = Icon(
    "M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5")
  /// Three lines: the button that opens the navigation.
  package static let menu = Icon("M4 7h16M4 12h16M4 17h16")
  /// Three dots in a row: further acts are behind it.
  package static let more = Icon(
    "M4.5 12a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0M11.5 12a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0M18.5 12a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0"
  )
  /// Two strokes that cross: something is added.
  package static let plus = Icon("M12 5v14M5 12h14")
  package static let revert = Icon("M4 10h10a6 6 0 0 1 0 12h-3M8 5.5L3.5 10 8 14.5")
  package static let search = Icon("M4 11a7 7 0 1 0 14 0 7 7 0 1 0-14 0M16 16l4.5 4.5")
  package static let sort = Icon("M8 10l4-4 4 4M8 14l4 4 4-4")
  package static let trash = Icon("M4 7h16M9 7V4h6v3M6.5 7l.8 13h9.4l.8-13M10 11v5M14 11v5")

  // States
  /// States are told apart without colour: an octagon for errors, a triangle for warnings, a circle with a
  /// letter or a tick for the others.
  package static let error = Icon("M8.5 3h7L21 8.5v7L15.5 21h-7L3 15.5v-7zM12 8v4.5M12 16h.01")
  package static let info = Icon("M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M12 11.5V16M12 8h.01")
  package static let success = Icon("M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M8 12.5l2.7 2.7L16 9.5")
  package static let warning = Icon("M12 4L2.8 19.5h18.4zM12 10v4M12 17h.01")

  // Things
  /// Named after what is drawn, not after what it stands for on a page.
  package static let bell = Icon("M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5a2.2 2.2 0 0 0 4 0")
  package static let chart = Icon("M4 20h16M7 16v-5M12 16V5M17 16V9")
  package static let clock = Icon("M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M12 7v5l3.5 2")
  package static let gavel = Icon("M13 4l7 7M11 6l7 7M12 5l-6 6 7 7 6-6M9.5 14.5L4 20")
  package static let hash = Icon("M9.5 4l-2 16M16.5 4l-2 16M4.5 9h16M3.5 15h16")
  package static let home = Icon("M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-4a2 2 0 0 1 4 0v4")
  package static let key = Icon("M3.5 15.5a4.5 4.5 0 1 0 9 0 4.5 4.5 0 1 0-9 0M11.2 12.3L20 3.5M16 7.5l3 3")
  package static let moon = Icon("M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z")
  package static let plugin = Icon("M9 4v5M15 4v5M6 9h12v3a6 6 0 0 1-12 0zM12 18v3")
  package static let shield = Icon("M12 3l8 3v6c0 4.5-3.2 7.7-8 9-4.8-1.3-8-4.5-8-9V6z")
  /// Two tracks, each with its knob elsewhere.
  package static let sliders = Icon(
    "M4 8h9M19 8h1M13 8a3 3 0 1 0 6 0 3 3 0 1 0-6 0M4 16h1M11 16h9M5 16a3 3 0 1 0 6 0 3 3 0 1 0-6 0")
  /// A disc with eight rays; the light theme, as `moon` is the dark one.
  package static let sun = Icon(
    "M8 12a4 4 0 1 0 8 0 4 4 0 1 0-8 0M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1"
  )
  /// A capital T.
  package static let text = Icon("M5 7V5h14v2M12 5v14M9 19h6")
  /// One person, and the outline of a second behind.
  package static let users = Icon(
    "M6 8a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0M3 20v-1a5 5 0 0 1 5-5h3a5 5 0 0 1 5 5v1M15.5 4.8a3.5 3.5 0 0 1 0 6.4M18 14.4a5 5 0 0 1 3 4.6v1"
  )
  /// A frame with a title bar.
  package static let window = Icon("M4 5h16v14H4zM4 9.5h16M7 7.2h.01")
}

/// Guildhall's mark: a gable over an arched door with a lamp in it.
package struct BrandMark: HTMLComponent, Sendable {
  package init() {}

  package func render(into html: inout HTMLWriter) {
    html.element(.svg, .class("mark"), .viewBox("0 0 32 32"), .ariaHidden()) { html in
      html.element(
        .path, .class("mark-ground"),
        .outline("M9 0h14a9 9 0 0 1 9 9v14a9 9 0 0 1-9 9H9a9 9 0 0 1-9-9V9a9 9 0 0 1 9-9z"))
      html.element(.path, .class("mark-line"), .outline("M6 13.5L16 6l10 7.5M10 26v-7a6 6 0 0 1 12 0v7"))
      html.element(.circle, .class("mark-lamp"), .centerX(16), .centerY(20), .radius(2))
    }
  }
}

/// The picture of an empty state: the hall in the evening, nobody there yet.
package struct EmptyHallPicture: HTMLComponent, Sendable {
  package init() {}

  package func render(into html: inout HTMLWriter) {
    html.element(.svg, .class("picture"), .viewBox("0 0 160 96"), .ariaHidden()) { html in
      html.element(.circle, .class("picture-moon"), .centerX(124), .centerY(22), .radius(9))
      html.element(.path, .class("picture-wall"), .outline("M36 88V46l44-30 44 30v42z"))
      html.element(
        .path, .class("picture-line"),
        .outline("M12 88h136M36 88V46M124 88V46M28 51.5L80 16l52 35.5M66 88V70a14 14 0 0 1 28 0v18"))
      html.element(
        .path, .class("picture-line"), .outline("M46 70v-6a5 5 0 0 1 10 0v6zM104 70v-6a5 5 0 0 1 10 0v6z"))
      html.element(.circle, .class("picture-lamp"), .centerX(80), .centerY(42), .radius(5))
    }
  }
}
