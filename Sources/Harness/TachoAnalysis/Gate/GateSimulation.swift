// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// Simulates jobs of a gate by the code that judges real ones: how often it is wrong, how long it takes,
/// how good its estimates are.
///
/// Every draw comes from the seed, so a table can be had again.
package struct GateSimulation: Sendable {
  package let policy: GatePolicy
  package let margins: GateMargins
  /// Members of each job; they share alpha.
  package let members: Int
  package let seed: UInt64

  package init(policy: GatePolicy, margins: GateMargins = .points, members: Int, seed: UInt64) {
    self.policy = policy
    self.margins = margins
    self.members = max(1, members)
    self.seed = seed
  }

  /// Members of independent pairs with synthetic noise, all slower by `slowdown` (0.03 is 3%).
  package func synthetic(_ noise: SyntheticNoise, slowdown: Double, jobs: Int) -> GateTally {
    let shift = GateMargins(tolerated: 0, mustNotPass: slowdown).mustNotPassLog
    var generator = SeededGenerator(seed: seed)
    return tally(jobs: jobs, truth: { _ in shift }) { _ in
      { _, _ in noise.draw(&generator) + shift }
    }
  }

  /// The same without drawing: exact for independent pairs.
  package func exact(_ noise: SyntheticNoise, slowdown: Double) -> ExactSignError? {
    let shift = GateMargins(tolerated: 0, mustNotPass: slowdown).mustNotPassLog
    return ExactSignError(
      chanceAbove: noise.chance(above: margins.toleratedLog - shift),
      chanceBelow: 1 - noise.chance(above: margins.mustNotPassLog - shift), policy: policy,
      family: members)
  }

  /// Jobs whose pairs are drawn from recorded launch pairs of points against themselves.
  ///
  /// Members stand for the bank's points in turn. As many members as the bank has points form a set that
  /// takes all its pairs of one round together, in blocks of `block` consecutive rounds (a circular block
  /// bootstrap: Politis and Romano 1992), so that a burst hits what it hit. With `swapped`, the sides of
  /// every pair are exchanged by the toss of a coin, which the order drawn within each pair makes as
  /// likely as what was recorded: pairs are then symmetric about the slowdown put in. Without, the bank
  /// is replayed as it is, and the truth is its middle.
  package func replay(
    _ bank: [[Double]], slowdown: Double, jobs: Int, swapped: Bool, block: Int = 5
  ) -> GateTally {
    guard let points = bank.first?.count, points > 0, block > 0 else { return GateTally() }
    let shift = GateMargins(tolerated: 0, mustNotPass: slowdown).mustNotPassLog
    let middles = (0..<points).map { point in
      swapped ? 0 : Percentile.value(50, ofSorted: bank.map { $0[point] }.sorted())
    }
    var generator = SeededGenerator(seed: seed)
    let sets = (members + points - 1) / points
    return tally(jobs: jobs, truth: { middles[$0 % points] + shift }) { _ in
      let starts = (0..<sets).map { _ in
        (0..<((policy.pairsMax + block - 1) / block)).map { _ in
          generator.index(below: bank.count)
        }
      }
      return { member, pair in
        let start = starts[member / points][pair / block]
        let ratio = bank[(start + pair % block) % bank.count][member % points]
        let turned = swapped && generator.next() & 1 == 1
        return (turned ? -ratio : ratio) + shift
      }
    }
  }

  /// `draws` gives for each job the ratio of a member's pair.
  private func tally(
    jobs: Int, truth: (Int) -> Double, draws: (Int) -> (Int, Int) -> Double
  ) -> GateTally {
    let judge = GateJudge(policy: policy, family: members)
    let ranks = (0...policy.pairsMax).map { ShiftEstimate.rank(count: $0) }
    var tally = GateTally()
    var ratios: [Double] = []
    for job in 0..<jobs {
      let draw = draws(job)
      let before = tally.failed
      for member in 0..<members {
        ratios.removeAll(keepingCapacity: true)
        let source = (0..<policy.pairsMax).lazy.map { pair -> Double in
          ratios.append(draw(member, pair))
          return ratios[ratios.count - 1]
        }
        let (verdict, evidence) = judge.verdict(
          of: source, margins: margins, failThreshold: judge.failThreshold, canPass: true)
        tally.add(verdict, pairs: evidence.pairs)
        // The estimate costs a hundred times the rest: of a few members of each job.
        tally.add(
          ShiftEstimate.interval(of: ratios, rank: ranks[ratios.count]),
          estimate: member < 4 ? ShiftEstimate(ratios)?.estimate : nil, truth: truth(member))
      }
      tally.jobs += 1
      if tally.failed > before { tally.jobsFailed += 1 }
    }
    return tally
  }
}
