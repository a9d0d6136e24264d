// Templates: what is filled in, what stays, and where a long text is cut.

import PlatformText
import Testing

private let values = ["user": "Ada", "id": "{user}", "long": "<@123456789>"]

private func fill(_ text: String, atMost limit: Int = .max) -> String {
  MessageTemplate(text).text(atMost: limit) { values[$0] }
}

@Suite struct MessageTemplateTests {
  @Test func `variables are filled in once, and what nobody knows stays as it is`() {
    #expect(fill("Hi {user}, {id} and {nobody}!") == "Hi Ada, {user} and {nobody}!")
    #expect(fill("{user}{user}") == "AdaAda")
    #expect(MessageTemplate("{a.b} {c} {a.b}").variables == ["a.b", "c"])
  }

  @Test(arguments: [
    "{", "}", "{}", "{ user }", "{user", "a{{b", "{us\ner}", "{\(String(repeating: "x", count: 41))}", "",
  ])
  func `other braces are text`(_ text: String) { #expect(fill(text) == text) }

  @Test func `a brace before a variable is text`() { #expect(fill("{{user}}") == "{Ada}") }

  @Test func `a long text is cut within the template's words, never within a value`() {
    #expect(fill("Hello {user}", atMost: 9) == "Hello Ada")
    #expect(fill("Hello {user}", atMost: 8) == "Hello …")
    #expect(fill("Hello {user}", atMost: 4) == "Hel…")
    #expect(fill("{long} and more", atMost: 13) == "<@123456789>…")
    #expect(fill("a{long}", atMost: 5) == "a…")
    #expect(fill("abc", atMost: 0) == "")
    // A family is one character of seven scalars: it is there whole or not at all.
    #expect(fill("ab👨‍👩‍👧‍👦c", atMost: 5) == "ab…")
  }
}
