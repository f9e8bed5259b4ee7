// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import TachoKernels
import Testing

/// Repacked weights against a float64 product of the dequantised weights with the quantised
/// activations, which is what the panel kernels are defined to compute.
@Suite struct PanelTests {
  static let choices = KernelChoice.runnable.filter { choice in
    (try? choice.table())?.panels(.q8_0) != nil
  }
  static let quantized = ElementType.allCases.filter(\.isQuantized)

  @Test(arguments: quantized, choices)
  func panelsAgreeWithFloat64(_ type: ElementType, _ choice: KernelChoice) throws {
    let shapes = type.blockCount == 256 ? [256, 768, 1280] : [32, 64, 96, 576, 1088]
    for (index, columns) in shapes.enumerated() {
      for batch in [1, 2, 3, 5, 8, 9, 16, 17, 23] {
        for scale: Float in [1, 1e-20, 1e20] {
          let seed = UInt64(index * 1000 + batch)
          let problem = try PanelProblem(
            type, rows: [5, 16, 37, 50][index % 4], columns: columns, batch: batch, seed: seed,
            scale: scale)
          let error = relativeError64(try problem.run(choice), problem.expected)
          #expect(error < 2e-6, "\(type) \(choice) columns \(columns) batch \(batch) x \(scale)")
        }
      }
    }
  }

  /// A token's numbers must not depend on how many others were computed with it.
  @Test(arguments: quantized, choices)
  func resultsDoNotDependOnBatchOrThreads(_ type: ElementType, _ choice: KernelChoice) throws {
    let problem = try PanelProblem(
      type, rows: 83, columns: 768, batch: 21, seed: 5, scale: 1)
    let all = try problem.run(choice, threads: 3)
    #expect(all == (try problem.run(choice, threads: 1)))
    for first in [0, 7, 20] {
      for count in [1, 3, 6] where first + count <= 21 {
        let part = try problem.run(choice, activationRows: first..<first + count)
        #expect(part == Array(all[first * 83..<(first + count) * 83]), "\(first) + \(count)")
      }
    }
  }

  @Test(arguments: quantized, choices)
  func zerosAndSilentBlocksGiveZeros(_ type: ElementType, _ choice: KernelChoice) throws {
    let problem = try PanelProblem(type, rows: 20, columns: 512, batch: 9, seed: 1, scale: 0)
    #expect(try problem.run(choice).allSatisfy { $0 == 0 })
  }

  @Test func switchedOffNothingIsRepacked() throws {
    let problem = try PanelProblem(.q8_0, rows: 40, columns: 64, batch: 2, seed: 1, scale: 1)
    _ = try problem.run(KernelChoice(ISA.best), repacked: false)
    #expect(problem.weights.panels == nil)
  }

  /// Below the instruction sets that have panel kernels, repacking would only cost memory.
  @Test(arguments: KernelChoice.runnable.filter { $0.isa <= .avx2 })
  func withoutPanelKernelsNothingIsRepacked(_ choice: KernelChoice) throws {
    let problem = try PanelProblem(.q4_0, rows: 40, columns: 64, batch: 2, seed: 1, scale: 1)
    let error = relativeError64(try problem.run(choice), problem.expected)
    #expect(problem.weights.panels == nil && error < 2e-6, "\(error)")
  }
}
