// What Discord refuses in selects and inputs.

/// How many can be chosen, of whatever.
private func checkValues(
  _ least: Int?, _ most: Int?, upTo maximum: Int, isRequired: Bool?, isInModal: Bool
) throws(CompositionError) {
  try Check.number(least, "min_values", 0...maximum)
  try Check.number(most, "max_values", 1...maximum)
  try Check.order(least, most ?? (least == nil ? nil : max(1, least ?? 1)), "min_values", "max_values")
  if isInModal, least == 0, isRequired ?? true {
    throw CompositionError(
      .conflict, "min_values", "is 0 although the input is required; say that it is not", found: 0)
  }
}

private func checkChoices(
  _ choices: [Component.Choice], _ limit: ClosedRange<Int>, emoji: Bool
) throws(CompositionError) {
  try Check.count(choices.count, "options", limit)
  for (index, choice) in choices.enumerated() {
    try Check.part("options", index) { () throws(CompositionError) in
      try Check.text(choice.label, "label", 1...100)
      try Check.text(choice.value, "value", 1...100)
      try Check.text(choice.description, "description", 0...100)
      try Check.text(choice.emoji?.name, "emoji.name", 0...32)
      if choice.emoji != nil, !emoji {
        throw CompositionError(.conflict, "emoji", "belongs on options of selects only")
      }
    }
  }
  try Check.distinct(choices, "options", "value") { $0.value }
}

private func checkDefaults(_ count: Int, atMost limit: Int, _ field: String) throws(CompositionError) {
  guard count > limit else { return }
  throw CompositionError(
    .tooMany, field, "has \(count) chosen from the beginning, more than max_values, which is \(limit)",
    found: count, limit: 0...limit)
}

private func refuseDisabled(_ isDisabled: Bool, isInModal: Bool) throws(CompositionError) {
  if isInModal, isDisabled {
    throw CompositionError(.conflict, "disabled", "is set; nothing in a modal can be disabled")
  }
}

extension Component.StringSelect {
  func validate(isInModal: Bool) throws(CompositionError) {
    try Check.text(customID, "custom_id", ComponentLimits.customID)
    try Check.text(placeholder, "placeholder", 0...150)
    try checkChoices(options, 1...25, emoji: true)
    try checkValues(minimumValues, maximumValues, upTo: 25, isRequired: isRequired, isInModal: isInModal)
    if let minimumValues, minimumValues > options.count {
      throw CompositionError(
        .conflict, "min_values", "is \(minimumValues), more than there are options (\(options.count))",
        found: minimumValues, limit: 0...options.count)
    }
    try checkDefaults(options.count { $0.isDefault }, atMost: maximumValues ?? 1, "options")
    try refuseDisabled(isDisabled, isInModal: isInModal)
  }
}

extension Component.EntitySelect {
  func validate(isInModal: Bool) throws(CompositionError) {
    try Check.text(customID, "custom_id", ComponentLimits.customID)
    try Check.text(placeholder, "placeholder", 0...150)
    try checkValues(minimumValues, maximumValues, upTo: 25, isRequired: isRequired, isInModal: isInModal)
    try Check.count(defaultValues.count, "default_values", 0...25)
    try checkDefaults(defaultValues.count, atMost: maximumValues ?? 1, "default_values")
    if let minimumValues, !defaultValues.isEmpty, defaultValues.count < minimumValues {
      throw CompositionError(
        .tooFew, "default_values",
        "has \(defaultValues.count) elements, fewer than min_values, which is \(minimumValues)",
        found: defaultValues.count, limit: minimumValues...25)
    }
    for (index, value) in defaultValues.enumerated() where !takes(value) {
      throw CompositionError(.conflict, "default_values[\(index)].type", "is not what this select lists")
    }
    try Check.distinct(defaultValues, "default_values")
    try Check.distinct(channelTypes, "channel_types")
    if !channelTypes.isEmpty, kind != .channelSelect {
      throw CompositionError(.conflict, "channel_types", "belongs on channel selects only")
    }
    try refuseDisabled(isDisabled, isInModal: isInModal)
  }

  private func takes(_ value: DefaultValue) -> Bool {
    switch value {
    case .user: kind == .userSelect || kind == .mentionableSelect
    case .role: kind == .roleSelect || kind == .mentionableSelect
    case .channel: kind == .channelSelect
    }
  }
}

extension Component.TextInput {
  func validate(needsLabel: Bool) throws(CompositionError) {
    try Check.text(customID, "custom_id", ComponentLimits.customID)
    try Check.number(minimumLength, "min_length", 0...4_000)
    try Check.number(maximumLength, "max_length", 1...4_000)
    try Check.order(minimumLength, maximumLength, "min_length", "max_length")
    try Check.text(placeholder, "placeholder", 0...100)
    try Check.text(value, "value", 0...(maximumLength ?? 4_000))
    if needsLabel {
      guard let label else {
        throw CompositionError(.missing, "label", "is missing; put the input into a label")
      }
      try Check.text(label, "label", 1...45)
    } else if label != nil {
      throw CompositionError(.conflict, "label", "is set, but the label around the input already has one")
    }
  }
}

extension Component.FileUpload {
  func validate() throws(CompositionError) {
    try Check.text(customID, "custom_id", ComponentLimits.customID)
    try checkValues(minimumValues, maximumValues, upTo: 10, isRequired: isRequired, isInModal: true)
    for (index, type) in fileTypes.enumerated() {
      let isExtension =
        type.hasPrefix(".") && type.utf8.count > 1
        && type.utf8.dropFirst().allSatisfy { $0 > UInt8(ascii: " ") && $0 != UInt8(ascii: "/") }
      if !isExtension, !["image", "video", "audio"].contains(type) {
        throw CompositionError(
          .malformed, "file_types[\(index)]", "is neither image, video, audio nor an extension with its dot")
      }
    }
    try Check.distinct(fileTypes, "file_types")
  }
}

extension Component.ChoiceGroup {
  func validate() throws(CompositionError) {
    try Check.text(customID, "custom_id", ComponentLimits.customID)
    let isRadio = kind == .radioGroup
    try checkChoices(options, (isRadio ? 2 : 1)...10, emoji: false)
    if isRadio, minimumValues != nil || maximumValues != nil {
      throw CompositionError(.conflict, "max_values", "and min_values do not belong on a radio group")
    }
    try checkValues(minimumValues, maximumValues, upTo: 10, isRequired: isRequired, isInModal: true)
    let most = isRadio ? 1 : maximumValues ?? options.count
    try checkDefaults(options.count { $0.isDefault }, atMost: most, "options")
    if let minimumValues, minimumValues > options.count {
      throw CompositionError(
        .conflict, "min_values", "is \(minimumValues), more than there are options (\(options.count))",
        found: minimumValues, limit: 0...options.count)
    }
  }
}
