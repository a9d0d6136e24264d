// The header fields every answer of the dashboard carries.

/// What browsers are told not to do. Pages are ours alone: nothing from elsewhere, nothing inline, no frames.
package enum SecurityHeaders {
  /// `default-src 'none'` shuts every door; the rest opens the few that are used.
  package static let contentSecurityPolicy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    "require-trusted-types-for 'script'", "trusted-types 'none'",
  ].joined(separator: "; ")

  /// By TLS, browsers are told to stay with it for two years (RFC 6797).
  static let transportSecurity = "max-age=63072000"

  /// In the order they are sent.
  package static let fields: [(name: String, value: String)] = [
    ("Content-Security-Policy", contentSecurityPolicy),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
      "Permissions-Policy",
      "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
        + "microphone=(), midi=(), payment=(), usb=(), browsing-topics=(), clipboard-write=(self)"
    ),
  ]
}
