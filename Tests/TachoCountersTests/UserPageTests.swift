// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Testing

/// Reading counters without the kernel, from made-up pages (perf_event_open(2), "rdpmc") and registers.
@Suite struct UserPageTests {
  /// Offsets in struct perf_event_mmap_page: lock 8, index 12, offset 16, time_enabled 24,
  /// time_running 32, capabilities 40, pmc_width 48, time_shift 50, time_mult 52, time_offset 56.
  struct Page {
    var bytes = [UInt8](repeating: 0, count: 4096)

    mutating func set<T: FixedWidthInteger>(_ offset: Int, _ value: T) {
      withUnsafeBytes(of: value.littleEndian) {
        bytes.replaceSubrange(offset..<offset + MemoryLayout<T>.size, with: $0)
      }
    }

    func read() -> (status: Int32, value: tacho_counter_value) {
      var registers = tacho_counter_registers(
        counter: { index in index == 2 ? 0xFFFF_FFFF_FFF0 : 1 }, ticks: { 5000 })
      var value = tacho_counter_value()
      let status = bytes.withUnsafeBytes {
        tacho_counter_page_read($0.baseAddress, &registers, &value)
      }
      return (status, value)
    }
  }

  /// Counter 3 of 48 bits holds -16; two ticks are 3 ns: 5000 ticks are 7500 ns after 100.
  @Test func aCounterThatRuns() {
    var page = Page()
    page.set(8, UInt32(4))
    page.set(12, UInt32(3))
    page.set(16, Int64(1000))
    page.set(24, UInt64(20_000))
    page.set(32, UInt64(10_000))
    page.set(48, UInt16(48))
    page.set(50, UInt16(1))
    page.set(52, UInt32(3))
    page.set(56, UInt64(100))
    let (status, value) = page.read()
    #expect(status == 0 && value.raw == 984)
    #expect(value.enabled_ns == 27_600 && value.running_ns == 17_600)
  }

  /// Without a counter (index 0) only what was counted before stands, and only enabled time goes on.
  @Test func anEventWithoutACounter() {
    var page = Page()
    page.set(16, Int64(1000))
    page.set(24, UInt64(20_000))
    page.set(32, UInt64(10_000))
    page.set(48, UInt16(48))
    page.set(52, UInt32(1))
    let (status, value) = page.read()
    #expect(status == 0 && value.raw == 1000)
    #expect(value.enabled_ns == 25_000 && value.running_ns == 10_000)
  }

  /// The kernel is writing it all the time: the reader gives up.
  @Test func aPageThatIsAlwaysWritten() {
    var page = Page()
    page.set(8, UInt32(5))
    #expect(page.read().status == -1)
  }
}
