// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@Suite struct CalendarDayTests {
  @Test func daysAreCountedFrom1970() {
    #expect(CalendarDay("1970-01-01")?.number == 0)
    #expect(CalendarDay("2000-02-29")?.number == 11_016)
    #expect(CalendarDay("2027-01-31")?.number == 20_849)
    #expect(CalendarDay("1969-12-31")?.number == -1)
    #expect(CalendarDay(Date(timeIntervalSince1970: 86_399)).description == "1970-01-01")
    #expect(CalendarDay(Date(timeIntervalSince1970: 86_400)).description == "1970-01-02")
    #expect(CalendarDay(Date(timeIntervalSince1970: -1)).description == "1969-12-31")
  }

  /// Every day of 800 years is written and read as itself, one after the other.
  @Test func everyDayIsReadBack() {
    for number in -146_097...146_097 {
      let text = CalendarDay(number: number).description
      #expect(CalendarDay(text)?.number == number, "\(text)")
    }
  }

  @Test(arguments: [
    "", "2027-02-29", "2027-13-01", "2027-00-10", "2027-01-00", "2027-04-31", "2027-1-31",
    "27-01-31",
    "2027-01-31 ", "2027/01/31", "+027-01-31", "2027-01-31T00:00:00Z", "tomorrow", "1900-02-29",
  ])
  func daysThatNoCalendarHasAreRefused(_ text: String) {
    #expect(CalendarDay(text) == nil)
  }

  @Test func theyAreTextInJSON() throws {
    let day = try #require(CalendarDay("2027-01-31"))
    let data = try JSONEncoder().encode([day])
    #expect(String(decoding: data, as: UTF8.self) == #"["2027-01-31"]"#)
    #expect(try JSONDecoder().decode([CalendarDay].self, from: data) == [day])
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode([CalendarDay].self, from: Data(#"["2027-02-30"]"#.utf8))
    }
  }
}
