// SPDX-License-Identifier: Apache-2.0
import TachoRecord

/// Which of the seemingly best configurations is measured once more, when values are noisy.
///
/// The eight with the lowest posterior means (`Surrogate`) are the candidates. The next repetition goes
/// where the optimal computing budget allocation lacks most (Chen, Lin, Yücesan and Chick, 2000): of a
/// candidate that is d worse than the best, with deviation s, in proportion to (s / d)^2; of the best itself
/// to s times the root of the sum of the others' (n / s)^2. It depends on what is on record alone.
struct Confirmation {
  static let candidates = 8

  private struct Candidate {
    let number: Int
    let mean: Double
    let count: Double
  }

  /// The best first.
  private let candidates: [Candidate]

  /// Nil when too little was measured to believe anything, or nothing keeps the constraints.
  init?(_ setup: SamplerSetup, _ history: StudyHistory) {
    guard let model = Surrogate(setup, history) else { return nil }
    let feasible = history.finished.filter(\.isFeasible)
    let all = feasible.map { point in
      Candidate(
        number: point.number, mean: model.loss(point.configuration).mean,
        count: Double(point.losses[0].count))
    }
    guard !all.isEmpty else { return nil }
    candidates = Array(
      all.sorted { ($0.mean, $0.number) < ($1.mean, $1.number) }.prefix(Self.candidates))
  }

  var best: Int { candidates[0].number }

  /// The number of the trial to measure; every candidate's noise is taken to be the same.
  func next() -> Int {
    guard candidates.count > 1 else { return candidates[0].number }
    let best = candidates[0].mean
    let spread = (candidates.last?.mean ?? best) - best
    let floor = max(spread * 0.05, 1e-12)
    var shares = [0.0]
    for candidate in candidates.dropFirst() {
      let distance = max(candidate.mean - best, floor)
      shares.append(1 / (distance * distance))
    }
    shares[0] = shares.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let total = shares.reduce(0, +)
    let measured = candidates.reduce(1) { $0 + $1.count }
    let lacking = zip(candidates, shares).map { $1 / total * measured - $0.count }
    let place = lacking.indices.max { (lacking[$0], $1) < (lacking[$1], $0) } ?? 0
    return candidates[place].number
  }
}
