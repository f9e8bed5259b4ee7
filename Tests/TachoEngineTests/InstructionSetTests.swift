// SPDX-License-Identifier: Apache-2.0
import TachoEngine
import TachoKernels
import Testing

/// Every instruction set of this machine gives every golden model's logits.
@Suite struct InstructionSetTests {
  static let names = ISA.runnable.map(\.name)

  @Test(arguments: GoldenLogitsTests.golden.cases, names)
  func goldenLogits(_ golden: GoldenCases.Case, _ isa: String) throws {
    let expected = try GoldenCases.array(golden.logits)
    var eight: [Float] = []
    for activations in ActivationFormat.allCases {
      let model = try LoadedModel(golden.model) {
        $0.isa = isa
        $0.activations = activations
      }
      #expect(model.transformer.compute.kernels.isa.name == isa)
      let sequence = model.store.makeSequence()
      // Twenty rows for the tile kernels, then four for the row kernels.
      let ids = GoldenLogitsTests.golden.ids
      let logits =
        (try model.feed(Array(ids.prefix(20)), to: sequence)
        + model.feed(Array(ids.dropFirst(20)), to: sequence)).flatMap { $0 }
      let error = relativeError(logits, expected)
      if let simulated = golden.q8_activations_error, activations != .f32 {
        #expect(error < 1.3 * simulated, "\(golden.model) \(isa) \(activations)")
        #expect(error > 0.5 * simulated, "\(golden.model) \(isa) \(activations): not int8")
      } else {
        #expect(error < 1e-5, "\(golden.model) \(isa) \(activations)")
      }
      if activations == .auto { eight = logits }
      if activations == .q8 { #expect(logits == eight, "q8 is auto") }
    }
  }

  @Test func unknownAndUnsupportedAreErrors() throws {
    #expect(throws: KernelError.self) { try LoadedModel { $0.isa = "sse9" } }
    for isa in ISA.allCases where !isa.isRunnable {
      #expect(throws: KernelError.self) { try LoadedModel { $0.isa = isa.name } }
    }
  }
}
