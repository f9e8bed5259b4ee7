// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord

/// A sample's parts that are stored as JSON.
struct SampleText: Sendable {
  let observation: String
  let environment: String?

  init(_ sample: SampleRecord) throws {
    observation = try StoredForm.json(sample.observation)
    environment = try sample.environment.map { try StoredForm.json(of: $0) }
  }
}

/// The texts of a batch, made on a second thread while the samples before them are written.
///
/// Stretches are made in order by whoever comes first: a writer that finds one not begun makes it itself,
/// so that a second thread without a processor costs nothing.
final class SampleTexts: @unchecked Sendable {
  private static let stretch = 128

  private let samples: [SampleRecord]
  private let condition = NSCondition()
  // All below under the condition's lock.
  private var made: [Int: Result<[SampleText], any Error>] = [:]
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

  /// Calls `body` with each sample and its texts, in order.
  func forEach(_ body: (SampleRecord, SampleText) throws -> Void) throws {
    defer { stop() }
    for stretch in 0..<stretches {
      let texts = try take(stretch).get()
      let first = stretch * Self.stretch
      for (offset, text) in texts.enumerated() { try body(samples[first + offset], text) }
    }
  }

  private var stretches: Int { (samples.count + Self.stretch - 1) / Self.stretch }

  private func take(_ stretch: Int) -> Result<[SampleText], any Error> {
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

  private func make(_ stretch: Int) -> Result<[SampleText], any Error> {
    let first = stretch * Self.stretch
    return Result {
      try (first..<min(first + Self.stretch, samples.count)).map { try SampleText(samples[$0]) }
    }
  }
}
