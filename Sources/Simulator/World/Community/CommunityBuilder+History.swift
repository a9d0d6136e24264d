// What the people of Lanternfall said to each other.

internal import DiscordCore
internal import EventLoop
internal import JSON

extension CommunityBuilder {
  /// Tells the last weeks, from the oldest to the newest day.
  func writeHistory() {
    foundation()
    strategies()
    introductions()
    evening()
    yesterday()
    lately()
  }

  private func foundation() {
    go(toHoursAgo: 60 * 24)
    guard let rules = channels["rules"], let welcome = channels["welcome"],
      let news = channels["announcements"]
    else { return }
    let first = say(
      "maren",
      """
      **The four rules**
      1. Wait for the slowest.
      2. Loot is not worth a friend.
      3. Spoilers go behind ||bars||.
      4. If a Warden asks you to stop, you have already gone a little too far.
      """, in: rules)
    pin(first, in: rules)
    react("🏮", ["ines", "tobias", "yuki", "wren", "otto"], to: first, in: rules)
    say(
      "maren", "Welcome to Lanternfall. Take a light and find a group; nobody goes down alone.", in: welcome)
    go(toHoursAgo: 21 * 24)
    let patch = say(
      "devon",
      "**Patch 1.7** is out. The rope no longer forgets you. Doors creak 12 % less (Oskar objects). Full notes in the launcher.",
      in: news)
    if let patch { news.messages.change(patch) { $0.flags |= Message.Flag.crossposted } }
    react("🎉", ["jonas", "wren", "farah", "luca", "tobias", "rosa"], to: patch, in: news)
    react("🚪", ["oskar"], to: patch, in: news)
  }

  private func strategies() {
    go(toHoursAgo: 12 * 24)
    guard let strategy = channels["strategy"] else { return }
    let question = say("chidi", "Is the moth cloak worth it if I never stand still?", in: strategy)
    say(
      "priya", "No. The bonus decays in 1.2 s, and you would need 0.8 to cast. I can show you the table.",
      in: strategy, answering: question)
    say("bjorn", "hammer does not need cloak", in: strategy)
    say("chidi", "Björn, not everything is a hammer question.", in: strategy)
    let wise = say("bjorn", "everything is a hammer question", in: strategy)
    react("🔨", ["wren", "kofi", "gwen", "nadia", "mateo"], to: wise, in: strategy)
    pin(wise, in: strategy)
    say(
      "solveig",
      "The cloak also opens the shrine behind the second waterfall. ||Stand still for ten seconds.||",
      in: strategy)
    say("quinn", "there is a second waterfall?", in: strategy)
    openThread(on: question, in: strategy)
  }

  private func openThread(on message: MessageID?, in channel: Channel) {
    guard let message, let priya = people["priya"] else { return }
    do throws(RESTFailure) {
      let thread = try world.startThread(
        from: message, in: channel.id, by: priya, body: ["name": "Moth cloak, the numbers"], reason: nil)
      say("priya", "So: base 14, plus 3 per stack, minus the decay. Break-even is five stacks.", in: thread)
      say("chidi", "And with the ember ring?", in: thread)
      say("priya", "Four. That changes things. Give me an evening.", in: thread)
    } catch {
      assertionFailure("the seeded community breaks a rule: \(error.message)")
    }
  }

  private func writeGuides() {
    guard let forum = channels["guides"], let iva = people["iva"], let elio = people["elio"] else { return }
    let posts: [(UserID, String, String, String, [(String, String)])] = [
      (
        iva, "Every shrine on the Long Stair, in order", "Guide",
        "I walked it twice with a notebook. Eleven shrines, two of them lie. Corrections welcome.",
        [("solveig", "Number seven has a back door!"), ("noor", "adding sunset pictures for 3 and 9")]
      ),
      (
        elio, "Where do I get rope early?", "Question",
        "I keep falling into the same cave. Quinn says hello from down there.",
        [("yara", "The merchant by the well sells it after you bring her the kettle."), ("quinn", "hello")]
      ),
    ]
    for (author, title, tag, text, answers) in posts {
      let tags = forum.availableTags.filter { $0.name == tag }.map { JSONValue.id($0.id) }
      do throws(RESTFailure) {
        let body: JSONValue = [
          "name": .string(title), "applied_tags": .array(tags), "message": ["content": .string(text)],
        ]
        let (post, _) = try world.startThread(in: forum.id, by: author, body: body, reason: nil)
        for (name, answer) in answers { say(name, answer, in: post) }
      } catch {
        assertionFailure("the seeded community breaks a rule: \(error.message)")
      }
    }
  }

  private func introductions() {
    go(toHoursAgo: 6 * 24)
    writeGuides()
    guard let channel = channels["introductions"] else { return }
    let otto = say(
      "otto",
      "Good morning. I am Otto, 68, retired tram driver. I started with text adventures. I type slowly but I read everything.",
      in: channel)
    react("❤️", ["maren", "yara", "ines", "amira", "wren", "halima", "dana"], to: otto, in: channel)
    say("yara", "Welcome Otto! Your pace is our pace.", in: channel, answering: otto)
    say("willa", "Hi, I'm Willa, and I brought my brother.", in: channel)
    say("xander", "I am the brother.", in: channel)
    say(
      "uma",
      "olá, hallo, hello! I translate item names for fun. The German one for \"ember ring\" is lovely.",
      in: channel)
    let candle = say(
      "dana", "I make real candles. Someone asked for a moth-shaped one and now I have forty.", in: channel)
    react("🕯️", ["maren", "pippa", "mei"], to: candle, in: channel)
  }

  private func evening() {
    go(toHoursAgo: 50)
    guard let group = channels["looking-for-group"], let general = channels["general"],
      let off = channels["off-topic"]
    else { return }
    let call = say(
      "kofi", "Belfry, tonight at nine, two places left. Healer preferred, patience required. Please.",
      in: group)
    say("wren", "healer with patience reporting", in: group, answering: call)
    say("elio", "Could I come along if I just carry the lantern?", in: group)
    let yes = say("kofi", "That is the most important job. Yes.", in: group)
    react("🏮", ["elio", "wren", "gwen"], to: yes, in: group)
    say("jonas", "is it patch day", in: general)
    say("devon", "No.", in: general)
    say("jonas", "is it patch day eve", in: general)
    let no = say("devon", "Also no. But I fixed the rope.", in: general)
    react("🪢", ["quinn", "zeno"], to: no, in: general)
    say("sami", "what is everyone eating", in: off)
    say("yuki", "Ramen. It is always ramen.", in: off)
    say("uma", "Caldo verde, it rains here.", in: off)
    say("bram", "regret, lightly toasted", in: off)
    if let shots = channels["screenshots"] {
      say("noor", "The sky over the Long Stair, just before the storm. I sat there for an hour.", in: shots)
      say("farah", "New hat. That is the whole message.", in: shots)
    }
  }

  private func yesterday() {
    go(toHoursAgo: 27)
    guard let general = channels["general"], let group = channels["looking-for-group"],
      let strategy = channels["strategy"], let off = channels["off-topic"], let wardens = channels["wardens"]
    else { return }
    say("elio", "I carried the lantern. Nobody told me it was *loud*.", in: general)
    let moth = say("gwen", "It attracts moths. The big ones. You did great.", in: general)
    react("🦋", ["elio", "mei", "noor"], to: moth, in: general)
    say(
      "mateo", "Result of last night: 4 wipes, 1 kill, 11 moths, 0 complaints. That is a record.", in: general
    )
    say("zeno", "I was half-way up the stairs when you finished.", in: general)
    say("bjorn", "stairs are just a slow hammer", in: general)
    say("priya", "I have thought about that sentence for ten minutes and I want them back.", in: general)
    say("willa", "anyone for the second cave? we are three, one of us is my brother", in: group)
    say("xander", "I heard that", in: group)
    say("kamala", "I come, if we pass the pond.", in: group)
    say("nadia", "Tip for the Belfry: the bell counts your steps. Walk, do not run.", in: strategy)
    let steps = say("chidi", "So THAT is why I always wake it.", in: strategy)
    react("🔔", ["nadia", "solveig", "kofi"], to: steps, in: strategy)
    say("viktor", "Selling three ember rings. Fair price. Mostly.", in: off)
    say("uma", "Glutring. In German it is called *Glutring*. I told you it is lovely.", in: off)
    say("hiro", "I read everything here and I would like you all to know that.", in: off)
    say("bram", "we know, Hiro. the ceiling told us", in: off)
    say(
      "tobias", "Somebody reported Björn for excessive hammer. I closed it as intended behaviour.",
      in: wardens)
    say("ines", "Correct ruling.", in: wardens)
  }

  private func lately() {
    go(toHoursAgo: 5)
    guard let general = channels["general"], let wardens = channels["wardens"] else { return }
    say("ines", "Quiet night. One gold seller, gone before he finished his sentence.", in: wardens)
    say("yuki", "The filter got him. I only waved.", in: wardens)
    say("rosa", "we are in voice on the Long Stair if anyone wants to fish", in: general)
    say("kamala", "Fishing is the real game.", in: general)
    let first = say(
      "nadia", "Did the Belfry boss get a third phase or did we just do it wrong for a year?", in: general)
    say("mateo", "According to my spreadsheet: yes.", in: general, answering: first)
    let laugh = say("nadia", "Yes to which part?", in: general)
    react("😂", ["mateo", "kofi", "luca", "amira", "tobias"], to: laugh, in: general)
    say("luca", "gg", in: general)
    say(
      "amira", "nobody asked but the lullaby in the third phase is the same as in the intro. I cried.",
      in: general)
    let creak = say("oskar", "Finally. Somebody noticed.", in: general)
    react("🎵", ["amira", "maren", "halima"], to: creak, in: general)
    say("otto", "My grandson says \"gg\" means good game. I thought it was a sneeze.", in: general)
    let bless = say("kofi", "Bless you, Otto.", in: general)
    react("😂", ["otto", "yara", "wren", "halima", "rosa", "nadia"], to: bless, in: general)
    if let yard = channels["bot-yard"] { say("maren", "The bots live here. Try `/ping`, be nice.", in: yard) }
  }
}
