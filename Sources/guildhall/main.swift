// Where the program begins: nothing but a call, so that nothing here is isolated to the main actor.

await runGuildhall(Array(CommandLine.arguments.dropFirst()))
