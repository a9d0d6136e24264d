// Enumerations and flags of channels.

/// What kind of channel it is (https://discord.com/developers/docs/resources/channel#channel-object-channel-types).
package struct ChannelType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let guildText = ChannelType(rawValue: 0)
  package static let dm = ChannelType(rawValue: 1)
  package static let guildVoice = ChannelType(rawValue: 2)
  package static let groupDM = ChannelType(rawValue: 3)
  package static let guildCategory = ChannelType(rawValue: 4)
  package static let guildAnnouncement = ChannelType(rawValue: 5)
  package static let announcementThread = ChannelType(rawValue: 10)
  package static let publicThread = ChannelType(rawValue: 11)
  package static let privateThread = ChannelType(rawValue: 12)
  package static let guildStageVoice = ChannelType(rawValue: 13)
  package static let guildDirectory = ChannelType(rawValue: 14)
  package static let guildForum = ChannelType(rawValue: 15)
  package static let guildMedia = ChannelType(rawValue: 16)

  package var isThread: Bool { (10...12).contains(rawValue) }
  /// Whether members can be connected to it.
  package var isVocal: Bool { self == .guildVoice || self == .guildStageVoice }
  /// Whether it holds threads and nothing else.
  package var isThreadOnly: Bool { self == .guildForum || self == .guildMedia }
}

/// https://discord.com/developers/docs/resources/channel#channel-object-channel-flags
package struct ChannelFlags: WireFlags {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
  /// A thread at the top of its forum.
  package static let pinned = ChannelFlags(bit: 1)
  /// A forum whose threads need a tag.
  package static let requireTag = ChannelFlags(bit: 4)
  /// A media channel without buttons for downloads.
  package static let hideMediaDownloadOptions = ChannelFlags(bit: 15)
}

/// How a forum's threads are ordered; nil where nobody chose.
package struct SortOrder: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let latestActivity = SortOrder(rawValue: 0)
  package static let creationDate = SortOrder(rawValue: 1)
}

/// How a forum shows its threads.
package struct ForumLayout: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let notSet = ForumLayout(rawValue: 0)
  package static let listView = ForumLayout(rawValue: 1)
  package static let galleryView = ForumLayout(rawValue: 2)
}

/// The quality of cameras in a voice channel.
package struct VideoQualityMode: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let auto = VideoQualityMode(rawValue: 1)
  /// 720p.
  package static let full = VideoQualityMode(rawValue: 2)
}
