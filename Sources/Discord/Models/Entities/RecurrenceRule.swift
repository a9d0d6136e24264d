// How a scheduled event repeats itself.

package import EventLoop
package import JSON

/// How often.
package struct RecurrenceFrequency: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let yearly = RecurrenceFrequency(rawValue: 0)
  package static let monthly = RecurrenceFrequency(rawValue: 1)
  package static let weekly = RecurrenceFrequency(rawValue: 2)
  package static let daily = RecurrenceFrequency(rawValue: 3)
}

/// Days of the week; the week begins on Monday.
package struct RecurrenceWeekday: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let monday = RecurrenceWeekday(rawValue: 0)
  package static let tuesday = RecurrenceWeekday(rawValue: 1)
  package static let wednesday = RecurrenceWeekday(rawValue: 2)
  package static let thursday = RecurrenceWeekday(rawValue: 3)
  package static let friday = RecurrenceWeekday(rawValue: 4)
  package static let saturday = RecurrenceWeekday(rawValue: 5)
  package static let sunday = RecurrenceWeekday(rawValue: 6)
}

/// A weekday of a month: the second Tuesday.
package struct RecurrenceNthWeekday: Equatable, Sendable {
  /// 1 to 5.
  package var n: Int
  package var day: RecurrenceWeekday

  package init(
    n: Int, day: RecurrenceWeekday
  ) {
    (self.n, self.day) = (n, day)
  }
}

private enum RecurrenceNthWeekdayField: Int, JSONFieldName {
  case n, day
  static let keys = JSONKeys<RecurrenceNthWeekdayField>(
    "n", "day")
}

extension RecurrenceNthWeekday: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(RecurrenceNthWeekdayField.keys)
    n = try fields.value(.n)
    day = try fields.value(.day)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("n", n)
      json.field("day", day)
    }
  }
}

/// A subset of iCalendar's rules; which combinations Discord takes stands in its documentation
/// (https://discord.com/developers/docs/resources/guild-scheduled-event#guild-scheduled-event-recurrence-rule-object).
package struct RecurrenceRule: Equatable, Sendable {
  package var start: Timestamp
  /// Cannot be set.
  package var end: Timestamp?
  package var frequency: RecurrenceFrequency
  /// Every second week, for example.
  package var interval: Int
  package var byWeekday: [RecurrenceWeekday]?
  package var byNthWeekday: [RecurrenceNthWeekday]?
  /// 1 to 12.
  package var byMonth: [Int]?
  package var byMonthDay: [Int]?
  /// Cannot be set, as `count`.
  package var byYearDay: [Int]?
  package var count: Int?
  package var unknownFields = UnknownFields()

  package init(
    start: Timestamp, end: Timestamp? = nil, frequency: RecurrenceFrequency, interval: Int = 1,
    byWeekday: [RecurrenceWeekday]? = nil, byNthWeekday: [RecurrenceNthWeekday]? = nil,
    byMonth: [Int]? = nil, byMonthDay: [Int]? = nil, byYearDay: [Int]? = nil, count: Int? = nil
  ) {
    (self.start, self.end, self.frequency) = (start, end, frequency)
    (self.interval, self.byWeekday, self.byNthWeekday) = (interval, byWeekday, byNthWeekday)
    (self.byMonth, self.byMonthDay, self.byYearDay) = (byMonth, byMonthDay, byYearDay)
    self.count = count
  }
}

private enum RecurrenceRuleField: Int, JSONFieldName {
  case start, end, frequency, interval, byWeekday, byNthWeekday, byMonth, byMonthDay, byYearDay, count
  static let keys = JSONKeys<RecurrenceRuleField>(
    "start", "end", "frequency", "interval", "by_weekday", "by_n_weekday", "by_month", "by_month_day",
    "by_year_day", "count")
}

extension RecurrenceRule: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(RecurrenceRuleField.keys)
    start = try fields.value(.start)
    end = fields.optional(.end)
    frequency = try fields.value(.frequency)
    interval = fields.value(.interval, default: 1)
    byWeekday = fields.optional(.byWeekday)
    byNthWeekday = fields.optional(.byNthWeekday)
    byMonth = fields.optional(.byMonth)
    byMonthDay = fields.optional(.byMonthDay)
    byYearDay = fields.optional(.byYearDay)
    count = fields.optional(.count)
    unknownFields = UnknownFields(of: json, besides: fields)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("start", start)
      json.optional("end", end)
      json.field("frequency", frequency)
      json.field("interval", interval)
      json.optional("by_weekday", byWeekday)
      json.optional("by_n_weekday", byNthWeekday)
      json.optional("by_month", byMonth)
      json.optional("by_month_day", byMonthDay)
      json.optional("by_year_day", byYearDay)
      json.optional("count", count)
      unknownFields.write(to: &json)
    }
  }
}
