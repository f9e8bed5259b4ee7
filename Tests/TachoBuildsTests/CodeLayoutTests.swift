// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import TachoBuilds

/// Drawn placements of code.
@Suite struct CodeLayoutTests {
  @Test func seedZeroIsTheOriginal() {
    let layout = CodeLayout(objects: 5, seed: 0)
    #expect(layout.order == [0, 1, 2, 3, 4])
    #expect(layout.gaps.isEmpty && layout.places.isEmpty)
  }

  @Test(arguments: UInt64(1)...20) func everyObjectIsPlacedOnce(_ seed: UInt64) {
    for count in [1, 2, 7, 964] {
      let layout = CodeLayout(objects: count, seed: seed)
      #expect(layout.order.sorted() == Array(0..<count), "seed \(seed)")
      #expect(layout.gaps.allSatisfy { (16...4096).contains($0) && $0 % 16 == 0 }, "seed \(seed)")
      #expect(layout.gaps.count == layout.places.count)
      #expect(layout.places == layout.places.sorted() && layout.places.first == 0)
      #expect(layout.places.allSatisfy { (0...count).contains($0) }, "seed \(seed)")
      #expect(layout == CodeLayout(objects: count, seed: seed))
    }
  }

  @Test func seedsDiffer() {
    let orders = (UInt64(0)..<50).map { CodeLayout(objects: 100, seed: $0).order }
    #expect(Set(orders).count == 50)
  }
}
