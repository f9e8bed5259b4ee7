// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoStore

/// The store's encoder against Foundation's on random records.
@Suite struct CompactJSONTests {
  /// SplitMix64 (Steele, Lea and Flood 2014), and values that are hard to write.
  private struct Values: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
      state = seed
    }

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
      return mixed ^ mixed >> 31
    }

    mutating func integer() -> Int {
      let bits = Int(truncatingIfNeeded: next())
      return [bits, bits >> 40, bits >> 60, 0, -1, .min, .max].randomElement(using: &self) ?? 0
    }

    /// Not a NaN: it is not equal to itself.
    mutating func number() -> Double {
      let any = Double(bitPattern: next())
      let small = Double(integer() >> 50) / 1_000
      return [
        any.isNaN ? 0.1 : any, small, 5, -0.0, 1e16, 1e-7, .infinity, -.infinity,
        .leastNonzeroMagnitude, .greatestFiniteMagnitude,
      ].randomElement(using: &self) ?? 0
    }

    mutating func text() -> String {
      let count = Int.random(in: 0...20, using: &self)
      var text = String.UnicodeScalarView()
      while text.count < count {
        let top: UInt32 = [0x1f, 0x7f, 0x24f, 0xffff, 0x10ffff].randomElement(using: &self) ?? 0
        if let scalar = Unicode.Scalar(UInt32.random(in: 0...top, using: &self)) {
          text.append(scalar)
        }
      }
      return String(text)
    }

    mutating func bool() -> Bool { Bool.random(using: &self) }

    mutating func maybe<T>(_ make: (inout Values) -> T) -> T? { bool() ? make(&self) : nil }

    mutating func list<T>(_ make: (inout Values) -> T) -> [T] {
      (0..<Int.random(in: 0...3, using: &self)).map { _ in make(&self) }
    }

    mutating func members<T>(_ make: (inout Values) -> T) -> [String: T] {
      Dictionary(list { ($0.text(), make(&$0)) }) { first, _ in first }
    }

    mutating func environment() -> SampleEnvironment {
      var one = SampleEnvironment(wallSeconds: number())
      let counts: [WritableKeyPath<SampleEnvironment, Int?>] = [
        \.processors, \.involuntarySwitches, \.migrations, \.majorFaults, \.threads,
        \.thermalThrottles,
      ]
      for path in counts { one[keyPath: path] = maybe { $0.integer() } }
      let numbers: [WritableKeyPath<SampleEnvironment, Double?>] = [
        \.stealSeconds, \.foreignSeconds, \.workerSeconds, \.waitSeconds, \.cpuPressureSeconds,
        \.cpuFullPressureSeconds, \.memoryPressureSeconds, \.memoryFullPressureSeconds,
        \.ioPressureSeconds, \.ioFullPressureSeconds, \.quotaThrottledSeconds, \.megahertz,
      ]
      for path in numbers { one[keyPath: path] = maybe { $0.number() } }
      one.unavailable = members { $0.text() }
      return one
    }

    mutating func observation() -> Observation {
      var one = Observation(startNs: integer(), endNs: integer())
      let counts: [WritableKeyPath<Observation, Int?>] = [
        \.promptTokens, \.cachedTokens, \.outputTokens, \.depth, \.scheduledNs, \.sentNs,
        \.admittedNs, \.doneNs, \.iterations, \.roundTripNs,
      ]
      for path in counts { one[keyPath: path] = maybe { $0.integer() } }
      let numbers: [WritableKeyPath<Observation, Double?>] = [
        \.flops, \.weightBytes, \.kvBytes, \.activationBytes, \.referenceError,
      ]
      for path in numbers { one[keyPath: path] = maybe { $0.number() } }
      one.emissionNs = maybe { $0.list { $0.integer() } }
      one.emissionTokens = maybe { $0.list { $0.integer() } }
      one.outputFingerprint = maybe { $0.text() }
      one.eviction = maybe {
        CacheEviction(
          state: $0.text(), bytesPerCall: $0.integer(), firstTouchNs: $0.number(),
          secondTouchNs: $0.number(), clockNs: $0.number())
      }
      one.outputTokenIDs = maybe { $0.list { $0.integer() } }
      one.holdsTrace = maybe { $0.bool() }
      one.extra = maybe { $0.members { $0.number() } }
      one.requests = maybe { _ in [] }
      one.usage = maybe {
        ResourceUsage(
          userSeconds: $0.number(), systemSeconds: $0.number(), minorFaults: $0.integer(),
          majorFaults: $0.integer(), voluntarySwitches: $0.integer(),
          involuntarySwitches: $0.integer(), peakResidentBytes: $0.integer())
      }
      one.heap = maybe {
        $0.bool()
          ? HeapReading(allocations: $0.integer(), bytes: $0.integer())
          : HeapReading(unavailable: $0.text())
      }
      one.load = maybe {
        LoadTimes(
          mappedNs: $0.integer(), readyNs: $0.integer(), repackNs: $0.integer(),
          repackedBytes: $0.integer())
      }
      one.traffic = maybe {
        TrafficRecord(
          closedLoop: $0.bool(),
          levels: $0.maybe {
            ServiceLevels(ttft: $0.maybe { $0.number() }, tpotMayBeMissing: $0.bool())
          })
      }
      one.energy = maybe {
        EnergyReading(
          domains: $0.list {
            .init(name: $0.text(), kind: .dram, joules: $0.maybe { $0.number() })
          }, seconds: $0.number(), invalid: $0.maybe { $0.text() })
      }
      one.callgrind = maybe {
        InstructionCounts(
          totals: $0.members { $0.integer() },
          functions: $0.list {
            FunctionCounts(
              name: $0.text(), object: $0.text(), instructions: $0.integer(),
              inclusiveInstructions: $0.integer(), level1DataMisses: $0.integer(),
              lastLevelMisses: $0.integer())
          }, otherInstructions: $0.integer())
      }
      one.injection = maybe {
        InjectionRecord(
          op: $0.text(), ratio: $0.number(), every: $0.integer(), firstStep: $0.integer())
      }
      return one
    }
  }

  /// The member-by-member text against the encoder's, byte for byte; also one text right after another,
  /// and what has tables of its own left out.
  @Test(arguments: 0..<8) func sampleTextsAreTheEncoders(seed: UInt64) throws {
    var values = Values(seed: seed)
    var expected = ""
    let written = JSONText(capacity: 1)
    var seen: Set<String> = []
    for round in 0..<100 {
      var observation = values.observation()
      if round == 0 { observation.flops = .nan }
      let environment = values.environment()
      let surroundings = try #require(try CompactJSONEncoder.text(of: environment))
      expected += try #require(try CompactJSONEncoder.text(of: observation)) + surroundings
      observation.trace = round % 2 == 0 ? StoreFixtures.trace : nil
      observation.counters = round % 3 == 0 ? StoreFixtures.counters : nil
      observation.kernelCounters = round % 5 == 0 ? [] : nil
      if observation.requests != nil { observation.requests = [RequestRecord()] }
      try written.append(observation)
      try written.append(environment)
      #expect(written.text == expected, "seed \(seed), round \(round)")
      if written.text != expected { return }
      let members = try JSONSerialization.jsonObject(with: Data(surroundings.utf8))
      seen.formUnion(try #require(members as? [String: Any]).keys)
    }
    #expect(written.isSupported)
    let all = Mirror(reflecting: SampleEnvironment(wallSeconds: 0)).children.compactMap(\.label)
    #expect(seen == Set(all), "a member that is never tried")
  }

  /// Whole numbers are written as `description` has them, around where it takes to exponents too.
  @Test func wholeNumbersAreDescribed() {
    for value in [
      0, -0.0, 1, -1, 9, 10, -10, 0.5, 999_999_999_999, 1e12, 1e12 + 1, -1e12, 1e15, 1e16, 0x1p53,
      -0x1p63, 0x1p64, 1e300,
    ] {
      let text = JSONText()
      text.append(value)
      #expect(text.text == value.description)
    }
  }

  private func foundationText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Both texts say the same members, and are read as the observation they were made from.
  @Test(arguments: 0..<8) func observationsAreWrittenAsFoundationWritesThem(seed: UInt64) throws {
    var values = Values(seed: seed)
    var seen: Set<String> = []
    for round in 0..<100 {
      let observation = values.observation()
      let text = try #require(try CompactJSONEncoder.text(of: observation))
      let foundation = try foundationText(observation)
      let read = try StoredForm.decode(Observation.self, text, path: "", place: "")
      #expect(read == observation, "seed \(seed), round \(round): \(text)")
      let reference = try StoredForm.decode(Observation.self, foundation, path: "", place: "")
      #expect(read == reference, "seed \(seed), round \(round): \(text), not \(foundation)")
      let members = try #require(
        JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let expected = try #require(
        JSONSerialization.jsonObject(with: Data(foundation.utf8)) as? [String: Any])
      #expect(Set(members.keys) == Set(expected.keys), "seed \(seed), round \(round)")
      seen.formUnion(members.keys)
    }
    // What has tables of its own is not among an observation's text.
    let ownTables: Set<String> = ["trace", "counters", "kernelCounters"]
    let all = Mirror(reflecting: Observation(startNs: 0, endNs: 1)).children.compactMap(\.label)
    #expect(seen == Set(all).subtracting(ownTables), "a member that is never tried")
  }

  /// The shortest and the longest of every kind.
  @Test func extremesAreWritten() throws {
    #expect(
      try CompactJSONEncoder.text(of: [Int.min, .max, 0, -1, 10])
        == "[-9223372036854775808,9223372036854775807,0,-1,10]")
    #expect(try CompactJSONEncoder.text(of: [Int]()) == "[]")
    let small = [-0.0, Double.leastNonzeroMagnitude]
    #expect(try CompactJSONEncoder.text(of: small) == "[-0.0,5e-324]")
    #expect(try CompactJSONEncoder.text(of: ["\u{1}\"\\\n/é日"]) == #"["\u0001\"\\\n/é日"]"#)
    #expect(try CompactJSONEncoder.text(of: [true, false]) == "[true,false]")
  }
}
