// What the tests of this room share: words for the components, and rendering to a string.

import HTML

let words = ComponentStrings { key in
  switch key {
  case .unreadNotices: "{count} unread"
  default: key.rawValue
  }
}

func rendered(_ content: HTMLContent) -> String {
  String(decoding: HTMLWriter.bytes(strings: words, content), as: UTF8.self)
}

func rendered(_ component: some HTMLComponent) -> String {
  rendered { html in html.add(component) }
}
