// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import TachoReport

@Suite("Ticks, scales and label layout")
struct TicksTests {
  @Test("Ticks cover any range, rise evenly and stay few", arguments: 1...40 as ClosedRange<UInt64>)
  func covering(seed: UInt64) {
    var dice = Dice(seed: seed)
    for _ in 0..<50 {
      let magnitude = pow(10, Double.random(in: -12...12, using: &dice))
      let low = Double.random(in: -1...1, using: &dice) * magnitude
      let width = pow(10, Double.random(in: -6...3, using: &dice)) * magnitude
      let target = Int.random(in: 2...9, using: &dice)
      let range = low...(low + width)
      let ticks = Ticks.covering(range, target: target)
      let slack = width * 1e-6
      #expect(ticks.count >= 2 && ticks.count <= 2 * target + 1, "seed \(seed) \(range) \(ticks)")
      #expect(ticks[0] <= low + slack, "seed \(seed) \(range)")
      #expect((ticks.last ?? 0) >= low + width - slack, "seed \(seed) \(range)")
      let step = ticks[1] - ticks[0]
      for (one, next) in zip(ticks, ticks.dropFirst()) {
        #expect(abs(next - one - step) <= step * 1e-3, "seed \(seed) \(range) \(ticks)")
      }
      let leading = step / pow(10, log10(step).rounded(.down))
      #expect(
        [1, 2, 5, 10].contains { abs(leading - $0) < 0.02 }, "seed \(seed) step \(step)")
      for tick in Ticks.inside(range, target: target) {
        #expect(tick >= low - slack && tick <= low + width + slack, "seed \(seed) \(range)")
      }
    }
  }

  @Test(
    "Degenerate ranges still give ticks",
    arguments: [
      0.0...0.0, 5...5, -3 ... -3, 1e300...1e308, -1e308...1e308, 0...Double.leastNonzeroMagnitude,
      1...1.0000000000000002, 0...Double.infinity,
    ])
  func degenerate(range: ClosedRange<Double>) {
    for ticks in [Ticks.covering(range), Ticks.inside(range), Ticks.logarithmic(range)] {
      #expect(ticks.count >= 1 && ticks.count <= 40)
      #expect(ticks == ticks.sorted())
    }
  }

  @Test("Logarithmic ticks cover and rise", arguments: 1...40 as ClosedRange<UInt64>)
  func logarithmic(seed: UInt64) {
    var dice = Dice(seed: seed)
    for _ in 0..<50 {
      let low = pow(10, Double.random(in: -9...9, using: &dice))
      let high = low * pow(10, Double.random(in: 0.01...14, using: &dice))
      let ticks = Ticks.logarithmic(low...high)
      #expect(ticks.count >= 2 && ticks.count <= 14, "seed \(seed) \(low)...\(high) \(ticks)")
      #expect(ticks[0] <= low * 1.0001, "seed \(seed) \(low)...\(high) \(ticks)")
      #expect((ticks.last ?? 0) >= high * 0.9999, "seed \(seed) \(low)...\(high) \(ticks)")
      #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0 < $1 }, "seed \(seed)")
    }
  }

  @Test("Sweeps get the scale that spreads them")
  func kinds() {
    #expect(Scale.kind(forSwept: [1, 2, 4, 8]) == .logarithmic)
    #expect(Scale.kind(forSwept: [512, 1024, 4096]) == .logarithmic)
    #expect(Scale.kind(forSwept: [1, 2, 3, 4, 5]) == .linear)
    #expect(Scale.kind(forSwept: [0, 512, 2048, 8192]) == .steps([0, 512, 2048, 8192]))
    #expect(Scale.kind(forSwept: [0, 0.25, 0.5, 0.75, 1]) == .linear)
    #expect(Scale.kind(forSwept: [1, 16]) == .linear)
    #expect(Scale.kind(forSwept: [-4, 1, 16]) == .linear)
    #expect(Scale.kind(forSwept: []) == .linear)
  }

  @Test("A scale keeps order and its ends", arguments: 1...20 as ClosedRange<UInt64>)
  func monotone(seed: UInt64) {
    var dice = Dice(seed: seed)
    let values = (0..<6).map { _ in Double.random(in: 0.1...1e6, using: &dice) }.sorted()
    for kind in [Scale.Kind.linear, .logarithmic, .steps(values)] {
      let scale = Scale(kind, domain: values[0]...values[5], from: 10, to: 300)
      let places = values.map { scale.position($0) }
      #expect(places == places.sorted(), "seed \(seed)")
      #expect(abs(places[0] - 10) < 1e-6 && abs(places[5] - 300) < 1e-6, "seed \(seed)")
    }
  }

  @Test("Labels keep their distance and their order", arguments: 1...40 as ClosedRange<UInt64>)
  func spread(seed: UInt64) {
    var dice = Dice(seed: seed)
    let count = Int.random(in: 1...8, using: &dice)
    let wanted = (0..<count).map { _ in Double.random(in: 0...200, using: &dice) }
    let placed = LabelLayout.spread(wanted, gap: 15, within: 0...200)
    let sorted = placed.sorted()
    for (one, next) in zip(sorted, sorted.dropFirst()) {
      #expect(next - one >= 15 - 1e-9, "seed \(seed) \(placed)")
    }
    #expect(sorted.allSatisfy { $0 >= -1e-9 && $0 <= 200 + 1e-9 }, "seed \(seed) \(placed)")
    for one in wanted.indices {
      for other in wanted.indices where wanted[one] < wanted[other] {
        #expect(placed[one] < placed[other], "seed \(seed)")
      }
    }
  }

  @Test("Shown tick labels never overlap", arguments: 1...40 as ClosedRange<UInt64>)
  func visible(seed: UInt64) {
    var dice = Dice(seed: seed)
    let count = Int.random(in: 1...30, using: &dice)
    let centres = (0..<count).map { _ in Double.random(in: 0...300, using: &dice) }.sorted()
    let widths = centres.map { _ in Double.random(in: 8...60, using: &dice) }
    let shown = LabelLayout.visible(centres: centres, widths: widths)
    #expect(shown.last == true, "seed \(seed)")
    var end = -Double.infinity
    for index in centres.indices where shown[index] {
      #expect(centres[index] - widths[index] / 2 >= end, "seed \(seed)")
      end = centres[index] + widths[index] / 2
    }
  }
}
