// The elements a page may be made of. What is missing is missing on purpose: script, style, iframe, object, base.

/// An element with content. The set is closed: a name cannot come from input.
package struct Element: Sendable {
  let name: StaticString
  let dropsFirstLineFeed: Bool

  private init(_ name: StaticString, dropsFirstLineFeed: Bool = false) {
    self.name = name
    self.dropsFirstLineFeed = dropsFirstLineFeed
  }

  // Document
  /// The frame of a document (HTML 4.1 to 4.3): one of each in a page.
  package static let html = Element("html")
  package static let head = Element("head")
  package static let title = Element("title")
  package static let body = Element("body")

  // Sections
  /// Sections, landmarks and headings (HTML 4.3 and 4.4); `search` is no field.
  package static let header = Element("header")
  package static let nav = Element("nav")
  package static let main = Element("main")
  package static let footer = Element("footer")
  package static let section = Element("section")
  package static let article = Element("article")
  package static let aside = Element("aside")
  package static let search = Element("search")
  package static let h1 = Element("h1")
  package static let h2 = Element("h2")
  package static let h3 = Element("h3")
  package static let h4 = Element("h4")

  // Blocks
  /// Grouping content (HTML 4.4), and what opens and closes (HTML 4.11).
  package static let div = Element("div")
  package static let p = Element("p")
  /// For browsers without scripts.
  package static let noscript = Element("noscript")
  /// A document of its own within the page.
  package static let iframe = Element("iframe")
  package static let pre = Element("pre", dropsFirstLineFeed: true)
  package static let blockquote = Element("blockquote")
  package static let figure = Element("figure")
  package static let figcaption = Element("figcaption")
  package static let ul = Element("ul")
  package static let ol = Element("ol")
  package static let li = Element("li")
  package static let dl = Element("dl")
  package static let dt = Element("dt")
  package static let dd = Element("dd")
  package static let details = Element("details")
  package static let summary = Element("summary")
  package static let dialog = Element("dialog")

  // Words
  /// Text-level elements (HTML 4.5).
  package static let a = Element("a")
  package static let abbr = Element("abbr")
  package static let bdi = Element("bdi")
  package static let code = Element("code")
  package static let del = Element("del")
  package static let em = Element("em")
  package static let ins = Element("ins")
  package static let kbd = Element("kbd")
  package static let mark = Element("mark")
  package static let s = Element("s")
  package static let samp = Element("samp")
  package static let small = Element("small")
  package static let span = Element("span")
  package static let strong = Element("strong")
  package static let time = Element("time")
  package static let u = Element("u")

  // Tables
  /// Tabular data (HTML 4.9).
  package static let table = Element("table")
  package static let caption = Element("caption")
  package static let thead = Element("thead")
  package static let tbody = Element("tbody")
  package static let tfoot = Element("tfoot")
  package static let tr = Element("tr")
  package static let th = Element("th")
  package static let td = Element("td")

  // Forms
  /// Forms and their controls (HTML 4.10); `input` is a `VoidElement`.
  package static let form = Element("form")
  package static let fieldset = Element("fieldset")
  package static let legend = Element("legend")
  package static let label = Element("label")
  package static let button = Element("button")
  package static let select = Element("select")
  package static let optgroup = Element("optgroup")
  package static let option = Element("option")
  package static let textarea = Element("textarea", dropsFirstLineFeed: true)
  package static let output = Element("output")
  package static let progress = Element("progress")
  package static let meter = Element("meter")
  /// Content that is not part of the page until a script takes it out.
  package static let template = Element("template")
  package static let datalist = Element("datalist")

  // Drawings
  /// SVG, as far as icons and small charts need it.
  package static let svg = Element("svg")
  package static let g = Element("g")
  package static let path = Element("path")
  package static let circle = Element("circle")
  package static let rect = Element("rect")
}

/// An element that never has content and never an end tag (HTML 13.1.2).
package struct VoidElement: Sendable {
  let name: StaticString

  private init(_ name: StaticString) {
    self.name = name
  }

  /// The void elements a page may have.
  package static let br = VoidElement("br")
  package static let hr = VoidElement("hr")
  package static let img = VoidElement("img")
  package static let input = VoidElement("input")
  package static let link = VoidElement("link")
  package static let meta = VoidElement("meta")
  package static let wbr = VoidElement("wbr")
}
