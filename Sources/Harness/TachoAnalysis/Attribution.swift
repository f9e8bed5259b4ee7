// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// Why one set of samples took longer than another, as far as counters can tell.
///
/// With I instructions, CPI cycles per instruction, f cycles per second of processor time and U processors
/// busy on average, a sample takes t = I * CPI / (f * U) seconds: an identity, because t is cycles over
/// (cycles / clock) * (clock / t). So the logarithm of the ratio of two times is the sum of four changes,
/// with nothing left over. Threads that spin while they wait add to I and U, and hide in both.
package struct Attribution: Sendable, Hashable {
  /// One cause of a change in time.
  package enum Factor: String, Sendable, Hashable, CaseIterable {
    /// More instructions: it does more work.
    case instructions
    /// More cycles for each: it stalls more.
    case cyclesPerInstruction = "cycles-per-instruction"
    /// A lower clock: the machine was slower, not the program.
    case frequency
    /// Fewer processors busy: threads waited or lost their processors.
    case parallelism
  }

  /// What one sample's identity is made of.
  package struct Parts: Sendable, Hashable {
    package let instructions: Double
    package let cycles: Double
    /// Seconds on a processor, over all threads.
    package let taskClock: Double
    package let seconds: Double

    /// Nil when one of them is not above 0: it has no logarithm.
    package init?(instructions: Double, cycles: Double, taskClock: Double, seconds: Double) {
      let all = [instructions, cycles, taskClock, seconds]
      guard all.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
      (self.instructions, self.cycles, self.taskClock, self.seconds) = (
        instructions, cycles, taskClock, seconds
      )
    }

    /// A sample's, when all were measured (not scaled) in it, instructions and cycles in the same modes.
    package init?(_ observation: Observation) {
      func measured(_ quantity: CounterReading.Quantity) -> Double? {
        guard let reading = observation.counter(quantity), reading.total.validity == .measured
        else { return nil }
        return reading.total.value
      }
      guard let instructions = measured(.instructions), let cycles = measured(.cycles),
        let clock = measured(.taskClock),
        observation.counter(.instructions)?.scope == observation.counter(.cycles)?.scope
      else { return nil }
      self.init(
        instructions: instructions, cycles: cycles, taskClock: clock / 1e9,
        seconds: observation.seconds)
    }

    /// The logarithm of each factor of the time, with the sign it has in ln t.
    fileprivate func logarithm(_ factor: Factor) -> Double {
      switch factor {
      case .instructions: log(instructions)
      case .cyclesPerInstruction: log(cycles) - log(instructions)
      case .frequency: log(taskClock) - log(cycles)
      case .parallelism: log(seconds) - log(taskClock)
      }
    }
  }

  /// ln(candidate time / base time), from the means of the logarithms: above 0 is slower.
  package let change: Double
  /// What each factor adds to it, all together the change; a lower frequency and less parallelism add.
  package let parts: [Factor: Double]

  /// Compares two sets of samples; nil when one of them is empty.
  ///
  /// Means of logarithms, because only a linear summary keeps the identity: the sum of medians is no median.
  package init?(base: [Parts], candidate: [Parts]) {
    guard !base.isEmpty, !candidate.isEmpty else { return nil }
    func mean(_ samples: [Parts], _ value: (Parts) -> Double) -> Double {
      samples.reduce(0) { $0 + value($1) } / Double(samples.count)
    }
    var parts: [Factor: Double] = [:]
    for factor in Factor.allCases {
      parts[factor] =
        mean(candidate) { $0.logarithm(factor) } - mean(base) { $0.logarithm(factor) }
    }
    self.parts = parts
    change = mean(candidate) { log($0.seconds) } - mean(base) { log($0.seconds) }
  }

  /// The factor that moved the time most in the direction it went.
  package var mainFactor: Factor? {
    Factor.allCases.max { share($0) < share($1) }.flatMap { share($0) > 0 ? $0 : nil }
  }

  private func share(_ factor: Factor) -> Double {
    (parts[factor] ?? 0) * (change < 0 ? -1 : 1)
  }
}
