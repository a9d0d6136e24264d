// A bot to be killed, as a program: see CrashBot.swift of the crash kit.

import DiscordCrashKit

try await runCrashBot(Array(CommandLine.arguments.dropFirst()))
