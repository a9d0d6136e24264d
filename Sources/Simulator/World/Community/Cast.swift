// The people of the seeded community.

/// Who lives in Lanternfall.
enum Cast {
  /// One person: the roles are names of `LanternfallRoles`.
  struct Person {
    let username: String
    let name: String
    let color: Int
    let roles: [String]
    let bio: String
  }

  static let people: [Person] = [
    Person("maren", "Maren", 0xE8A33D, ["Keeper", "Lamplighter"], "Founder. Draws maps on napkins."),
    Person("ines", "Inês", 0x4FB286, ["Warden", "Cartographer"], "Moderates before coffee, kindly."),
    Person("tobias", "Tobias", 0x5B7FDB, ["Warden", "Lamplighter"], "Speedruns the tutorial. Every patch."),
    Person("yuki", "Yuki", 0xD65DB1, ["Warden", "Artisan"], "Night shift. Ramen and rulebooks."),
    Person("devon", "Devon", 0x00A6A6, ["Forge Crew"], "Works on the netcode. Blames the netcode."),
    Person("halima", "Halima", 0xF2545B, ["Forge Crew"], "Level designer. Hides cats in walls."),
    Person("oskar", "Oskar", 0x8D6A9F, ["Forge Crew"], "Sound. Yes, that door creaks on purpose."),
    Person("wren", "Wren", 0x7CB518, ["Lamplighter", "Veteran"], "Heals first, asks later."),
    Person("kofi", "Kofi", 0xFB6107, ["Veteran", "Raid Leader"], "Calls the pulls. Says please."),
    Person("pippa", "Pippa", 0xF9C22E, ["Artisan"], "Paints the fan art you have seen."),
    Person("solveig", "Solveig", 0x3C91E6, ["Cartographer", "Veteran"], "Knows every secret door."),
    Person("mateo", "Mateo", 0xA23B72, ["Raid Leader"], "Has a spreadsheet for that."),
    Person("amira", "Amira", 0x2E86AB, ["Lamplighter"], "Here for the story."),
    Person("bjorn", "Björn", 0x6C757D, ["Veteran"], "Plays the hammer. Only the hammer."),
    Person("chidi", "Chidi", 0xC73E1D, [], "Overthinks his builds."),
    Person("dana", "Dana", 0x9BC53D, ["Artisan"], "Makes candles in real life, too."),
    Person("elio", "Elio", 0x5BC0EB, [], "New. Asks good questions."),
    Person("farah", "Farah", 0xFDE74C, ["Lamplighter"], "Collects hats."),
    Person("gwen", "Gwen", 0xE55934, ["Raid Leader", "Veteran"], "Two kids, one mouse, no mercy."),
    Person("hiro", "Hiro", 0xFA7921, [], "Mostly reads."),
    Person("iva", "Iva", 0x1B998B, ["Cartographer"], "Writes the wiki at three in the morning."),
    Person("jonas", "Jonas", 0x2D3047, [], "Is it patch day?"),
    Person("kamala", "Kamala", 0xFFFD82, ["Lamplighter"], "Fishing is the real game."),
    Person("luca", "Luca", 0xFF9B71, [], "Says gg before it is over."),
    Person("mei", "Mei", 0xE84855, ["Artisan"], "Animates things that should not move."),
    Person("nadia", "Nadia", 0xB56B45, ["Veteran"], "Finished it on one life."),
    Person("otto", "Otto", 0x2B3A67, [], "Sixty-eight. Started with text adventures."),
    Person("priya", "Priya", 0x496A81, ["Raid Leader"], "Theory crafter. Show your work."),
    Person("quinn", "Quinn", 0x66999B, [], "Lost in the second cave."),
    Person("rosa", "Rosa", 0xB3AF8F, ["Lamplighter"], "Streams on Sundays."),
    Person("sami", "Sami", 0xFFC482, [], "Types in lower case."),
    Person("talia", "Talia", 0xD62246, ["Artisan"], "Cosplay, foam and hot glue."),
    Person("uma", "Uma", 0x4B1D3F, [], "Speaks five languages, types in three."),
    Person("viktor", "Viktor", 0x17BEBB, ["Veteran"], "Trades. Fair prices. Mostly."),
    Person("willa", "Willa", 0x2E282A, [], "Brought her brother along."),
    Person("xander", "Xander", 0xCD5334, [], "Willa's brother."),
    Person("yara", "Yara", 0xEDB88B, ["Lamplighter"], "Good with newcomers."),
    Person("zeno", "Zeno", 0x7A28CB, [], "Only ever gets half-way there."),
    Person("noor", "Noor", 0x86BBD8, ["Cartographer"], "Screenshots of skies."),
    Person("bram", "Bram", 0x33658A, [], "Quiet, then suddenly a joke."),
  ]
}

extension Cast.Person {
  fileprivate init(_ username: String, _ name: String, _ color: Int, _ roles: [String], _ bio: String) {
    (self.username, self.name, self.color, self.roles, self.bio) = (username, name, color, roles, bio)
  }
}
