// SPDX-License-Identifier: Apache-2.0

/// Every valid configuration once, in random order, where the budget suffices for all.
///
/// The order is random so that a study that is broken off has seen an even part.
package struct GridSampler: Sampler {
  package static let name = "grid"
  package static let summary = "Every valid configuration once, if the budget suffices."
  /// Configurations listed for a study without a budget in trials.
  static let most = 100_000

  private let all: [[Double]]
  private let order: [Int]

  package init(_ setup: SamplerSetup) throws(SamplerError) {
    let space = setup.space
    if let endless = space.parameters.first(where: { $0.count == nil }) {
      throw SamplerError(
        "the grid needs finite parameters, and '\(endless.path)' is a range of reals;"
          + " list its values, or take another sampler (\(TPESampler.name),"
          + " \(GaussianProcessSampler.name), \(SobolSampler.name))")
    }
    let limit = min(setup.trials ?? Self.most, Self.most)
    guard let listed = space.enumerated(limit: limit) else {
      throw SamplerError(
        "the grid does not fit: the space has more than \(limit) valid configurations"
          + (setup.trials == nil ? "" : ", which is the budget in trials")
          + "; narrow the space, raise the budget, or take another sampler")
    }
    guard !listed.isEmpty else {
      throw SamplerError("no configuration of the space fulfils all of its requirements")
    }
    all = listed.map { space.units(of: $0).map { $0 ?? 0.5 } }
    var stream = setup.stream(0, .permutation)
    order = stream.permutation(listed.count)
  }

  package func candidate(trial: Int, attempt: Int, _ history: StudyHistory) -> [Double]? {
    // Trials that were enqueued by hand take numbers too: then the places after this one's.
    all[order[(trial + attempt) % order.count]]
  }
}
