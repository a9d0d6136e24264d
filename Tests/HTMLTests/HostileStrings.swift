// Two hundred texts that somebody might give a server, a role or himself as a name.

private let markup = [
  "<script>alert(1)</script>", "</p><script>alert(1)</script>", "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)>",
  "<svg/onload=alert(1)>", "<svg><script>alert(1)</script></svg>", "<iframe src=javascript:alert(1)>",
  "<body onload=alert(1)>", "<a href=javascript:alert(1)>x</a>", "<math><mtext></mtext><script></math>",
  "<style>*{background:url(//evil.example)}</style>", "<base href=//evil.example>",
  "<meta http-equiv=refresh content=0>",
  "<link rel=stylesheet href=//evil.example>", "<object data=x>", "<embed src=x>",
  "<form action=//evil.example>",
  "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>",
  "<video><source onerror=alert(1)>",
  "<!-- x", "-->", "<![CDATA[x]]>", "]]>", "<?xml version='1.0'?>", "<!doctype html>", "<", ">", "&", "\"",
  "'",
  "&lt;script&gt;", "&amp;lt;", "&#60;script&#62;", "&#x3c;script&#x3e;", "&quot;", "&", "&&", "&;", "&#",
  "&#x",
  "&nbsp;", "&copy", "&notit;", "<<script>script>", "<scr<script>ipt>", "<SCRIPT>alert(1)</SCRIPT>",
  "<script\n>",
  "<script/x>", "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>", "</style><b>",
  "</noscript><b>", "</template><b>", "</select><b>", "</option><b>", "</pre><b>", "</bdi><b>", "</svg><b>",
  "<plaintext>", "<xmp>", "<noembed>", "<frameset>", "<isindex>", "<button popovertarget=x>", "<dialog open>",
]

private let breakouts = [
  "\" onmouseover=\"alert(1)", "' onmouseover='alert(1)", "\" autofocus onfocus=alert(1) x=\"",
  "\"><script>alert(1)</script>",
  "'><script>alert(1)</script>", "\"/><b>", "x\" style=\"position:fixed", "x' style='position:fixed", "\\\"",
  "\\'", "\\\" onx=1",
  "`onclick=alert(1)", "``", "=x", " x=y ", "\tonclick=1\t", "\nonclick=1\n", "\ronclick=1\r",
  "\r\nonclick=1\r\n",
  "\u{0C}onclick=1", "\u{0B}onclick=1", "/ onclick=1", "/>", "\" /", "\"\"", "''", "\"'\"'",
  "&quot; onclick=1",
  "&#34; onclick=1", "\u{FF02}onclick", "\u{201C}onclick\u{201D}", "\u{2033}", "\u{FF1C}script\u{FF1E}",
  "\u{2039}script\u{203A}",
  "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "${alert(1)}",
  "{{constructor}}",
  "#{7*7}", "<%= 7*7 %>", "{%raw%}", "%3Cscript%3E", "\\u003cscript\\u003e", "\\x3cscript\\x3e",
  "+ADw-script+AD4-",
]

private let characters = [
  "\0", "a\0b", "\0<\0s\0c\0r\0i\0p\0t\0>", "\u{1}", "\u{8}", "\u{1B}[31mred", "\u{7F}", "\u{80}", "\u{85}",
  "\u{9F}", "\t", "\n",
  "\r", "\r\n", " ", "", "\u{A0}", "\u{AD}", "\u{34F}", "\u{61C}", "\u{115F}", "\u{180E}", "\u{200B}",
  "\u{200C}", "\u{200D}",
  "\u{200E}", "\u{200F}", "\u{2028}", "\u{2029}", "\u{202A}x", "\u{202B}x", "\u{202C}", "\u{202D}x",
  "\u{202E}nimda",
  "\u{2060}", "\u{2066}x", "\u{2067}x", "\u{2068}x", "\u{2069}", "\u{206A}", "\u{2800}", "\u{3000}",
  "\u{3164}", "\u{FEFF}",
  "\u{FFF9}a\u{FFFA}b\u{FFFB}", "\u{FFFC}", "\u{FFFD}", "\u{FFFE}", "\u{FFFF}", "\u{10FFFF}",
  "\u{E0001}\u{E0041}",
  "\u{1F600}", "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", "\u{1F1E9}\u{1F1EA}", "e\u{301}",
  "\u{1F44D}\u{1F3FD}",
  "\u{202E}\u{2066}\u{202D}\u{2067}", "مرحبا", "שלום", "مرحبا <b> שלום", "日本語", "ไทย", "नमस्ते", "İıſK", "ﷺ",
  "𝕬𝖉𝖒𝖎𝖓", "аdmin",
]

private let long: [String] = [
  String(repeating: "W", count: 5000), String(repeating: "<", count: 3000),
  String(repeating: "&", count: 3000),
  String(repeating: "\"", count: 3000), String(repeating: "\u{202E}", count: 500),
  String(repeating: " ", count: 4000),
  "a" + String(repeating: "\u{301}", count: 2000), String(repeating: "<b>", count: 1000),
  String(repeating: "\n", count: 1000),
  String(repeating: "\0", count: 1000), String(repeating: "\u{1F468}\u{200D}", count: 300),
]

private let mentions = [
  "@everyone", "@here", "<@81384788765712384>", "<@&81384788765712384>", "<#81384788765712384>",
  "<:x:81384788765712384>",
  "<a:x:81384788765712384>", "<t:1:R>", "</ban:1>", "**bold**", "||spoiler||", "`code`", "```x",
  "[x](javascript:alert(1))",
  "https://evil.example/\"onclick=1", "discord.gg/x",
]

let hostileStrings: [String] = markup + breakouts + characters + long + mentions
