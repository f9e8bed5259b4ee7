// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord

/// The parts of some samples that are stored as JSON, in one piece of memory.
struct SampleText: @unchecked Sendable {
  /// Not changed any more.
  private let json: JSONText
  /// Where each sample's observation and environment end; equal ones are of a sample without the latter.
  private let ends: [(observation: Int, environment: Int)]

  init(_ samples: ArraySlice<SampleRecord>) throws {
    let json = JSONText(capacity: 512 * samples.count)
    var ends: [(observation: Int, environment: Int)] = []
    ends.reserveCapacity(samples.count)
    for index in samples.indices {
      try Self.write(samples[index].observation, to: json)
      let observation = json.count
      if let environment = samples[index].environment { try json.append(environment) }
      ends.append((observation, json.count))
    }
    self.json = json
    self.ends = ends
  }

  private static func write(_ observation: Observation, to json: JSONText) throws {
    let start = json.count
    try json.append(observation)
    if json.isSupported { return }
    json.truncate(to: start)
    json.isSupported = true
    var bare = observation
    bare.trace = nil
    bare.counters = nil
    bare.kernelCounters = nil
    bare.requests = bare.requests.map { _ in [] }
    json.append(verbatim: try StoredForm.foundationJSON(of: bare))
  }

  /// Calls `body` with the place of each sample and its texts, which hold as long as the call.
  func forEach(
    _ body: (Int, _ observation: JSONBytes, _ environment: JSONBytes?) throws -> Void
  ) rethrows {
    var start = 0
    for (place, end) in ends.enumerated() {
      let observation = JSONBytes(rebasing: json.bytes[start..<end.observation])
      let environment =
        end.environment == end.observation
        ? nil : JSONBytes(rebasing: json.bytes[end.observation..<end.environment])
      try body(place, observation, environment)
      start = end.environment
    }
  }
}

/// UTF-8 that somebody else owns.
typealias JSONBytes = UnsafeBufferPointer<UInt8>

/// The texts of a batch, made on a second thread while the samples before them are written.
///
/// Stretches are made in order by whoever comes first: a writer that finds one not begun makes it itself,
/// so that a second thread without a processor costs nothing.
final class SampleTexts: @unchecked Sendable {
  private static let stretch = 128

  private let samples: [SampleRecord]
  private let condition = NSCondition()
  // All below under the condition's lock.
  private var made: [Int: Result<SampleText, any Error>] = [:]
  private var begun = 0
  private var isWanted = true

  init(_ samples: [SampleRecord]) {
    self.samples = samples
    guard samples.count > Self.stretch else { return }
    let thread = Thread { [self] in makeAhead() }
    thread.name = "sample texts"
    thread.start()
  }

  /// Nobody asks any more: a transaction failed.
  func stop() {
    condition.withLock { isWanted = false }
  }

  /// Has the writer write each sample with its texts, in order.
  func write(with writer: inout SampleWriter) throws {
    defer { stop() }
    for stretch in 0..<stretches {
      let first = stretch * Self.stretch
      try take(stretch).get().forEach { place, observation, environment in
        try writer.write(
          samples[first + place], observation: observation, environment: environment)
      }
    }
  }

  private var stretches: Int { (samples.count + Self.stretch - 1) / Self.stretch }

  private func take(_ stretch: Int) -> Result<SampleText, any Error> {
    condition.lock()
    defer { condition.unlock() }
    if begun == stretch {
      begun += 1
      condition.unlock()
      defer { condition.lock() }
      return make(stretch)
    }
    while true {
      if let texts = made.removeValue(forKey: stretch) { return texts }
      condition.wait()
    }
  }

  private func makeAhead() {
    while true {
      let next = condition.withLock { () -> Int? in
        guard isWanted, begun < stretches else { return nil }
        begun += 1
        return begun - 1
      }
      guard let next else { return }
      let texts = make(next)
      condition.withLock {
        made[next] = texts
        condition.signal()
      }
    }
  }

  private func make(_ stretch: Int) -> Result<SampleText, any Error> {
    let first = stretch * Self.stretch
    let end = min(first + Self.stretch, samples.count)
    return Result { try SampleText(samples[first..<end]) }
  }
}
