// Channels, threads, messages, reactions, polls, webhooks.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import HTTPTypes
import JSON
import Testing

extension TourStop {
  static let channelStops = [
    TourStop("channels") { tour in
      #expect(try await tour.go(.getChannel(tour.channel)).name == "open")
      let made = try await tour.go(
        .createGuildChannel(
          ChannelCreate("tour", type: .guildText) { $0.topic = .set("t") }, in: tour.guild, reason: "zu groß")
      )
      let change = ChannelEdit { ($0.topic, $0.slowmode) = (.set("new"), 5) }
      #expect(try await tour.go(.modifyChannel(made.id, change)).topic == "new")
      let overwrite = PermissionOverwrite(.member(tour.anna), allow: .viewChannel, deny: .sendMessages)
      try await tour.go(.setChannelPermissions(overwrite, in: made.id, reason: "r"))
      #expect(try await tour.go(.getChannel(made.id)).permissionOverwrites.contains(overwrite))
      try await tour.go(.deleteChannelPermissions(of: .member(tour.anna), in: made.id))
      try await tour.go(.triggerTyping(in: made.id))
      try await tour.go(.modifyChannelPositions([ChannelPosition(made.id, 0)], in: tour.guild))
      #expect(try await tour.go(.getGuildChannels(tour.guild)).contains { $0.id == made.id })
      #expect(try await tour.go(.deleteChannel(made.id, reason: "r")).id == made.id)
      let gone = try await tour.refused(.getChannel(made.id))
      #expect(gone.isGone && gone.status == 404)
      let voice = try await tour.go(
        .createGuildChannel(ChannelCreate("v", type: .guildVoice), in: tour.guild))
      try await tour.go(.setVoiceChannelStatus("singing", in: voice.id))
      let news = try await tour.go(
        .createGuildChannel(ChannelCreate("news", type: .guildAnnouncement), in: tour.guild))
      let post = try await tour.go(.createMessage(MessageCreate("extra"), in: news.id))
      #expect(try await tour.go(.crosspostMessage(post.id, in: news.id)).id == post.id)
    },
    TourStop("threads") { tour in
      let message = try await tour.go(.createMessage(MessageCreate("base"), in: tour.channel))
      let thread = try await tour.go(
        .startThread(ThreadCreate("t", autoArchiveMinutes: 60), at: message.id, in: tour.channel))
      let closed = try await tour.go(
        .startThread(ThreadCreate("p"), as: .privateThread, invitable: false, in: tour.channel))
      try await tour.go(.leaveThread(thread.id))
      try await tour.go(.joinThread(thread.id))
      try await tour.go(.addThreadMember(tour.anna, to: thread.id))
      #expect(
        try await tour.go(.getThreadMember(tour.anna, of: thread.id, withMember: true)).userID == tour.anna)
      #expect(try await tour.go(.listThreadMembers(of: thread.id, withMember: true)).count >= 2)
      try await tour.go(.removeThreadMember(tour.anna, from: thread.id))
      #expect(try await tour.go(.listActiveThreads(of: tour.guild)).threads.count == 2)
      let archive = ThreadEdit { $0.isArchived = true }
      try await tour.go(.modifyThread(closed.id, archive))
      try await tour.go(.modifyThread(thread.id, archive))
      #expect(try await tour.go(.listPublicArchivedThreads(of: tour.channel)).threads.count == 1)
      #expect(try await tour.go(.listPrivateArchivedThreads(of: tour.channel)).threads.count == 1)
      #expect(try await tour.go(.listJoinedPrivateArchivedThreads(of: tour.channel)).threads.count == 1)
      let forum = try await tour.go(
        .createGuildChannel(
          ChannelCreate("forum", type: .guildForum) {
            $0.availableTags = [ForumTag(name: "help", emojiName: "👍")]
          },
          in: tour.guild))
      let tag = try #require(forum.availableTags.first?.id)
      let post = try await tour.go(
        .startForumPost(ThreadCreate("post"), MessageCreate("hi"), tags: [tag], in: forum.id))
      #expect(post.parentID == forum.id)
      #expect(
        try await tour.go(.searchThreads(in: forum.id, ThreadSearch { $0.name = "post" })).threads.count == 1)
    },
    TourStop("messages") { tour in
      let rich = MessageCreate("hi **you**")
        .embed(
          Embed(title: "T", description: "D", url: "https://example.org", color: 1).field(
            "n", "v", inline: true)
        )
        .components(.row(.button("a", id: "a", emoji: "👍"), .link("l", to: "https://example.org")))
      let sent = try await tour.go(.createMessage(rich, in: tour.channel))
      #expect(sent.embeds.first?.title == "T")
      let parts = MessageCreate([.container(color: 1, [.text("t"), .divider, .row(.userSelect(id: "u"))])])
      try await tour.go(.createMessage(parts, in: tour.channel))
      let file = MessageCreate("file").file(OutgoingFile("a.txt", Array("hello".utf8)))
      #expect(
        try await tour.go(.createMessage(file, in: tour.channel)).attachments.first?.filename == "a.txt")
      let answer = try await tour.go(.createMessage(MessageCreate("re").reply(to: sent.id), in: tour.channel))
      try await tour.go(.forwardMessage(sent.id, from: tour.channel, to: tour.channel))
      #expect(try await tour.go(.getMessage(answer.id, in: tour.channel)).content == "re")
      #expect(
        try await tour.go(.editMessage(answer.id, in: tour.channel, MessageEdit(content: "re!"))).content
          == "re!")
      #expect(try await tour.go(.getMessages(in: tour.channel, .around(answer.id), limit: 3)).count == 3)
      try await tour.go(.pinMessage(sent.id, in: tour.channel, reason: "r"))
      #expect(try await tour.go(.getPins(in: tour.channel, limit: 5)).items.count == 1)
      try await tour.go(.unpinMessage(sent.id, in: tour.channel))
      try await tour.go(.searchMessages(in: tour.guild, MessageSearch { $0.content = "file" }))
      try await tour.go(.deleteMessage(answer.id, in: tour.channel, reason: "r"))
      let page = try await tour.go(.getMessages(in: tour.channel, limit: 2))
      try await tour.go(.bulkDeleteMessages(page.map(\.id), in: tour.channel, reason: "r"))
      let unknown = try await tour.refused(.getMessage(answer.id, in: tour.channel))
      #expect(unknown.discordCode == .unknownMessage && unknown.isGone)
    },
    TourStop("reactions and polls") { tour in
      let message = try await tour.go(.createMessage(MessageCreate("react"), in: tour.channel))
      try await tour.act(
        tour.anna, .put, "/channels/\(tour.channel)/messages/\(message.id)/reactions/%F0%9F%91%8D/@me")
      try await tour.go(.addReaction("👍", to: message.id, in: tour.channel))
      #expect(
        try await tour.go(.getReactions(with: "👍", on: message.id, in: tour.channel, limit: 5)).count == 2)
      try await tour.go(.deleteReaction("👍", of: tour.anna, from: message.id, in: tour.channel))
      try await tour.go(.deleteOwnReaction("👍", from: message.id, in: tour.channel))
      try await tour.go(.addReaction("👍", to: message.id, in: tour.channel))
      try await tour.go(.deleteAllReactions(with: "👍", from: message.id, in: tour.channel))
      try await tour.go(.deleteAllReactions(from: message.id, in: tour.channel))
      let poll = try await tour.go(
        .createMessage(
          MessageCreate().poll(PollCreate("q", ["a", .init("b", emoji: "👍")])), in: tour.channel))
      try await tour.act(
        tour.anna, .put, "/channels/\(tour.channel)/polls/\(poll.id)/answers/@me", ["answer_ids": [1]])
      #expect(
        try await tour.go(.getPollVoters(of: 1, on: poll.id, in: tour.channel, limit: 5)).users.count == 1)
      try await tour.go(.endPoll(on: poll.id, in: tour.channel))
    },
    TourStop("webhooks") { tour in
      let made = try await tour.go(
        .createWebhook(named: "hook", avatar: DataURI("image/png", picture), in: tour.channel, reason: "r"))
      let key = try #require(made.token).text
      try await tour.go(.getWebhook(made.id))
      try await tour.go(.getWebhook(made.id, token: key))
      #expect(
        try await tour.go(.modifyWebhook(made.id, WebhookEdit { $0.name = "new" }, reason: "r")).name == "new"
      )
      try await tour.go(.modifyWebhook(made.id, token: key, WebhookEdit { $0.name = "newer" }))
      #expect(try await tour.go(.getChannelWebhooks(tour.channel)).count == 1)
      #expect(try await tour.go(.getGuildWebhooks(tour.guild)).count == 1)
      let said = try await tour.go(
        .executeWebhook(made.id, token: key, WebhookExecute(MessageCreate("hi"), username: "n")))
      try await tour.go(.executeWebhookUnseen(made.id, token: key, WebhookExecute(MessageCreate("ho"))))
      try await tour.go(.getWebhookMessage(said.id, of: made.id, token: key))
      let edited = try await tour.go(
        .editWebhookMessage(said.id, of: made.id, token: key, MessageEdit(content: "he")))
      #expect(edited.content == "he")
      try await tour.go(.deleteWebhookMessage(said.id, of: made.id, token: key))
      try await tour.go(.deleteWebhook(made.id, token: key))
      let other = try await tour.go(.createWebhook(named: "other", in: tour.channel))
      try await tour.go(.deleteWebhook(other.id, reason: "r"))
    },
  ]
}
