// Two hundred things people call servers, channels, roles and themselves.

/// Markup, scripts, templates, directions, emoji, what cannot be seen, and what does not end.
enum HostileTexts {
  private static let seeds: [String] = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "'><b>bold</b>",
    "</title><script>alert(1)</script>", "</textarea><input autofocus onfocus=alert(1)>", "<!-- ", "-->",
    "]]>",
    "<a href=\"javascript:alert(1)\">x</a>", "javascript:alert(1)", "\" onmouseover=\"alert(1)",
    "' autofocus='",
    "&lt;script&gt;", "&#60;b&#62;", "&amp;amp;", "& so on; ", "<b", "<", ">", "\"", "'", "`${alert(1)}`",
    "{{7*7}}", "${7*7}", "<%= 7*7 %>", "#{7*7}", "{user.name}", "%s%n%x", "%00", "../../etc/passwd",
    "\\u003cb\\u003e",
    "a\u{202E}gnp.exe", "\u{2066}isolated", "\u{202B}עברית\u{202C}", "مرحبا <b>",
    "a\u{200B}b\u{200D}c\u{FEFF}",
    "👩‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿<i>", "Z̴̧̛͎a̷l̶g̵o̸ <u>", "日本語<ruby>", "\u{FF1C}script\u{FF1E}", "ﬁ ligature &copy",
    "=cmd|' /C calc'!A0", "'; DROP TABLE guild; --", "\u{1F4A9}\u{FE0F}", "a\u{0301}\u{0302}", "\u{E0041}tag",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<math><mi//xlink:href=\"data:x,1\">",
    String(repeating: "W<b>", count: 300),
  ]

  /// Each of them alone, in the middle of words, doubled, and at the end of what is long without a place to break.
  static let all: [String] = seeds.flatMap { seed in
    [seed, "calm \(seed) words", seed + seed, String(repeating: "x", count: 60) + seed]
  }
}
