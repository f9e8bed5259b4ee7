// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Latin hypercubes: in each block of trials every parameter visits each of as many equal intervals once.
///
/// McKay, Beckman and Conover, Technometrics 1979. A block is the budget, unless `sampler.block` says
/// otherwise; a point that is not valid or not new is replaced by a random one.
package struct LatinHypercubeSampler: Sampler {
  package static let name = "latin-hypercube"
  package static let summary = "Every parameter in even strata, within blocks of trials."

  static let block = Knob(
    "sampler.block", .int(0...100_000), default: 0,
    "Trials that make a Latin hypercube; 0 is the budget, or 50 without one.")
  package static let knobs = [block]

  private let setup: SamplerSetup
  private let size: Int

  package init(_ setup: SamplerSetup) throws(SamplerError) {
    self.setup = setup
    let wanted = setup.int(Self.block)
    size = wanted > 0 ? wanted : max(1, min(setup.trials ?? 50, 100_000))
  }

  package func candidate(trial: Int, attempt: Int, _ history: StudyHistory) -> [Double]? {
    var jitter = setup.stream(trial, .start, lane: attempt)
    guard attempt == 0 else { return setup.space.parameters.map { _ in jitter.uniform() } }
    return setup.space.parameters.indices.map { place in
      var stream = setup.stream(trial / size, .permutation, lane: place)
      let stratum = stream.permutation(size)[trial % size]
      return (Double(stratum) + jitter.uniform()) / Double(size)
    }
  }
}
