// SPDX-License-Identifier: Apache-2.0

/// Scrambled Sobol points: as random as random ones, but evenly spread.
///
/// Best with a power of two as the budget. A point that breaks a requirement is replaced by points from
/// further on in the sequence, which no trial within 2^20 takes otherwise.
package struct SobolSampler: Sampler {
  package static let name = "sobol"
  package static let summary = "Scrambled Sobol sequence: evenly spread draws."

  private let setup: SamplerSetup
  private let sequence: SobolSequence

  package init(_ setup: SamplerSetup) throws(SamplerError) {
    guard setup.space.parameters.count <= SobolDirections.dimensions else {
      throw SamplerError(
        "\(Self.name) has directions for \(SobolDirections.dimensions) parameters, the space has"
          + " \(setup.space.parameters.count); take another sampler")
    }
    self.setup = setup
    sequence = SobolSequence(dimensions: setup.space.parameters.count)
  }

  package func candidate(trial: Int, attempt: Int, _ history: StudyHistory) -> [Double]? {
    guard attempt < 1 << 12 else { return nil }
    let index = attempt << 20 | trial & 0xFFFFF
    return sequence.scrambledPoint(UInt32(truncatingIfNeeded: index), seed: setup.seed)
  }
}
