// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import Testing

@testable import TachoTune

/// Search spaces: conditions, requirements, counting, and the unit cube.
@Suite struct SearchSpaceTests {
  /// threads 1...4 x tile 16, 32, 48 x kind a, b; depth 1...3 only for b; 10 of the 12 pairs of
  /// threads and tile fulfil the requirement.
  static func small() throws -> SearchSpace {
    try SearchSpace(
      [
        Parameter("depth", .integer(1...3, step: 1, log: false), when: Expression("kind == 'b'")),
        Parameter("threads", .integer(1...4, step: 1, log: false)),
        Parameter("tile", .integer(16...48, step: 16, log: false)),
        Parameter("kind", .categorical(["a", "b"])),
      ], requires: [Expression("threads * tile <= limit")], constants: Configuration(["limit": 140])
    )
  }

  @Test func countsWhatIsValid() throws {
    let space = try Self.small()
    #expect(space.combinations == 72)
    let all = try #require(space.enumerated(limit: 1000))
    // 1, 2, 3 and 4 threads allow 3, 3, 2 and 2 tiles; each with kind a once and kind b three times.
    #expect(all.count == 10 * 4)
    #expect(Set(all.map { SearchSpace.id(of: $0) }).count == 40)
    #expect(all.allSatisfy { space.brokenRequirement(of: $0) == nil })
    #expect(all.allSatisfy { ($0["depth"] != nil) == ($0["kind"] == "b") })
    #expect(all.first == Configuration(["threads": 1, "tile": 16, "kind": "a"]))
    #expect(space.enumerated(limit: 40) != nil)
    #expect(space.enumerated(limit: 39) == nil)
  }

  @Test func doesNotEnumerateForever() throws {
    let wide = (0..<30).map { Parameter("p\($0)", .integer(0...9, step: 1, log: false)) }
    // Nothing fulfils it, and that shows only at the last parameter.
    let space = try SearchSpace(
      wide, requires: [Expression(wide.map(\.path).joined(separator: " + ") + " < 0")])
    #expect(space.enumerated(limit: 100) == nil)
    #expect(try SearchSpace([Parameter("x", .real(0...1, log: false))]).enumerated(limit: 9) == nil)
  }

  @Test func laysValuesOnTheUnitCube() throws {
    let threads = Parameter("t", .integer(1...4, step: 1, log: false))
    #expect(threads.value(atUnit: 0) == 1 && threads.value(atUnit: 1) == 4)
    #expect(threads.value(atUnit: 0.2499) == 1 && threads.value(atUnit: 0.2501) == 2)
    #expect(threads.unit(of: 2) == 0.375 && threads.cell(atUnit: 0.3) == 0.25...0.5)
    let stepped = Parameter("s", .integer(16...50, step: 16, log: false))
    #expect(stepped.count == 3 && stepped.value(atUnit: 1) == 48 && stepped.index(of: 50) == nil)
    let real = Parameter("r", .real(0.01...100, log: true))
    #expect(abs((real.value(atUnit: 0.5).doubleValue ?? 0) - 1) < 1e-12)
    #expect(real.unit(of: 100) == 1 && real.unit(of: 1000) == nil && real.cell(atUnit: 0.5) == nil)
    let power = Parameter("p", .integer(1...100, step: 1, log: true))
    #expect(power.value(atUnit: 0) == 1 && power.value(atUnit: 1) == 100)
    // Equal ratios have equal lengths: from ln 0.5 to ln 100.5.
    #expect(abs((power.unit(of: 20) ?? 0) - (power.unit(of: 2) ?? 0) - 0.43417) < 1e-4)
  }

  /// Random spaces and points: a configuration has the coordinates it came from, up to its cells.
  @Test func roundTrips() throws {
    for seed in 0..<200 {
      var stream = DrawStream(seed: UInt64(seed), trial: 0, .candidates)
      let space = try Self.random(&stream)
      let units = space.parameters.map { _ in stream.uniform() }
      let configuration = space.configuration(at: units)
      #expect(try space.admitted(configuration) == configuration, "seed \(seed)")
      for (place, unit) in space.units(of: configuration).enumerated() {
        let parameter = space.parameters[place]
        let found = try #require(unit, "seed \(seed), \(parameter.path)")
        if let cell = parameter.cell(atUnit: units[place]) {
          #expect(cell.contains(found), "seed \(seed), \(parameter.path)")
          #expect(parameter.cell(atUnit: found) == cell, "seed \(seed), \(parameter.path)")
        } else {
          #expect(abs(found - units[place]) < 1e-9, "seed \(seed), \(parameter.path)")
        }
        #expect(
          parameter.value(atUnit: found) == configuration[parameter.path] || parameter.count == nil)
      }
    }
  }

  static func random(_ stream: inout DrawStream) throws -> SearchSpace {
    let low = stream.index(below: 20) + 1
    let high = low + stream.index(below: 300)
    let end = stream.uniform() * 50
    return try SearchSpace([
      Parameter("a", .integer(low...high, step: 1 + stream.index(below: 5), log: false)),
      Parameter("b", .integer(low...high, step: 1, log: true)),
      Parameter("c", .real(-end...end, log: false)),
      Parameter("d", .real(0.001...(0.002 + end), log: true)),
      Parameter("e", .ordinal(["x", "y", "z"])), Parameter("f", .categorical([1, true, "on"])),
    ])
  }

  @Test func refusesWhatMakesNoSpace() throws {
    func message(_ make: () throws -> SearchSpace) -> String {
      do {
        _ = try make()
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    func space(_ domain: Parameter.Domain) -> String {
      message { try SearchSpace([Parameter("x", domain)]) }
    }
    #expect(space(.integer(0...9, step: 1, log: true)).contains("starts at 1 or more"))
    #expect(space(.integer(1...9, step: 2, log: true)).contains("no step"))
    #expect(space(.integer(1...9, step: 0, log: false)).contains("at least 1"))
    #expect(space(.real(0...9, log: true)).contains("above 0"))
    #expect(space(.real(3...3, log: false)).contains("set it"))
    #expect(space(.categorical([])).contains("empty"))
    #expect(space(.ordinal([1, 2, 1.0])).contains("listed twice"))
    let x = Parameter("x", .integer(1...9, step: 1, log: false))
    #expect(message { try SearchSpace([x, x]) }.contains("declared twice"))
    #expect(message { try SearchSpace([]) }.contains("nothing to search"))
    #expect(
      message {
        try SearchSpace([
          Parameter("a", .categorical([1, 2]), when: Expression("b == 1")),
          Parameter("b", .categorical([1, 2]), when: Expression("a == 1")),
        ])
      }.contains("circle"))
  }

  @Test(arguments: [
    ("thread == 1", 0, "did you mean 'threads'"), ("kind == draft", 8, "in quotes: 'draft'"),
    ("kind < 3", 5, "compares numbers"), ("threads == 'a'", 8, "never equals"),
    ("kind == 'aa'", 5, "kind is never 'aa'"), ("threads + 1", 0, "not a condition"),
    ("kind and threads > 1", 5, "'and' needs true or false"),
    ("-kind == 1", 0, "'-' needs a number"),
  ])
  func findsSenselessRequirements(_ text: String, _ offset: Int, _ words: String) throws {
    let requirement = try Expression(text)
    let parameters = try Self.small().parameters
    let error = #expect(throws: SpaceError.self) {
      try SearchSpace(parameters, requires: [requirement])
    }
    #expect(error?.part == .requirement(0, offset: offset), "\(String(describing: error))")
    #expect(error?.message.contains(words) == true, "\(String(describing: error))")
  }

  @Test func admitsOnlyItsOwn() throws {
    let space = try Self.small()
    let good = Configuration(["threads": 2.0, "tile": 16, "kind": "b", "depth": 1])
    #expect(try space.admitted(good)["threads"] == .int(2))
    for (path, value, words) in [
      ("thread", 1, "did you mean 'threads'"), ("tile", 17, "in steps of 16"),
      ("kind", "a", "only where kind == 'b'"), ("tile", 48, "limit"),
    ] as [(String, ConfigurationValue, String)] {
      var bad = good
      bad["threads"] = 3
      bad[path] = value
      let error = #expect(throws: SpaceError.self) { try space.admitted(bad) }
      #expect("\(String(describing: error))".contains(words), "\(path)")
    }
    let lacking = Configuration(["threads": 2, "tile": 16, "kind": "b"])
    #expect(
      throws: SpaceError(.parameter("depth"), "it is missing; give a whole number from 1 to 3")
    ) {
      try space.admitted(lacking)
    }
  }

  @Test func takesRangesFromKnobs() throws {
    func domain(_ kind: Knob.Kind) -> Parameter.Domain? {
      Parameter(knob: Knob("k", kind, default: .null, "for a test"))?.domain
    }
    #expect(domain(.bool) == .categorical([false, true]))
    #expect(domain(.int(1...64)) == .integer(1...64, step: 1, log: false))
    #expect(domain(.int(1...4096)) == .integer(1...4096, step: 1, log: true))
    #expect(domain(.double(0...1000)) == .real(0...1000, log: false))
    #expect(domain(.choice(["a", "b"])) == .categorical(["a", "b"]))
    #expect(domain(.text) == nil)
  }
}
