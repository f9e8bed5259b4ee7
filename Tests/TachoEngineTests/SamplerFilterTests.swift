// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoEngine
import Testing

/// Each filter against cases worked out by hand.
@Suite struct SamplerFilterTests {
  /// Probabilities 0.5, 0.25, 0.125, 0.125 in the order token 2, 0, 1, 3.
  static let logits: [Float] = [log(0.25), log(0.125), log(0.5), log(0.125)].map(Float.init)

  private func candidates(_ logits: [Float] = logits) -> Candidates {
    logits.withUnsafeBufferPointer { Candidates($0) }
  }

  private func tokens(_ filter: any LogitsFilter, _ logits: [Float] = logits) -> [Int32] {
    var candidates = candidates(logits)
    filter.apply(&candidates, history: [])
    return candidates.entries.map(\.token)
  }

  @Test func probabilitiesAreTheSoftmax() {
    let expected = [0.25, 0.125, 0.5, 0.125]
    for (actual, wanted) in zip(candidates().probabilities(), expected) {
      #expect(abs(actual - wanted) < 1e-7)
    }
    // No overflow however large, and a shift of all changes nothing.
    let large = candidates([1000, 1000, -1000]).probabilities()
    #expect(large == [0.5, 0.5, 0])
    #expect(candidates([]).probabilities().isEmpty)
  }

  @Test func topKKeepsTheLikeliest() {
    #expect(tokens(TopK(count: 1)) == [2])
    #expect(tokens(TopK(count: 2)) == [2, 0])
    // The tie goes to the lower token.
    #expect(tokens(TopK(count: 3)) == [2, 0, 1])
    #expect(tokens(TopK(count: 4)) == [2, 0, 1, 3])
    #expect(tokens(TopK(count: 99)) == [2, 0, 1, 3])
    #expect(tokens(TopK(count: 0)) == [0, 1, 2, 3])
  }

  @Test func topKEqualsSorting() {
    var random = RandomSource(seed: 1)
    for _ in 0..<60 {
      let count = 1 + random.below(200)
      // Few values, so that there are many ties.
      let logits = (0..<count).map { _ in Float(random.below(12)) }
      let sorted = logits.indices.sorted {
        (-logits[$0], $0) < (-logits[$1], $1)
      }.map(Int32.init)
      for k in [1, 2, 5, count / 2, count] where k > 0 {
        #expect(tokens(TopK(count: k), logits) == Array(sorted.prefix(k)))
      }
    }
  }

  @Test func topPKeepsTheNucleus() {
    #expect(tokens(TopP(mass: 0)) == [2])
    #expect(tokens(TopP(mass: 0.49)) == [2])
    #expect(tokens(TopP(mass: 0.51)) == [2, 0])
    #expect(tokens(TopP(mass: 0.74)) == [2, 0])
    #expect(tokens(TopP(mass: 0.76)) == [2, 0, 1])
    #expect(tokens(TopP(mass: 0.99)) == [2, 0, 1, 3])
    #expect(tokens(TopP(mass: 1)) == [0, 1, 2, 3])
  }

  @Test func minPKeepsWhatIsLikelyEnough() {
    #expect(tokens(MinP(fraction: 0)) == [0, 1, 2, 3])
    #expect(tokens(MinP(fraction: 0.24)) == [2, 0, 1, 3])
    #expect(tokens(MinP(fraction: 0.26)) == [2, 0])
    #expect(tokens(MinP(fraction: 0.51)) == [2])
    #expect(tokens(MinP(fraction: 1)) == [2])
  }

  @Test func temperatureSharpensAndFlattens() {
    var candidates = candidates()
    Temperature(value: 0.5).apply(&candidates, history: [])
    // Squares of the probabilities, normalised: 16, 4, 64, 4 of 88... in 1/64: 4, 1, 16, 1 of 22.
    for (actual, wanted) in zip(candidates.probabilities(), [4.0, 1, 16, 1]) {
      #expect(abs(actual - wanted / 22) < 1e-6)
    }
    var same = self.candidates()
    Temperature(value: 1).apply(&same, history: [])
    #expect(same.entries.map(\.logit) == Self.logits)
    // Temperatures that would overflow a quotient still choose the likeliest.
    for value: Float in [1e-30, .leastNormalMagnitude, .leastNonzeroMagnitude] {
      var cold = self.candidates([80, 100, 99.999, -50])
      Temperature(value: value).apply(&cold, history: [])
      #expect(cold.probabilities() == [0, 1, 0, 0])
    }
  }

  @Test func repetitionPenaltyDividesAndMultiplies() {
    func penalised(_ penalty: Float, window: Int, history: [Int32]) -> [Float] {
      var candidates = candidates([2, -2, 0, 4])
      RepetitionPenalty(penalty: penalty, window: window).apply(&candidates, history: history)
      return candidates.entries.map(\.logit)
    }
    #expect(penalised(2, window: 64, history: [0, 1, 2]) == [1, -4, 0, 4])
    // Once, however often a token occurred.
    #expect(penalised(2, window: 64, history: [0, 0, 0]) == [1, -2, 0, 4])
    // Only the window's last tokens count.
    #expect(penalised(2, window: 2, history: [3, 0, 1]) == [1, -4, 0, 4])
    // Below 1 it rewards.
    #expect(penalised(0.5, window: 64, history: [0, 1]) == [4, -1, 0, 4])
    #expect(penalised(1, window: 64, history: [0, 1]) == [2, -2, 0, 4])
    #expect(penalised(2, window: 64, history: []) == [2, -2, 0, 4])
    // Tokens that are none of the vocabulary do no harm.
    #expect(penalised(2, window: 64, history: [-1, 99, .max]) == [2, -2, 0, 4])
  }

  /// A penalty changes the order; filters after it must see that.
  @Test func filtersAfterAnOrderChangeSortAgain() {
    var candidates = candidates()
    TopK(count: 4).apply(&candidates, history: [])
    RepetitionPenalty(penalty: 100, window: 4).apply(&candidates, history: [2])
    TopK(count: 1).apply(&candidates, history: [])
    #expect(candidates.entries.map(\.token) == [0])
  }

  @Test func numbersThatAreNoneAreImpossible() {
    let candidates = candidates([.nan, 1, .nan, 1])
    #expect(candidates.probabilities() == [0, 0.5, 0, 0.5])
    #expect(self.candidates([1, .infinity, 3, .infinity]).probabilities() == [0, 0.5, 0, 0.5])
    #expect(self.candidates([.nan, -.infinity]).probabilities() == [0.5, 0.5])
  }
}
