// Icons of what a dashboard is about: servers, people, files, time, acts on them.

extension Icon {
  // Places
  /// Named after what is drawn; the pages decide what it stands for.
  package static let book = Icon(
    "M5 5.5A1.5 1.5 0 0 1 6.5 4H19v13H6.5A1.5 1.5 0 0 0 5 18.5zM5 18.5A1.5 1.5 0 0 0 6.5 20H19v-3M9 8h6")
  /// A sheet with two rings.
  package static let calendar = Icon("M4.5 6h15v14h-15zM4.5 10.5h15M8.5 3.5v4M15.5 3.5v4")
  /// A folder with its tab.
  package static let folder = Icon(
    "M3.5 6.5A1.5 1.5 0 0 1 5 5h4.5l2 2.5H19A1.5 1.5 0 0 1 20.5 9v8.5A1.5 1.5 0 0 1 19 19H5a1.5 1.5 0 0 1-1.5-1.5z"
  )
  /// A ball with meridians.
  package static let globe = Icon(
    "M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M3.5 9.5h17M3.5 14.5h17M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18")
  /// Two drawers of a rack.
  package static let server = Icon(
    "M4 4.5h16v6H4zM4 13.5h16v6H4zM7.5 7.5h.01M7.5 16.5h.01M11 7.5h5M11 16.5h5")
  /// A screen with a prompt.
  package static let terminal = Icon("M4 5h16v14H4zM7.5 9.5l3 2.5-3 2.5M12.5 15h4")

  // People and what they do
  /// `robot` has an aerial, `at` is the sign before a name.
  package static let at = Icon(
    "M8.5 12a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0M15.5 8.5V13a2.5 2.5 0 0 0 5 0v-1a8.5 8.5 0 1 0-3.5 6.9")
  /// A circle, struck through.
  package static let ban = Icon("M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M5.7 5.7l12.6 12.6")
  /// An open eye.
  package static let eye = Icon(
    "M2.5 12C5 7.5 8.2 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.7 6.5-9.5 6.5S5 16.5 2.5 12zM9 12a3 3 0 1 0 6 0 3 3 0 1 0-6 0"
  )
  /// A closed letter.
  package static let mail = Icon("M3.5 5.5h17v13h-17zM4 6.5l8 6.5 8-6.5")
  /// A speech bubble with two lines.
  package static let message = Icon("M4 5h16v11.5H11L6.5 20v-3.5H4zM8 9h8M8 12.5h5")
  package static let person = Icon(
    "M8 8a4 4 0 1 0 8 0 4 4 0 1 0-8 0M4.5 20v-.5a6 6 0 0 1 6-6h3a6 6 0 0 1 6 6v.5")
  /// A head with an aerial.
  package static let robot = Icon(
    "M5 8.5h14V19H5zM12 8.5V5M11 4h2M9.5 12.5v1.5M14.5 12.5v1.5M2.5 12v3.5M21.5 12v3.5")
  /// Two lines of waves.
  package static let wave = Icon("M3 10c2-3 4-3 6 0s4 3 6 0 4-3 6 0M3 16c2-3 4-3 6 0s4 3 6 0 4-3 6 0")

  // Parts
  /// What a server or a plugin is made of.
  package static let bolt = Icon("M13 3L5 13.5h6L10 21l9-11h-6.5z")
  package static let card = Icon("M3.5 6h17v12.5h-17zM3.5 10h17M7 14.5h4")
  package static let flag = Icon("M6 21V4M6 4.5h12l-2.5 4 2.5 4H6")
  package static let heart = Icon(
    "M12 20C6.5 16 3.5 13 3.5 9.2A4.2 4.2 0 0 1 12 7.5a4.2 4.2 0 0 1 8.5 1.7c0 3.8-3 6.8-8.5 10.8z")
  /// A closed padlock.
  package static let lock = Icon("M5.5 11h13v9.5h-13zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 15v2")
  /// A framed landscape.
  package static let picture = Icon(
    "M4 5h16v14H4zM4.5 17.5l5-5.5 3.5 3.5 2-2 4.5 4M14.5 9.2a.8.8 0 1 0 1.6 0 .8.8 0 1 0-1.6 0")
  /// A plug with its cord.
  package static let plug = Icon("M8.5 3v5M15.5 3v5M5.5 8h13v3.5a6.5 6.5 0 0 1-13 0zM12 18v3")
  /// One piece of a puzzle.
  package static let puzzle = Icon("M5 8h4a2.3 2.3 0 1 1 4.5 0H18v4.5a2.3 2.3 0 1 1 0 4.5v3H5z")
  /// A window with a part at its side.
  package static let sidebar = Icon("M4 5h16v14H4zM9.5 5v14M6.5 8.5h.5M6.5 11.5h.5")
  /// A star of five points.
  package static let star = Icon(
    "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z")
  /// A label with its hole.
  package static let tag = Icon("M4 4.5h8l8 8-7.5 7.5-8.5-8zM8 8.5h.01")

  // Acts
  /// What a button does; the words beside it say to what.
  package static let filter = Icon("M4 6h16M7 12h10M10 18h4")
  package static let grip = Icon("M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01")
  package static let link = Icon(
    "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.5 1.5M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.5-1.5"
  )
  /// One stroke: something is taken away.
  package static let minus = Icon("M5 12h14")
  /// Two bars: it stands still.
  package static let pause = Icon("M8 5v14M16 5v14")
  /// A triangle: it runs.
  package static let play = Icon("M7 4.5l12 7.5-12 7.5z")
  /// An arrow in a circle.
  package static let refresh = Icon("M20 5v5h-5M19.5 10A8 8 0 1 0 20 14")
  /// A paper plane.
  package static let send = Icon("M20.5 3.5L3 10.5l7 3 3 7zM10 13.5L20.5 3.5")
  /// An arrow out of a door.
  package static let signOut = Icon("M10 4H5.5v16H10M14 8l4 4-4 4M18 12H9")
  /// An arrow back.
  package static let undo = Icon("M4 9h10.5a5.5 5.5 0 0 1 0 11H8M8 4.5L3.5 9 8 13.5")
  /// An arrow up from a line.
  package static let upload = Icon("M12 15V4M7 8.5l5-5 5 5M4 20h16")
}
