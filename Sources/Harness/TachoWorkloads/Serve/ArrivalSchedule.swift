// SPDX-License-Identifier: Apache-2.0
import TachoEngine

/// When each request of a run is to arrive, in seconds after its start.
enum ArrivalSchedule {
  /// `count` arrivals of a process at `rate` a second, the first one gap after the start.
  ///
  /// The rate grows linearly from 0 over the first `ramp` seconds: the arrivals are those of a process of
  /// rate 1 at the times at which that many are expected (time rescaling), so that it stays the
  /// process it is.
  static func open(
    _ process: any ArrivalProcess, count: Int, rate: Double, ramp: Double, seed: UInt64
  ) -> [Double] {
    var process = process
    var random = RandomSource(seed: seed)
    var expected = 0.0
    return (0..<count).map { _ in
      expected += process.nextGap(&random)
      return time(expecting: expected, rate: rate, ramp: ramp)
    }
  }

  /// When `count` arrivals are expected at a rate that reaches `rate` after `ramp` seconds.
  static func time(expecting count: Double, rate: Double, ramp: Double) -> Double {
    let duringRamp = rate * ramp / 2
    return count < duringRamp
      ? (2 * ramp * count / rate).squareRoot() : count / rate + ramp / 2
  }

  /// When each place of a closed loop is first used: evenly over the ramp, the first at once.
  static func closed(concurrency: Int, ramp: Double) -> [Double] {
    (0..<concurrency).map { ramp * Double($0) / Double(concurrency) }
  }
}
