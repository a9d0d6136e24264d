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
func bridge(_ name: String, links libraries: [String] = []) -> Target {
  .target(
    name: name, path: "Sources/Bridges/\(name)",
    cSettings: [.define("_GNU_SOURCE")],
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

let package = Package(
  name: "guildhall",
  products: [
    .executable(name: "guildhall", targets: ["guildhall"]),
    .executable(name: "guildhall-bench", targets: ["KitBenchmarks"]),
    .executable(name: "discord-bench", targets: ["DiscordBenchmarks"]),
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

    // Floor 1: the kit.
    room("EventLoop", ["CSystem"]),
    room("Telemetry", ["CSystem"]),
    room("JSON", ["CSimdjson"], exclude: ["README.md"]),
    room("Vault", ["CSodium"]),
    room("Compression", ["CCodec"]),
    room("HTTPTypes", ["EventLoop"], path: "Sources/HTTP/Types"),
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
        "SimulatorWorld", "Telemetry", "Vault", "WebSocket",
      ],
      path: "Sources/Simulator/Server", exclude: ["Playground/README.md", "README.md"],
      resources: [.copy("Playground/Assets"), .copy("Playground/Strings")]),

    // Floor 3: the platform.
    room(
      "PlatformAccess", ["DiscordCore", "EventLoop", "SQL", "Storage"], path: "Sources/Platform/Access"),
    room(
      "PlatformAudit", ["DiscordCore", "EventLoop", "JSON", "SQL", "Storage"], path: "Sources/Platform/Audit"),
    room(
      "PlatformConfiguration",
      ["Bus", "EventLoop", "JSON", "PlatformAudit", "PlatformSettings", "SQL", "Storage", "Telemetry"],
      path: "Sources/Platform/Configuration"),
    room(
      "PlatformBots",
      ["DiscordBot", "DiscordCore", "DiscordGateway", "EventLoop", "SQL", "Storage"],
      path: "Sources/Platform/Bots"),
    room("PlatformCommands", ["DiscordCore", "JSON", "PlatformText"], path: "Sources/Platform/Commands"),
    room(
      "PlatformPlugins", ["EventLoop", "SQL", "Storage", "Vault"], path: "Sources/Platform/Plugins"),
    room("PlatformText", ["EventLoop"], path: "Sources/Platform/Text"),
    room("PlatformSettings", ["DiscordCore", "JSON", "PlatformText"], path: "Sources/Platform/Settings"),

    room(
      "PlatformSchedule", ["EventLoop", "SQL", "Storage", "Telemetry"], path: "Sources/Platform/Schedule"),

    // Floor 5: the dashboard.
    room(
      "Dashboard", ["HTML", "HTTPServer", "HTTPTypes", "Telemetry"], exclude: ["README.md"],
      resources: [.copy("Assets"), .copy("Strings")]),

    // Floor 6: where everything is put together.
    .executableTarget(
      name: "guildhall",
      dependencies: [
        "CSystem", "Dashboard", "DiscordBot", "DiscordGateway", "DiscordModels", "DiscordREST", "EventLoop",
        "HTTPServer", "JSON", "PlatformBots", "SQL", "Simulator", "SimulatorWorld", "Storage", "Telemetry",
        "Vault",
      ],
      swiftSettings: house),

    // Tests.
    room("StorageTestKit", ["EventLoop", "Storage", "TestKit", "Vault"], path: "Tests/StorageTestKit"),
    room("TestKit", ["CSystem", "EventLoop"], path: "Tests/TestKit"),
    tests("EventLoop", ["EventLoop", "CSystem"]),
    tests("Telemetry", ["Telemetry", "CSystem"]),
    tests("JSON", ["JSON"]),
    tests("Vault", ["Vault", "CSystem"]),
    tests("Compression", ["Compression"]),
    tests(
      "HTTPClient", ["HTTPClient", "HTTPTypes", "EventLoop", "CSystem"], path: "Tests/HTTPTests/ClientTests",
      exclude: ["Fixtures"]),
    tests(
      "HTTPServer", ["HTTPServer", "HTTPTypes", "EventLoop", "CSystem"], path: "Tests/HTTPTests/ServerTests"),
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
      ["DiscordCore", "DiscordGateway", "EventLoop", "PlatformBots", "Storage", "StorageTestKit"],
      path: "Tests/PlatformTests/BotsTests"),
    tests(
      "PlatformPlugins",
      ["EventLoop", "PlatformPlugins", "SQL", "Storage", "StorageTestKit", "Vault"],
      path: "Tests/PlatformTests/PluginsTests"),
    tests(
      "PlatformAccess", ["DiscordCore", "EventLoop", "PlatformAccess", "Storage", "StorageTestKit"],
      path: "Tests/PlatformTests/AccessTests"),
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
      "PlatformCommands", ["DiscordCore", "JSON", "PlatformCommands"],
      path: "Tests/PlatformTests/CommandsTests"),
    tests(
      "PlatformText", ["EventLoop", "PlatformText"], path: "Tests/PlatformTests/TextTests",
      exclude: ["Fixtures"]),
    tests(
      "PlatformSettings", ["DiscordCore", "JSON", "PlatformSettings"],
      path: "Tests/PlatformTests/SettingsTests"),
    // A simulator as a process, for the clients of Tests/Conformance.
    .executableTarget(
      name: "simulator-program", dependencies: ["DiscordTestKit", "JSON", "Simulator"],
      path: "Tests/SimulatorTests/SimulatorProgram", swiftSettings: house),
    tests("Dashboard", ["Dashboard", "HTML", "HTTPServer", "HTTPTypes"]),

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
