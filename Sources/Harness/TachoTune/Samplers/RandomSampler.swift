// SPDX-License-Identifier: Apache-2.0

/// Uniform and independent draws: what every other sampler must beat.
package struct RandomSampler: Sampler {
  package static let name = "random"
  package static let summary = "Uniform, independent draws."

  private let setup: SamplerSetup

  package init(_ setup: SamplerSetup) throws(SamplerError) { self.setup = setup }

  package func candidate(trial: Int, attempt: Int, _ history: StudyHistory) -> [Double]? {
    var stream = setup.stream(trial, .start, lane: attempt)
    return setup.space.parameters.map { _ in stream.uniform() }
  }
}
