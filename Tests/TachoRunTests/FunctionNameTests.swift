// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import TachoRun

/// Symbols as people know the functions.
@Suite struct FunctionNameTests {
  @Test(arguments: [
    ("tk_matmul_q4_0_avx2", "tk_matmul_q4_0_avx2"),
    ("__memcpy_avx_unaligned'2", "__memcpy_avx_unaligned"),
    // Swift.Array.append(__owned A) -> (), and an initializer.
    ("$sSa6appendyyxnF", "Array.append(_:)"), ("$sSS5countSivg", "String.count.getter"),
    ("$sNoSuchThing", "$sNoSuchThing"), ("", ""),
  ])
  func symbols(_ symbol: String, _ name: String) {
    #expect(FunctionName.short(symbol) == name)
  }

  @Test(arguments: [
    (
      "TachoEngine.Transformer.forward(_: TachoEngine.Batch, on: Swift.Array<Swift.Int>) -> Swift.Int",
      "Transformer.forward(_:on:)"
    ),
    (
      "TachoEngine.Sampler.sample(from: Swift.UnsafePointer<Swift.Float>) throws -> Swift.Int",
      "Sampler.sample(from:)"
    ),
    (
      "generic specialization <Swift.Int> of Swift.Array.append(__owned A) -> ()",
      "Array.append(_:) (specialised)"
    ),
    (
      "closure #1 (Swift.Int) -> () in TachoKernels.ThreadPool.run(parts: Swift.Int, _: (Swift.Int) -> ()) -> ()",
      "ThreadPool.run(parts:_:) (closure)"
    ),
    ("merged TachoRecord.Metric.id.getter : Swift.String", "Metric.id.getter (merged)"),
    ("TachoEngine.KVStore.release() -> ()", "KVStore.release()"),
  ])
  func demangledNames(_ demangled: String, _ name: String) {
    #expect(FunctionName.shortened(demangled) == name)
  }
}
