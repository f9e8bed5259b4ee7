// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// Reads a file of callgrind ("Callgrind Format Specification" in valgrind's manual), version 1 with one
/// part.
///
/// Strict: a line it does not know, a number it cannot hold, or a sum of the parts that is not the file's
/// own total is an error with the line. Costs are summed by function; the source positions are dropped.
package struct CallgrindProfile {
  /// Functions kept one by one unless more are asked for; the rest is summed.
  package static let functionLimit = 40
  private static let byteLimit = 256 << 20
  private static let eventLimit = 32

  package struct Failure: Error, CustomStringConvertible {
    package let line: Int
    package let what: String
    package var description: String { "line \(line): \(what)" }
  }

  private struct Function {
    var object = ""
    var costs: [Int]
    var inclusive = 0
  }

  private var events: [String] = []
  private var totals: [Int] = []
  private var functions: [String: Function] = [:]
  private var objects: [Substring: Substring] = [:]
  private var names: [Substring: Substring] = [:]
  private var object = ""
  private var function: String?
  private var expectsCall = false
  private var number = 0

  /// The counts in a file.
  package static func read(
    path: String, functions: Int = functionLimit
  ) throws -> InstructionCounts {
    let size = (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    guard size <= byteLimit else {
      throw Failure(line: 0, what: "the file is \(size) bytes, more than \(byteLimit)")
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    return try read(String(decoding: data, as: UTF8.self), functions: functions)
  }

  package static func read(
    _ text: String, functions: Int = functionLimit
  ) throws(Failure) -> InstructionCounts {
    var profile = CallgrindProfile()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      profile.number += 1
      try profile.take(line)
    }
    return try profile.counts(functions)
  }

  private func failure(_ what: String) -> Failure { Failure(line: number, what: what) }

  private mutating func take(_ line: Substring) throws(Failure) {
    guard let first = line.utf8.first, first != UInt8(ascii: "#") else { return }
    if UInt8(ascii: "0")...UInt8(ascii: "9") ~= first || "+-*".utf8.contains(first) {
      return try takeCosts(line)
    }
    if expectsCall { throw failure("a call without its costs") }
    guard
      let mark = line.utf8.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") })
    else { throw failure("neither a cost nor a known word: '\(line.prefix(60))'") }
    let word = line[..<mark]
    let value = line[line.utf8.index(after: mark)...]
    if line.utf8[mark] == UInt8(ascii: ":") {
      try takeHeader(word, value)
    } else {
      try takeAssignment(word, value)
    }
  }

  private mutating func takeHeader(_ word: Substring, _ value: Substring) throws(Failure) {
    switch word {
    case "version":
      guard value.filter({ $0 != " " }) == "1" else { throw failure("format version \(value)") }
    case "events":
      guard events.isEmpty else { throw failure("events are named twice") }
      events = value.split(separator: " ").map { String($0) }
      guard (1...Self.eventLimit).contains(events.count), Set(events).count == events.count else {
        throw failure("\(events.count) events, or one of them twice")
      }
    case "positions":
      guard value.filter({ $0 != " " }) == "line" else {
        throw failure("positions are '\(value)', not lines")
      }
    case "totals":
      guard totals.isEmpty else { throw failure("a second part") }
      totals = try costs(value.split(separator: " "))
    case "creator", "pid", "cmd", "part", "desc", "summary", "thread": break
    default: throw failure("an unknown header '\(word.prefix(30))'")
    }
  }

  private mutating func takeAssignment(_ word: Substring, _ value: Substring) throws(Failure) {
    switch word {
    case "ob":
      object = try name(value, &objects).split(separator: "/").last.map { String($0) } ?? ""
    case "fn":
      let name = String(try name(value, &names))
      function = name
      if functions[name] == nil {
        functions[name] = Function(object: object, costs: Array(repeating: 0, count: events.count))
      }
    case "cfn": _ = try name(value, &names)
    case "cob": _ = try name(value, &objects)
    case "fl", "fi", "fe", "cfi", "cfl": break
    case "calls": expectsCall = true
    default: throw failure("an unknown word '\(word.prefix(30))'")
    }
  }

  /// `(7) name` defines number 7, `(7)` refers to it; a name may also stand alone.
  private func name(
    _ text: Substring, _ known: inout [Substring: Substring]
  ) throws(Failure) -> Substring {
    guard text.first == "(", let end = text.firstIndex(of: ")") else { return text }
    let key = text[text.index(after: text.startIndex)..<end]
    guard Int(key) != nil else { return text }
    let name = text[text.index(after: end)...].drop { $0 == " " }
    if !name.isEmpty { known[key] = name }
    guard let name = known[key] else { throw failure("name (\(key)) is not defined") }
    return name
  }

  /// A position and as many costs as there are events, the last zeros left out.
  private mutating func takeCosts(_ line: Substring) throws(Failure) {
    guard !events.isEmpty else { throw failure("costs before the events are named") }
    guard let function else { throw failure("costs before a function") }
    let costs = try costs(line.split(separator: " ").dropFirst())
    if expectsCall {
      expectsCall = false
      functions[function]?.inclusive += costs.first ?? 0
      return
    }
    for (index, cost) in costs.enumerated() { functions[function]?.costs[index] += cost }
  }

  /// Each below 2^53, so that a file's sums cannot overflow and a metric holds them exactly.
  private func costs(_ words: some Collection<Substring>) throws(Failure) -> [Int] {
    guard words.count <= events.count else {
      throw failure("\(words.count) costs for \(events.count) events")
    }
    var costs: [Int] = []
    for word in words {
      guard let cost = Int(word), (0..<(1 << 53)).contains(cost) else {
        throw failure("'\(word.prefix(30))' is no cost")
      }
      costs.append(cost)
    }
    return costs
  }

  private func counts(_ functionLimit: Int) throws(Failure) -> InstructionCounts {
    guard let instructions = events.firstIndex(of: "Ir") else {
      throw failure("instructions (Ir) are not among the events")
    }
    guard !totals.isEmpty else { throw failure("the file ends before its totals") }
    for index in events.indices {
      let sum = functions.values.reduce(0) { $0 &+ $1.costs[index] }
      let total = index < totals.count ? totals[index] : 0
      guard sum == total else {
        throw failure("the functions' \(events[index]) are \(sum) in all, the file says \(total)")
      }
    }
    func cost(_ function: Function, _ names: String...) -> Int {
      events.indices.reduce(0) { $0 + (names.contains(events[$1]) ? function.costs[$1] : 0) }
    }
    let ranked = functions.filter { $0.value.costs[instructions] > 0 }.sorted {
      ($1.value.costs[instructions], $0.key) < ($0.value.costs[instructions], $1.key)
    }
    let kept = ranked.prefix(functionLimit).map { name, function in
      FunctionCounts(
        name: name, object: function.object, instructions: function.costs[instructions],
        inclusiveInstructions: function.costs[instructions] + function.inclusive,
        level1DataMisses: cost(function, "D1mr", "D1mw"),
        lastLevelMisses: cost(function, "ILmr", "DLmr", "DLmw"))
    }
    let all = totals.indices.map { (events[$0], totals[$0]) }
    let zeros = events.indices.dropFirst(totals.count).map { (events[$0], 0) }
    return InstructionCounts(
      totals: Dictionary(uniqueKeysWithValues: all + zeros), functions: kept,
      otherInstructions: totals[instructions] - kept.reduce(0) { $0 + $1.instructions })
  }
}
