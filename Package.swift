// swift-tools-version: 6.2
// The house: one target per room. Docs/architecture.md explains the floors, Scripts/check-imports holds them.

import PackageDescription

/// What every Swift target of ours is compiled with (Docs/conventions.md, "Reading and naming").
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// A C or C++ bridge: module map and the thinnest shims, no policy.
func bridge(_ name: String, links libraries: [String] = [], includes folders: [String] = []) -> Target {
  .target(
    name: name, path: "Sources/Bridges/\(name)",
    cSettings: [.define("_GNU_SOURCE"), .unsafeFlags(folders.map { "-I\($0)" })],
    cxxSettings: [.define("_GNU_SOURCE")],
    linkerSettings: libraries.map { .linkedLibrary($0) })
}

/// A room of ours.
func room(
  _ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil,
  exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: path ?? "Sources/\(name)", exclude: exclude,
    resources: resources, swiftSettings: house)
}

/// The tests of a room, in the folder that mirrors the room's.
func tests(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil, exclude: [String] = [])
  -> Target
{
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies + ["TestKit"], path: path ?? "Tests/\(name)Tests",
    exclude: exclude, swiftSettings: house)
}

/// Where Debian keeps what differs between processors.
#if arch(arm64)
  let multiarch = "/usr/lib/aarch64-linux-gnu"
#else
  let multiarch = "/usr/lib/x86_64-linux-gnu"
#endif

/// The built-in plugins, as Sources/Assembly/Plugins.swift lists them.
let builtInPlugins: [Target.Dependency] = [
  "AutoModPlugin", "ModerationPlugin", "RolesPlugin", "WelcomePlugin",
]

/// What a plugin may import: the platform and what it speaks in.
let pluginImports: [Target.Dependency] = [
  "DiscordBot", "DiscordCore", "DiscordGateway", "DiscordLimits", "DiscordModels", "DiscordREST", "EventLoop",
  "HTML", "JSON", "PlatformAccess", "PlatformAudit", "PlatformCommands", "PlatformConfiguration",
  "PlatformPlugins", "PlatformSchedule", "PlatformSettings", "PlatformTenancy", "PlatformText", "Resources",
  "SQL", "Storage", "Telemetry", "Vault",
]

/// The room of a built-in plugin (Docs/plugins.md); `more` is what only this one imports.
func plugin(_ name: String, _ more: [Target.Dependency] = []) -> Target {
  room(
    "\(name)Plugin", pluginImports + more, path: "Sources/Plugins/\(name)", exclude: ["README.md"],
    resources: [.copy("Strings")])
}

/// The tests of a built-in plugin, with a stage to play on.
func pluginTests(_ name: String, _ more: [Target.Dependency] = []) -> Target {
  tests(
    "\(name)Plugin",
    pluginImports + [
      .byName(name: "\(name)Plugin"), "Bus", "DiscordTestKit", "HTTPTypes", "PlatformDispatch",
      "PluginTestKit", "Simulator", "SimulatorWorld", "StorageTestKit",
    ] + more,
    path: "Tests/Plugins/\(name)Tests")
}

let package = Package(
  name: "guildhall",
  products: [
    .executable(name: "guildhall", targets: ["guildhall"]),
    .executable(name: "guildhall-bench", targets: ["KitBenchmarks"]),
    .executable(name: "dashboard-bench", targets: ["DashboardBenchmarks"]),
    .executable(name: "discord-bench", targets: ["DiscordBenchmarks"]),
    .executable(name: "platform-bench", targets: ["PlatformBenchmarks"]),
    .executable(name: "sandbox-bench", targets: ["SandboxBenchmarks"]),
  ],
  targets: [
    // Floor 0: bridges.
    bridge("CSystem"),
    bridge("CSimdjson", links: ["simdjson"]),
    bridge("CCurl", links: ["curl"]),
    bridge("CMicrohttpd", links: ["microhttpd"]),
    bridge("CWslay", links: ["wslay", "crypto"]),
    bridge("CSQLite", links: ["sqlite3", "crypto"]),
    bridge("CPostgres", links: ["pq"]),
    bridge("CRedis", links: ["hiredis"]),
    bridge("CSodium", links: ["sodium"]),
    bridge("CCodec", links: ["z", "zstd"]),
    bridge("CRE2", links: ["re2"]),
    bridge("CMarkdown", links: ["md4c"]),
    bridge("CZip", links: ["zip"]),
    // Not by pkg-config: SwiftPM warns of the flags that Pango's file asks for.
    bridge(
      "CCairo", links: ["pangocairo-1.0", "pango-1.0", "cairo", "gobject-2.0", "glib-2.0"],
      includes: [
        "/usr/include/pango-1.0", "/usr/include/cairo", "/usr/include/harfbuzz", "/usr/include/glib-2.0",
        "\(multiarch)/glib-2.0/include",
      ]),
    bridge("CImages", links: ["spng", "turbojpeg", "webp", "webpdemux"]),

    // Floor 1: the kit.
    room("EventLoop", ["CSystem"]),
    room("Telemetry", ["CSystem"]),
    room("JSON", ["CSimdjson"], exclude: ["README.md"]),
    room("Threads"),
    room("Vault", ["CSodium", "Threads"]),
    room("Compression", ["CCodec"]),
    room("HTTPTypes", ["CSystem", "EventLoop"], path: "Sources/HTTP/Types"),
    room(
      "HTTPClient", ["CCurl", "CSystem", "EventLoop", "HTTPTypes", "JSON", "Telemetry"],
      path: "Sources/HTTP/Client"),
    room(
      "HTTPServer",
      ["CMicrohttpd", "CSystem", "Compression", "EventLoop", "HTTPTypes", "JSON", "Telemetry"],
      path: "Sources/HTTP/Server"),
    room(
      "WebSocket",
      [
        "CWslay", "CSystem", "Compression", "EventLoop", "HTTPTypes", "HTTPClient", "HTTPServer", "Telemetry",
      ],
      path: "Sources/HTTP/WebSocket"),
    room("SQL", ["EventLoop"], path: "Sources/Storage/SQL"),
    room("SQLite", ["CSQLite", "EventLoop", "SQL", "Telemetry"], path: "Sources/Storage/SQLite"),
    room(
      "Postgres", ["CPostgres", "CSystem", "EventLoop", "SQL", "Telemetry"],
      path: "Sources/Storage/Postgres"),
    room(
      "Storage", ["Compression", "CSystem", "EventLoop", "Postgres", "SQL", "SQLite", "Telemetry", "Vault"],
      path: "Sources/Storage/Storage"),
    room("Redis", ["CRedis", "EventLoop", "Telemetry"], path: "Sources/Bus/Redis"),
    room("Bus", ["EventLoop", "Redis", "Telemetry"], path: "Sources/Bus/Bus"),
    room("HTML", exclude: ["README.md"]),
    room("Markdown", ["CMarkdown", "HTML"], exclude: ["README.md"]),
    room("Patterns", ["CRE2"]),
    room("Cards", ["CCairo", "CImages", "Threads"], exclude: ["README.md"]),
    room("Resources", ["JSON"]),

    // Floor 2: Discord, and a Discord to stand on.
    room(
      "DiscordCore", ["EventLoop", "JSON"], path: "Sources/Discord/Core", exclude: ["README.md"]),
    room(
      "DiscordModels", ["DiscordCore", "EventLoop", "JSON"], path: "Sources/Discord/Models",
      exclude: ["README.md"]),
    room(
      "DiscordLimits", ["DiscordCore", "EventLoop"], path: "Sources/Discord/Limits", exclude: ["README.md"]),
    room(
      "DiscordREST",
      [
        "DiscordCore", "DiscordLimits", "DiscordModels", "EventLoop", "HTTPClient", "HTTPTypes", "JSON",
        "Telemetry", "Vault",
      ],
      path: "Sources/Discord/REST", exclude: ["Egress/README.md", "README.md", "Routes/README.md"]),
    room(
      "DiscordGateway",
      [
        "Compression", "DiscordCore", "DiscordLimits", "DiscordModels", "EventLoop", "HTTPClient",
        "HTTPTypes", "JSON", "Telemetry", "Vault", "WebSocket",
      ],
      path: "Sources/Discord/Gateway", exclude: ["README.md"]),
    room(
      "DiscordBot",
      [
        "DiscordCore", "DiscordGateway", "DiscordLimits", "DiscordModels", "DiscordREST", "EventLoop",
        "HTTPClient", "HTTPServer", "HTTPTypes", "JSON", "Telemetry", "Vault",
      ],
      path: "Sources/Discord/Bot", exclude: ["README.md"]),
    room(
      "SimulatorWorld", ["DiscordCore", "EventLoop", "HTTPTypes", "JSON"], path: "Sources/Simulator/World",
      exclude: ["README.md"]),
    room(
      "Simulator",
      [
        "Compression", "DiscordCore", "EventLoop", "HTTPClient", "HTTPServer", "HTTPTypes", "JSON",
        "Resources", "SimulatorWorld", "Telemetry", "Vault", "WebSocket",
      ],
      path: "Sources/Simulator/Server", exclude: ["Playground/README.md", "README.md"],
      resources: [.copy("Playground/Assets"), .copy("Playground/Strings")]),

    // Floor 3: the platform.
    room(
      "PlatformAccounts",
      [
        "Bus", "DiscordCore", "DiscordModels", "DiscordREST", "EventLoop", "PlatformAccess", "SQL", "Storage",
        "Telemetry", "Vault",
      ],
      path: "Sources/Platform/Accounts"),
    room(
      "PlatformSite",
      ["DiscordCore", "EventLoop", "PlatformText", "Resources", "SQL", "Storage", "Telemetry"],
      path: "Sources/Platform/Site", resources: [.copy("Strings")]),
    room(
      "PlatformAccess", ["DiscordCore", "EventLoop", "SQL", "Storage"], path: "Sources/Platform/Access"),
    room(
      "PlatformAudit", ["DiscordCore", "EventLoop", "JSON", "SQL", "Storage"], path: "Sources/Platform/Audit"),
    room(
      "PlatformConfiguration",
      ["Bus", "EventLoop", "JSON", "PlatformAudit", "PlatformSettings", "SQL", "Storage", "Telemetry"],
      path: "Sources/Platform/Configuration"),
    room(
      "PlatformData", ["DiscordCore", "EventLoop", "JSON", "SQL", "Storage", "Telemetry", "Vault"],
      path: "Sources/Platform/Data"),
    room(
      "PlatformBots",
      [
        "Bus", "DiscordBot", "DiscordCore", "DiscordGateway", "DiscordLimits", "DiscordModels", "DiscordREST",
        "EventLoop", "JSON", "PlatformAudit", "PlatformTenancy", "PlatformText", "SQL", "Storage",
        "Telemetry", "Vault",
      ],
      path: "Sources/Platform/Bots", resources: [.copy("Strings")]),
    room("PlatformCommands", ["DiscordCore", "JSON", "PlatformText"], path: "Sources/Platform/Commands"),
    room(
      "PlatformPlugins",
      [
        "Bus", "DiscordBot", "DiscordCore", "DiscordGateway", "DiscordLimits", "DiscordModels",
        "DiscordREST", "EventLoop", "HTML", "JSON", "PlatformAccess", "PlatformAudit", "PlatformCommands",
        "PlatformConfiguration", "PlatformSchedule", "PlatformSettings", "PlatformTenancy", "PlatformText",
        "Resources", "SQL",
        "Storage", "Vault",
      ],
      path: "Sources/Platform/Plugins"),
    room(
      "PlatformDispatch",
      [
        "Bus", "DiscordBot", "DiscordCore", "DiscordGateway", "DiscordLimits", "DiscordModels", "DiscordREST",
        "EventLoop", "JSON", "PlatformAccess", "PlatformAudit", "PlatformCommands", "PlatformConfiguration",
        "PlatformPlugins", "PlatformSchedule", "PlatformSettings", "PlatformTenancy", "PlatformText",
        "Resources", "SQL",
        "Storage", "Telemetry", "Vault",
      ],
      path: "Sources/Platform/Dispatch", resources: [.copy("Strings")]),
    room(
      "PlatformNotices",
      ["DiscordCore", "EventLoop", "JSON", "PlatformText", "SQL", "Storage", "Telemetry"],
      path: "Sources/Platform/Notices"),
    room(
      "PlatformTenancy",
      [
        "DiscordBot", "DiscordCore", "DiscordGateway", "DiscordLimits", "DiscordModels", "DiscordREST",
        "EventLoop", "JSON", "PlatformSchedule", "SQL", "Storage", "Telemetry",
      ],
      path: "Sources/Platform/Tenancy"),
    room("PlatformText", ["EventLoop", "Resources"], path: "Sources/Platform/Text"),
    room("PlatformSettings", ["DiscordCore", "JSON", "PlatformText"], path: "Sources/Platform/Settings"),

    room(
      "PlatformSchedule", ["EventLoop", "PlatformText", "SQL", "Storage", "Telemetry"],
      path: "Sources/Platform/Schedule"),

    // Floor 4: the plugins.
    plugin("AutoMod", ["Patterns", "Threads"]),
    plugin("Moderation", ["Patterns"]),
    plugin("Roles"),
    plugin("Welcome", ["Cards"]),
    // Plugins end here.

    // Floor 4: third-party plugins.
    room(
      "SandboxContract",
      [
        "DiscordBot", "DiscordCore", "EventLoop", "JSON", "PlatformAccess", "PlatformPlugins",
        "PlatformTenancy", "Storage",
      ],
      path: "Sources/Sandbox/Contract"),
    room(
      "SandboxEngine",
      [
        "CSystem", "EventLoop", "HTTPClient", "HTTPTypes", "JSON", "SandboxContract", "Telemetry", "Threads",
        "Vault",
      ],
      path: "Sources/Sandbox/Engine"),
    room(
      "SandboxArtifacts",
      [
        "CSystem", "CZip", "DiscordCore", "DiscordModels", "EventLoop", "JSON", "PlatformAccess",
        "SandboxContract", "Telemetry", "Vault",
      ],
      path: "Sources/Sandbox/Artifacts"),
    room(
      "SandboxWorkers",
      [
        "DiscordBot", "DiscordCore", "EventLoop", "JSON", "PlatformTenancy", "PlatformAccess",
        "PlatformPlugins",
        "SandboxContract", "Storage", "Telemetry", "Vault",
      ],
      path: "Sources/Sandbox/Workers"),
    room(
      "SandboxData",
      [
        "DiscordCore", "EventLoop", "JSON", "PlatformTenancy", "SQL", "SandboxContract", "Storage",
        "Telemetry", "Vault",
      ],
      path: "Sources/Sandbox/Data"),
    room(
      "SandboxSQL",
      [
        "CSystem", "DiscordCore", "EventLoop", "JSON", "PlatformTenancy", "Postgres", "SQL",
        "SandboxContract", "Storage",
        "Telemetry", "Threads", "Vault",
      ],
      path: "Sources/Sandbox/SQL"),
    room(
      "SandboxDiscord",
      [
        "DiscordBot", "DiscordCore", "DiscordGateway", "DiscordLimits", "DiscordModels", "DiscordREST",
        "EventLoop", "JSON", "PlatformTenancy", "PlatformAccess", "PlatformPlugins", "SQL", "SandboxContract",
        "Storage",
        "Telemetry", "Vault",
      ],
      path: "Sources/Sandbox/Discord"),
    room(
      "SandboxNetwork",
      [
        "Compression", "DiscordBot", "DiscordModels", "PlatformPlugins", "DiscordREST", "DiscordCore",
        "EventLoop", "HTTPClient", "HTTPTypes", "JSON", "PlatformTenancy",
        "PlatformAccess", "SQL",
        "SandboxContract", "SandboxData", "Storage", "Telemetry", "Threads", "Vault", "WebSocket",
      ],
      path: "Sources/Sandbox/Network"),
    room(
      "Sandbox",
      [
        "Bus", "DiscordBot", "DiscordCore", "DiscordGateway", "DiscordModels", "EventLoop", "HTML", "JSON",
        "PlatformAccess", "PlatformAudit", "PlatformPlugins", "PlatformSchedule", "PlatformTenancy",
        "PlatformText", "Resources",
        "SQL", "SandboxArtifacts", "SandboxContract", "SandboxData", "SandboxDiscord", "SandboxEngine",
        "SandboxNetwork", "SandboxSQL", "SandboxWorkers", "Storage", "Telemetry", "Vault", "PlatformCommands",
        "PlatformDispatch",
        "Postgres", "Threads",
      ],
      path: "Sources/Sandbox/Host", resources: [.copy("Strings")]),

    // Floor 5: the dashboard.
    room(
      "Dashboard",
      [
        "Sandbox",
        "Bus", "Compression", "DiscordBot", "DiscordCore", "DiscordGateway", "DiscordLimits", "DiscordModels",
        "DiscordREST", "EventLoop", "HTML", "HTTPClient", "HTTPServer", "HTTPTypes", "JSON", "Markdown",
        "PlatformAccess",
        "PlatformAccounts", "PlatformAudit", "PlatformBots", "PlatformCommands", "PlatformConfiguration",
        "PlatformData", "PlatformDispatch", "PlatformNotices", "PlatformPlugins", "PlatformSchedule",
        "PlatformSettings", "PlatformSite", "PlatformTenancy", "PlatformText", "Resources", "SQL",
        "SandboxArtifacts", "SandboxContract", "SandboxData", "Storage", "Telemetry", "Vault",
      ], exclude: ["README.md"], resources: [.copy("Assets"), .copy("Docs"), .copy("Strings")]),

    // Floor 6: where everything is put together.
    room(
      "Assembly",
      [
        "Sandbox",
        "Bus", "Dashboard", "DiscordBot", "DiscordCore", "DiscordGateway", "DiscordModels", "DiscordREST",
        "EventLoop", "PlatformAccess", "PlatformAccounts", "PlatformAudit", "PlatformBots",
        "PlatformConfiguration", "PlatformData", "PlatformDispatch", "PlatformNotices", "PlatformPlugins",
        "PlatformSchedule", "PlatformSite", "PlatformTenancy", "PlatformText", "Resources", "SQL",
        "Storage", "Telemetry", "Vault",
      ] + builtInPlugins),
    room(
      "Administration",
      [
        "SandboxContract", "Sandbox", "SandboxData",
        "Assembly", "DiscordBot", "DiscordCore", "DiscordGateway", "EventLoop", "HTTPClient", "HTTPServer",
        "HTTPTypes", "JSON", "ModerationPlugin", "PlatformAccess", "PlatformAudit", "PlatformBots",
        "PlatformCommands",
        "PlatformConfiguration", "PlatformData", "PlatformDispatch", "PlatformNotices", "PlatformPlugins",
        "PlatformSettings",
        "PlatformTenancy", "PlatformText", "Resources", "Storage", "Telemetry", "Vault",
      ]),
    .executableTarget(
      name: "guildhall",
      dependencies: [
        "Administration", "Assembly", "AutoModPlugin", "Bus", "CSystem", "Dashboard", "DiscordCore",
        "EventLoop", "HTTPClient", "HTTPServer",
        "JSON",
        "ModerationPlugin", "PlatformAudit", "PlatformConfiguration", "PlatformDispatch", "PlatformPlugins",
        "PlatformTenancy",
        "Redis", "Sandbox", "WelcomePlugin", "SQL", "Simulator", "SimulatorWorld", "Storage", "Telemetry",
        "Vault",
      ],
      swiftSettings: house),

    // Tests.
    room("StorageTestKit", ["EventLoop", "Storage", "TestKit", "Vault"], path: "Tests/StorageTestKit"),
    room("TestKit", ["CSystem", "EventLoop"], path: "Tests/TestKit"),
    tests("EventLoop", ["EventLoop", "CSystem"]),
    tests("Telemetry", ["Telemetry", "CSystem"]),
    tests("JSON", ["JSON"]),
    tests("Threads", ["Threads"]),
    tests("Vault", ["Vault", "CSystem"]),
    tests("Compression", ["Compression"]),
    tests(
      "HTTPClient", ["HTTPClient", "HTTPTypes", "EventLoop", "CSystem"], path: "Tests/HTTPTests/ClientTests",
      exclude: ["Fixtures"]),
    tests(
      "HTTPServer", ["Compression", "HTTPServer", "HTTPTypes", "EventLoop", "CSystem"],
      path: "Tests/HTTPTests/ServerTests"),
    tests(
      "WebSocket",
      ["WebSocket", "Compression", "CSystem", "HTTPClient", "HTTPServer", "HTTPTypes", "EventLoop"],
      path: "Tests/HTTPTests/WebSocketTests", exclude: ["Fixtures"]),
    tests("SQL", ["SQL"], path: "Tests/StorageTests/SQLTests"),
    // A disk in memory that loses power: a file system of SQLite, in C.
    .target(
      name: "PowerLoss", path: "Tests/StorageTests/PowerLoss", linkerSettings: [.linkedLibrary("sqlite3")]),
    // A writer that the tests kill in the middle of its work.
    .executableTarget(
      name: "storage-crash-writer", dependencies: ["CSystem", "EventLoop", "Postgres", "SQL", "SQLite"],
      path: "Tests/StorageTests/CrashWriter", swiftSettings: house),
    tests(
      "SQLite", ["SQLite", "CSQLite", "CSystem", "SQL", "EventLoop", "PowerLoss", "storage-crash-writer"],
      path: "Tests/StorageTests/SQLiteTests"),
    tests(
      "Postgres", ["Postgres", "CSystem", "SQL", "EventLoop", "storage-crash-writer"],
      path: "Tests/StorageTests/PostgresTests"),
    tests(
      "Storage", ["Storage", "StorageTestKit", "CSystem", "SQL", "Vault", "EventLoop", "Telemetry"],
      path: "Tests/StorageTests/StorageTests"),
    tests("Redis", ["Redis", "EventLoop"], path: "Tests/BusTests/RedisTests"),
    tests("Bus", ["Bus", "EventLoop", "Redis", "Telemetry"], path: "Tests/BusTests/BusTests"),
    tests("HTML", ["HTML"], exclude: ["Goldens"]),
    tests("Markdown", ["HTML", "Markdown"]),
    tests("Cards", ["Cards"], exclude: ["Fixtures"]),
    tests(
      "SandboxContract", ["DiscordCore", "JSON", "SandboxContract"], path: "Tests/SandboxTests/ContractTests"),
    tests(
      "SandboxEngine",
      ["EventLoop", "HTTPClient", "JSON", "SandboxContract", "SandboxEngine", "SandboxTestKit"],
      path: "Tests/SandboxTests/EngineTests"),
    tests(
      "SandboxArtifacts",
      [
        "Compression", "EventLoop", "JSON", "PlatformAccess", "SandboxArtifacts", "SandboxContract",
        "SandboxTestKit", "Vault",
      ],
      path: "Tests/SandboxTests/ArtifactsTests"),
    tests(
      "SandboxWorkers",
      [
        "DiscordCore", "EventLoop", "JSON", "PlatformAccess", "PlatformData", "SandboxContract",
        "SandboxData",
        "SandboxDiscord", "SandboxEngine", "SandboxTestKit", "SandboxWorkers", "Storage", "StorageTestKit",
        "Telemetry",
        "Vault",
      ], path: "Tests/SandboxTests/WorkersTests"),
    tests(
      "SandboxData",
      [
        "DiscordCore", "EventLoop", "JSON", "PlatformData", "SQL", "SandboxContract", "SandboxData",
        "Storage", "StorageTestKit", "Vault",
      ], path: "Tests/SandboxTests/DataTests"),
    tests(
      "SandboxSQL",
      [
        "CSystem", "DiscordCore", "EventLoop", "JSON", "Postgres", "SQL", "SandboxContract", "SandboxSQL",
        "Storage",
        "StorageTestKit", "Vault",
      ], path: "Tests/SandboxTests/SQLTests"),
    tests(
      "SandboxDiscord",
      [
        "Bus", "DiscordBot", "DiscordCore", "DiscordGateway", "DiscordModels", "DiscordREST",
        "DiscordTestKit", "EventLoop", "HTTPClient", "HTTPTypes", "JSON", "PlatformAccess",
        "PlatformDispatch",
        "PlatformPlugins", "PluginTestKit", "SandboxContract", "SandboxDiscord", "Simulator",
        "SimulatorWorld", "Storage", "StorageTestKit", "Telemetry", "Vault",
      ], path: "Tests/SandboxTests/DiscordTests"),
    tests(
      "SandboxNetwork",
      [
        "DiscordCore", "EventLoop", "HTTPClient", "HTTPServer", "HTTPTypes", "JSON", "PlatformAccess", "SQL",
        "SandboxContract", "SandboxData", "SandboxNetwork", "Storage", "StorageTestKit", "Vault",
        "WebSocket",
      ], path: "Tests/SandboxTests/NetworkTests"),
    tests(
      "Sandbox",
      [
        "Assembly", "Bus", "DiscordCore", "EventLoop", "JSON", "PlatformAudit", "PlatformData",
        "PlatformTenancy", "Sandbox", "SandboxContract", "SandboxData", "SandboxTestKit", "SandboxWorkers",
        "Storage", "StorageTestKit", "Telemetry", "Vault",
      ], path: "Tests/SandboxTests/HostTests"),
    // The real SDK in a container or without one, for tests of the conversation.
    room(
      "SandboxTestKit",
      [
        "CSystem", "Compression", "DiscordBot", "DiscordCore", "EventLoop", "JSON", "PlatformPlugins",
        "SandboxContract", "SandboxEngine", "Storage", "TestKit",
      ],
      path: "Tests/SandboxTests/TestKit"),
    // Discord's own description of its API, and whether an exchange follows it.
    room("OpenAPI", ["DiscordCore", "HTTPServer", "JSON", "TestKit"], path: "Tests/OpenAPI"),
    tests("OpenAPI", ["JSON", "OpenAPI"]),
    // A simulator for a test, every exchange with which is proved against that description.
    room("DiscordTestKit", ["HTTPTypes", "OpenAPI", "Simulator"], path: "Tests/DiscordTestKit"),
    tests(
      "DiscordCore", ["DiscordCore", "EventLoop", "JSON"], path: "Tests/DiscordTests/CoreTests",
      exclude: ["Fixtures"]),
    tests(
      "DiscordModels", ["DiscordCore", "DiscordModels", "EventLoop", "JSON"],
      path: "Tests/DiscordTests/ModelsTests"),
    tests(
      "DiscordLimits", ["DiscordCore", "DiscordLimits", "EventLoop"], path: "Tests/DiscordTests/LimitsTests"),
    tests(
      "DiscordREST",
      [
        "DiscordCore", "DiscordLimits", "DiscordModels", "DiscordREST", "EventLoop", "HTTPClient",
        "HTTPServer", "HTTPTypes", "JSON", "OpenAPI", "Telemetry", "Vault",
      ],
      path: "Tests/DiscordTests/RESTTests"),
    tests(
      "DiscordGateway",
      [
        "Compression", "DiscordCore", "DiscordGateway", "DiscordLimits", "DiscordModels", "EventLoop",
        "DiscordTestKit", "HTTPClient", "HTTPServer", "HTTPTypes", "JSON", "Simulator", "SimulatorWorld",
        "Vault",
        "WebSocket",
      ],
      path: "Tests/DiscordTests/GatewayTests"),
    tests(
      "DiscordBot",
      [
        "DiscordBot", "DiscordCore", "DiscordGateway", "DiscordLimits", "DiscordModels", "DiscordREST",
        "DiscordCrashKit", "DiscordTestKit", "EventLoop", "HTTPClient", "HTTPServer", "HTTPTypes", "JSON",
        "Simulator", "SimulatorWorld", "Telemetry", "Vault", "discord-crash-bot",
      ],
      path: "Tests/DiscordTests/BotTests"),
    // A bot that is killed in the middle of its work, and what kills it.
    room(
      "DiscordCrashKit",
      [
        "DiscordBot", "DiscordCore", "DiscordGateway", "DiscordModels", "DiscordREST", "DiscordTestKit",
        "EventLoop", "JSON", "PlatformBots", "Simulator", "SimulatorWorld", "Storage", "Telemetry", "TestKit",
        "Vault",
      ],
      path: "Tests/DiscordTests/CrashKit"),
    .executableTarget(
      name: "discord-crash-bot", dependencies: ["DiscordCrashKit"], path: "Tests/DiscordTests/CrashBot",
      swiftSettings: house),
    // Every route of ours against the simulator.
    tests(
      "DiscordTour",
      [
        "DiscordCore", "DiscordLimits", "DiscordModels", "DiscordREST", "DiscordTestKit", "EventLoop",
        "HTTPClient",
        "HTTPTypes", "JSON", "Simulator", "SimulatorWorld", "Telemetry", "Vault",
      ],
      path: "Tests/DiscordTests/TourTests"),
    tests(
      "SimulatorWorld", ["DiscordCore", "EventLoop", "JSON", "SimulatorWorld"],
      path: "Tests/SimulatorTests/WorldTests"),
    tests(
      "Simulator",
      [
        "Compression", "DiscordCore", "DiscordTestKit", "EventLoop", "HTTPClient", "HTTPServer", "HTTPTypes",
        "JSON", "Simulator", "SimulatorWorld", "Telemetry", "Vault", "WebSocket",
      ],
      path: "Tests/SimulatorTests/ServerTests"),
    tests(
      "PlatformSchedule",
      ["EventLoop", "PlatformSchedule", "SQL", "Storage", "StorageTestKit", "Telemetry"],
      path: "Tests/PlatformTests/ScheduleTests"),
    tests(
      "PlatformBots",
      [
        "Bus", "DiscordBot", "DiscordCore", "DiscordGateway", "DiscordLimits", "DiscordModels", "DiscordREST",
        "DiscordTestKit", "EventLoop", "HTTPClient", "JSON", "PlatformBots", "PlatformSchedule",
        "PlatformTenancy", "PlatformText", "Resources", "SQL", "Simulator", "SimulatorWorld", "Storage",
        "StorageTestKit", "Telemetry", "Vault",
      ],
      path: "Tests/PlatformTests/BotsTests"),
    tests(
      "PlatformNotices",
      ["EventLoop", "PlatformNotices", "PlatformText", "SQL", "Storage", "StorageTestKit"],
      path: "Tests/PlatformTests/NoticesTests"),
    tests(
      "PlatformTenancy",
      [
        "DiscordCore", "EventLoop", "PlatformSchedule", "PlatformTenancy", "SQL", "Storage",
        "StorageTestKit", "Telemetry",
      ],
      path: "Tests/PlatformTests/TenancyTests"),
    tests(
      "PlatformPlugins",
      ["EventLoop", "PlatformPlugins", "SQL", "Storage", "StorageTestKit", "Vault"],
      path: "Tests/PlatformTests/PluginsTests"),
    tests(
      "PlatformAccess", ["DiscordCore", "EventLoop", "PlatformAccess", "Storage", "StorageTestKit"],
      path: "Tests/PlatformTests/AccessTests"),
    tests(
      "PlatformAccounts",
      [
        "Bus", "DiscordCore", "DiscordREST", "EventLoop", "PlatformAccess", "PlatformAccounts", "SQL",
        "Storage",
        "StorageTestKit", "Telemetry", "Vault",
      ],
      path: "Tests/PlatformTests/AccountsTests"),
    tests(
      "PlatformSite",
      [
        "DiscordCore", "EventLoop", "PlatformSite", "PlatformText", "Resources", "SQL", "Storage",
        "StorageTestKit",
      ],
      path: "Tests/PlatformTests/SiteTests"),
    tests(
      "PlatformConfiguration",
      [
        "Bus", "DiscordCore", "EventLoop", "JSON", "PlatformAudit", "PlatformConfiguration",
        "PlatformSettings", "Storage", "StorageTestKit", "Telemetry",
      ],
      path: "Tests/PlatformTests/ConfigurationTests"),
    tests(
      "PlatformAudit", ["DiscordCore", "EventLoop", "JSON", "PlatformAudit", "Storage", "StorageTestKit"],
      path: "Tests/PlatformTests/AuditTests"),
    tests(
      "PlatformData",
      [
        "DiscordCore", "EventLoop", "JSON", "PlatformAccess", "PlatformAudit", "PlatformBots",
        "PlatformConfiguration", "PlatformData", "PlatformPlugins", "PlatformSchedule", "SQL", "Storage",
        "StorageTestKit", "Vault",
      ],
      path: "Tests/PlatformTests/DataTests"),
    tests(
      "PlatformCommands", ["DiscordCore", "JSON", "PlatformCommands"],
      path: "Tests/PlatformTests/CommandsTests"),
    tests(
      "PlatformText", ["EventLoop", "PlatformText"], path: "Tests/PlatformTests/TextTests",
      exclude: ["Fixtures"]),
    tests(
      "PlatformSettings", ["DiscordCore", "JSON", "PlatformSettings"],
      path: "Tests/PlatformTests/SettingsTests"),
    pluginTests("AutoMod", ["ModerationPlugin", "RolesPlugin"]),
    pluginTests("Moderation", ["HTTPClient", "Patterns"]),
    pluginTests("Roles"),
    pluginTests("Welcome", ["Cards"]),
    // Tests of plugins end here.
    // A server with people in it, a bot, and the plugins under test.
    room(
      "PluginTestKit",
      [
        "Bus", "DiscordBot", "DiscordCore", "DiscordGateway", "DiscordModels", "DiscordREST",
        "DiscordTestKit", "EventLoop", "HTTPClient", "HTTPTypes", "JSON", "PlatformAccess",
        "PlatformAudit", "PlatformConfiguration", "PlatformDispatch", "PlatformPlugins", "PlatformSchedule",
        "PlatformSettings", "PlatformTenancy", "Simulator", "SimulatorWorld", "Storage", "StorageTestKit",
        "Telemetry", "Vault",
      ],
      path: "Tests/PluginTestKit"),
    tests(
      "PlatformDispatch",
      [
        "Bus", "DiscordBot", "DiscordCore", "DiscordGateway", "DiscordModels", "DiscordREST", "EventLoop",
        "HTTPTypes", "JSON", "PlatformAccess", "PlatformAudit", "PlatformCommands", "PlatformConfiguration",
        "PlatformDispatch", "PlatformPlugins", "PlatformSchedule", "PlatformSettings", "PlatformTenancy",
        "PlatformText", "PluginTestKit", "SQL", "Simulator", "SimulatorWorld", "Storage", "StorageTestKit",
        "Telemetry", "Vault",
      ],
      path: "Tests/PlatformTests/DispatchTests"),
    tests("Patterns", ["Patterns"]),
    // The house as a whole, and the program as a process.
    tests(
      "System",
      [
        "Assembly", "Bus", "DiscordBot", "DiscordCore", "DiscordModels", "DiscordREST", "DiscordTestKit",
        "EventLoop", "HTTPClient", "HTTPTypes", "JSON", "PlatformAudit", "PlatformCommands",
        "PlatformConfiguration", "PlatformData", "PlatformDispatch", "PlatformPlugins", "PlatformSchedule",
        "PlatformSettings", "PlatformTenancy", "PluginTestKit", "Resources", "SQL", "Simulator",
        "SimulatorWorld", "Storage", "StorageTestKit", "Telemetry", "Vault", "guildhall",
      ] + builtInPlugins,
      path: "Tests/SystemTests"),
    // A simulator as a process, for the clients of Tests/Conformance.
    .executableTarget(
      name: "simulator-program", dependencies: ["DiscordTestKit", "JSON", "Simulator"],
      path: "Tests/SimulatorTests/SimulatorProgram", swiftSettings: house),
    tests(
      "Administration",
      [
        "Administration", "Assembly", "Bus", "CSystem", "DiscordCore", "DiscordTestKit", "EventLoop", "JSON",
        "ModerationPlugin", "PlatformAccess", "PlatformAudit", "PlatformConfiguration", "PlatformDispatch",
        "PlatformNotices",
        "PlatformPlugins", "PlatformSettings", "PlatformTenancy", "PlatformText", "Sandbox",
        "SandboxContract", "SandboxData",
        "SandboxTestKit", "Simulator",
        "SimulatorWorld", "Storage", "StorageTestKit", "Telemetry", "Vault", "guildhall",
      ]),
    tests(
      "Dashboard",
      [
        "SandboxTestKit", "SandboxArtifacts", "SandboxContract", "SandboxData", "Sandbox",
        "Assembly", "Bus", "Dashboard", "DiscordBot", "DiscordCore", "DiscordREST", "DiscordTestKit",
        "EventLoop", "HTML",
        "HTTPClient", "HTTPServer", "HTTPTypes", "JSON", "OpenAPI", "PlatformAccess", "PlatformAccounts",
        "PlatformAudit",
        "PlatformBots", "PlatformCommands", "PlatformConfiguration", "PlatformDispatch", "PlatformNotices",
        "PlatformPlugins",
        "PlatformSettings", "PlatformSite", "PlatformTenancy", "PlatformText", "Resources", "Simulator",
        "SimulatorWorld",
        "Storage",
        "StorageTestKit", "Telemetry", "Vault",
      ] + builtInPlugins),

    // Benchmarks: the harness, and the kit's table.
    room("BenchmarkHarness", ["CSystem"], path: "Benchmarks/Harness"),
    .executableTarget(
      name: "KitBenchmarks",
      dependencies: [
        "BenchmarkHarness", "TestKit", "CSystem", "EventLoop", "JSON", "HTTPClient", "HTTPServer",
        "HTTPTypes", "WebSocket", "SQL", "SQLite", "Postgres", "Storage", "Redis", "Bus", "Vault",
        "Telemetry",
      ],
      path: "Benchmarks/Kit", swiftSettings: house),
    .executableTarget(
      name: "DiscordBenchmarks",
      dependencies: [
        "BenchmarkHarness", "CSystem", "TestKit", "Compression", "DiscordBot", "DiscordCore",
        "DiscordCrashKit",
        "DiscordGateway", "DiscordLimits", "DiscordModels", "DiscordREST", "EventLoop", "HTTPClient",
        "HTTPServer", "HTTPTypes", "JSON", "Simulator", "SimulatorWorld",
        "Telemetry", "Vault", "WebSocket",
      ],
      path: "Benchmarks/Discord", exclude: ["Clients"], swiftSettings: house),
    .executableTarget(
      name: "DashboardBenchmarks",
      dependencies: [
        "Assembly", "BenchmarkHarness", "Bus", "Dashboard", "DiscordBot", "DiscordCore", "EventLoop", "HTML",
        "HTTPClient", "HTTPServer", "HTTPTypes", "JSON", "ModerationPlugin", "PlatformAccess",
        "PlatformAccounts", "PlatformAudit", "PlatformConfiguration", "PlatformDispatch", "PlatformPlugins",
        "PlatformTenancy", "SQL", "Simulator", "SimulatorWorld", "Storage", "Telemetry", "TestKit", "Vault",
      ],
      path: "Benchmarks/Dashboard", exclude: ["Clients"], swiftSettings: house),
    .executableTarget(
      name: "SandboxBenchmarks",
      dependencies: [
        "BenchmarkHarness", "DiscordCore", "EventLoop", "HTTPTypes", "JSON", "SandboxTestKit", "Simulator",
        "SimulatorWorld", "Telemetry", "TestKit",
      ],
      path: "Benchmarks/Sandbox", exclude: ["Plugins"], swiftSettings: house),
    .executableTarget(
      name: "PlatformBenchmarks",
      dependencies: [
        "Assembly", "AutoModPlugin", "BenchmarkHarness", "Bus", "CSystem", "DiscordBot", "DiscordCore",
        "DiscordGateway", "DiscordModels", "DiscordREST", "EventLoop", "HTTPTypes", "JSON",
        "ModerationPlugin",
        "Patterns", "PlatformAccess", "PlatformAudit", "PlatformConfiguration", "PlatformDispatch",
        "PlatformPlugins", "PlatformSchedule", "PlatformSettings", "PlatformTenancy", "Redis", "SQL",
        "Simulator",
        "SimulatorWorld", "Storage", "Telemetry", "TestKit", "Vault",
      ],
      path: "Benchmarks/Platform", exclude: ["Clients"], swiftSettings: house),
  ],
  cxxLanguageStandard: .cxx17
)

// Fuzzing needs libFuzzer and the address sanitizer: these targets exist for Scripts/fuzz alone.
if Context.environment["GUILDHALL_FUZZ"] != nil {
  let fuzzedRooms: [Target.Dependency] = [
    "Compression", "EventLoop", "HTTPClient", "HTTPServer", "HTTPTypes", "JSON", "Postgres", "SQL", "SQLite",
    "Telemetry",
    "WebSocket",
  ]
  package.products.append(.executable(name: "fuzz", targets: ["fuzz"]))
  package.targets += [
    .executableTarget(
      name: "fuzz", dependencies: fuzzedRooms, path: "Tests/Fuzz", exclude: ["Corpus", "README.md"],
      swiftSettings: house)
  ]
}
