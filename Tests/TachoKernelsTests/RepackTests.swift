// SPDX-License-Identifier: Apache-2.0
import TachoKernels
import Testing

/// What is repacked, and how much memory that may take.
@Suite struct RepackTests {
  private static let columns = 64

  private static func compute(_ choice: KernelChoice) throws -> Compute {
    Compute(pool: ThreadPool(threads: 1), kernels: try choice.table(), activations: .auto)
  }

  /// Rows [first, first + rows) of `memory`, as q8_0.
  private static func matrix(
    _ memory: AlignedBuffer<UInt8>, first: Int = 0, rows: Int
  ) throws -> WeightMatrix {
    let rowBytes = ElementType.q8_0.bytes(for: columns)
    return try WeightMatrix(
      bytes: UnsafeRawBufferPointer(
        rebasing: UnsafeRawBufferPointer(memory.buffer)[
          first * rowBytes..<(first + rows) * rowBytes]
      ), type: .q8_0, rows: rows, columns: columns, owner: memory)
  }

  private static func memory(rows: Int) -> AlignedBuffer<UInt8> {
    AlignedBuffer(count: rows * ElementType.q8_0.bytes(for: columns))
  }

  @Test(arguments: PanelTests.choices)
  func theSameWeightsAreRepackedOnce(_ choice: KernelChoice) throws {
    let compute = try Self.compute(choice)
    defer { compute.pool.shutDown() }
    let memory = Self.memory(rows: 32)
    let a = try Self.matrix(memory, rows: 32), b = try Self.matrix(memory, rows: 32)
    let cost = compute.repack([a, b])
    #expect(a.panels != nil && a.panels === b.panels)
    #expect(cost.bytes == a.panels?.bytes && cost.omission == nil)
    #expect(compute.repack([a, b]).bytes == 0)
  }

  /// A file may place many tensors over the same bytes; repacking must not multiply them.
  @Test(arguments: PanelTests.choices)
  func overlappingWeightsDoNotMultiply(_ choice: KernelChoice) throws {
    let compute = try Self.compute(choice)
    defer { compute.pool.shutDown() }
    let memory = Self.memory(rows: 80)
    let matrices = try (0..<64).map { try Self.matrix(memory, first: $0, rows: 16) }
    let cost = compute.repack(matrices.reversed())
    #expect(cost.bytes <= 2 * memory.count)
    // The lowest of those that overlap.
    #expect(matrices.indices.filter { matrices[$0].panels != nil } == [0, 16, 32, 48])
  }

  /// Padding a few rows to a panel would multiply their bytes.
  @Test(arguments: PanelTests.choices)
  func fewerRowsThanAPanelStayAsTheyAre(_ choice: KernelChoice) throws {
    let compute = try Self.compute(choice)
    defer { compute.pool.shutDown() }
    let matrix = try Self.matrix(Self.memory(rows: 15), rows: 15)
    #expect(compute.repack([matrix]).bytes == 0 && matrix.panels == nil)
  }

  /// `engine.kernel_variant: avx2` must measure AVX2 everywhere, panels included.
  @Test(arguments: PanelTests.choices)
  func aLowerSetsVariantHasNoPanels(_ choice: KernelChoice) throws {
    for variant in ["ref", "avx2"] {
      #expect(try KernelTable(isa: choice.isa, variant: variant).panels(.q8_0) == nil)
    }
  }

  @Test func availableMemoryIsRead() {
    let text = "MemTotal:       24610000 kB\nMemAvailable:   20000000 kB\nSwapTotal: 0 kB\n"
    #expect(SystemMemory.meminfo(text) == 20_480_000_000)
    #expect(SystemMemory.meminfo("MemTotal: 1 kB\n") == nil)
    #expect(SystemMemory.meminfo("MemAvailable: 9223372036854775807 kB\n") == nil)
    #expect(SystemMemory.limit("1048576\n") == 1_048_576)
    #expect(SystemMemory.limit("max\n") == nil)
    #expect(SystemMemory.available().map { $0 > 1 << 20 } ?? true)
  }
}
