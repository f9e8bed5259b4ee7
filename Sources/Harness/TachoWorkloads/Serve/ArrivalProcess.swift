// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine

/// When requests arrive in an open loop: the gaps between arrivals, of mean 1.
///
/// To add one: a file here and one line in `ArrivalProcesses.all`. A process is not steered: the last
/// arrival falls where the gaps put it, so that rates scatter from seed to seed as they do in the world.
protocol ArrivalProcess: Sendable {
  mutating func nextGap(_ random: inout RandomSource) -> Double
}

/// Every open-loop process that `load.arrival` may name: one line each.
enum ArrivalProcesses {
  typealias Make = @Sendable (_ burstiness: Double) -> any ArrivalProcess

  static let all = Catalog<Make>(
    "arrival process",
    [
      .init("constant", "Equal gaps.") { { _ in ConstantArrivals() } },
      .init("poisson", "Independent arrivals: exponential gaps.") { { _ in PoissonArrivals() } },
      .init("gamma", "Gamma gaps: burstier than Poisson where load.burstiness is below 1.") {
        { GammaArrivals(shape: $0) }
      },
    ])
}

/// Gaps that are all equal.
struct ConstantArrivals: ArrivalProcess {
  mutating func nextGap(_ random: inout RandomSource) -> Double { 1 }
}

/// Exponential gaps.
struct PoissonArrivals: ArrivalProcess {
  mutating func nextGap(_ random: inout RandomSource) -> Double { random.nextExponential() }
}

/// Gamma-distributed gaps; shape 1 is Poisson's, below it arrivals come in bursts, above they even out.
struct GammaArrivals: ArrivalProcess {
  let shape: Double

  mutating func nextGap(_ random: inout RandomSource) -> Double {
    random.nextGamma(shape: shape) / shape
  }
}
