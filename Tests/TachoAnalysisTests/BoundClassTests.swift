// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import Testing

/// The roofline and the classes of what binds, against numbers worked out by hand.
@Suite struct BoundClassTests {
  /// 1 TFLOP/s and 100 GB/s: the ridge lies at 10 operations a byte.
  static func roofline(flops: Double, bytes: Double) -> Roofline {
    Roofline(flops: flops, bytes: bytes, flopsPerSecond: 1e12, bytesPerSecond: 1e11)
  }

  @Test func theLowerRoofBounds() {
    // 2 operations a byte: 1 GB takes 10 ms, its 2 GFLOP 2 ms.
    let memory = Self.roofline(flops: 2e9, bytes: 1e9)
    #expect(memory.leastSeconds == 0.01 && memory.isMemoryBound)
    #expect(memory.attainableFlopsPerSecond == 2e11)
    // 100 a byte: 100 GFLOP take 100 ms.
    let compute = Self.roofline(flops: 1e11, bytes: 1e9)
    #expect(compute.leastSeconds == 0.1 && !compute.isMemoryBound)
    #expect(compute.attainableFlopsPerSecond == 1e12)
    #expect(BoundClass.of(seconds: 0.012, roofline: memory) == .memory)
    #expect(BoundClass.of(seconds: 0.12, roofline: compute) == .compute)
  }

  @Test func farBelowBothRoofsIsLatency() {
    let work = Self.roofline(flops: 0, bytes: 1e9)
    // 35% of 10 ms' worth: the limit lies at 28.571 ms.
    #expect(BoundClass.of(seconds: 0.0285, roofline: work) == .memory)
    #expect(BoundClass.of(seconds: 0.0286, roofline: work) == .latency)
    // Caches may make it faster than the memory: it is bound by memory all the same.
    #expect(BoundClass.of(seconds: 0.005, roofline: work) == .memory)
  }

  @Test func shortCallsAreLaunches() {
    let work = Self.roofline(flops: 0, bytes: 1e6)
    // 10 us at the roof; an empty launch of 2 us bounds calls below 20 us.
    #expect(BoundClass.of(seconds: 1.9e-5, roofline: work, launchSeconds: 2e-6) == .launch)
    #expect(BoundClass.of(seconds: 2.1e-5, roofline: work, launchSeconds: 2e-6) == .memory)
    #expect(BoundClass.of(seconds: 4e-5, roofline: work, launchSeconds: 2e-6) == .latency)
    #expect(BoundClass.of(seconds: 1.9e-5, roofline: work) == .memory)
  }

  @Test func whatIsNotKnownIsNotSaid() {
    let noPeak = Roofline(flops: 1, bytes: 1, flopsPerSecond: nil, bytesPerSecond: 1e9)
    #expect(noPeak.leastSeconds == nil && BoundClass.of(seconds: 1, roofline: noPeak) == nil)
    let noBandwidth = Roofline(flops: 1, bytes: 1, flopsPerSecond: 1, bytesPerSecond: nil)
    #expect(noBandwidth.leastSeconds == nil)
    // A limit that the work does not need need not be known.
    let reading = Roofline(flops: 0, bytes: 5, flopsPerSecond: nil, bytesPerSecond: 10)
    #expect(reading.leastSeconds == 0.5 && reading.attainableFlopsPerSecond == nil)
    let nothing = Roofline(flops: 0, bytes: 0, flopsPerSecond: 1, bytesPerSecond: 1)
    #expect(nothing.leastSeconds == nil)
    #expect(BoundClass.of(seconds: 0, roofline: reading) == nil)
  }
}
