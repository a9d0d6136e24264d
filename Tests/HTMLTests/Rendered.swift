// What the tests of this room share: words for the components, and rendering to a string.

import HTML

let words = ComponentStrings(
  skipToContent: "Skip to content", openNavigation: "Open navigation", closeNavigation: "Close navigation",
  mainNavigation: "Main", breadcrumb: "Breadcrumb", darkTheme: "Dark theme", close: "Close",
  dismiss: "Dismiss",
  required: "required", error: "Error:", showSecret: "Show", hideSecret: "Hide", secretIsSet: "Stored.",
  copy: "Copy",
  copied: "Copied", pagination: "Pages", previousPage: "Previous page", nextPage: "Next page",
  loading: "Loading",
  actions: "Actions", notifications: "Notifications")

func rendered(_ content: HTMLContent) -> String {
  String(decoding: HTMLWriter.bytes(strings: words, content), as: UTF8.self)
}

func rendered(_ component: some HTMLComponent) -> String {
  rendered { html in html.add(component) }
}
