// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoKernels
import TachoModelFiles
import Testing

/// The golden file comes from gguf-py; `Golden/make_formats.py` says how.
@Suite struct FormatTests {
  static func golden() throws -> GGUFFile {
    let folder = try #require(Bundle.module.resourcePath)
    return try GGUFFile(path: folder + "/Golden/formats.gguf")
  }

  static func values(of name: String, in file: GGUFFile) throws -> [Float] {
    let tensor = try #require(file.tensor(named: name))
    return dequantize(tensor.type, file.bytes(of: tensor), tensor.elementCount)
  }

  static func dequantize(
    _ type: ElementType, _ bytes: UnsafeRawBufferPointer, _ count: Int
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      type.dequantize(bytes, into: buffer, count: count)
      filled = count
    }
  }

  static func quantize(_ type: ElementType, _ values: [Float]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: type.bytes(for: values.count)) { buffer, filled in
      values.withUnsafeBufferPointer {
        type.quantize($0, into: UnsafeMutableRawBufferPointer(buffer), count: values.count)
      }
      filled = type.bytes(for: values.count)
    }
  }

  static func roundTrip(_ type: ElementType, _ values: [Float]) -> [Float] {
    quantize(type, values).withUnsafeBytes { dequantize(type, $0, values.count) }
  }

  @Test func readsTheMetadataAnotherToolWrote() throws {
    let metadata = try Self.golden().metadata
    #expect(try metadata.string("general.architecture") == "llama")
    #expect(try metadata.strings("tokenizer.ggml.tokens") == ["<unk>", "\u{2581}café", "🚀"])
    #expect(try metadata.floats("tokenizer.ggml.scores") == [0, -1.5, -2])
    #expect(try metadata.ints("tokenizer.ggml.token_type") == [2, 1, 1])
    #expect(try metadata.double("llama.rope.freq_base") == 10_000)
    #expect(try metadata.bool("tokenizer.ggml.add_bos_token") == true)
    #expect(try metadata.int("big") == 1 << 40)
  }

  @Test(arguments: ElementType.allCases.filter { $0 != .f32 })
  func dequantisesExactly(type: ElementType) throws {
    let file = try Self.golden()
    let decoded = try Self.values(of: "\(type.name).random", in: file)
    let expected = try Self.values(of: "\(type.name).random.f32", in: file)
    #expect(decoded.count == 512)
    #expect(decoded.map(\.bitPattern) == expected.map(\.bitPattern))
  }

  @Test(arguments: [ElementType.f16, .bf16, .q4_0, .q4_1, .q5_0, .q5_1, .q8_0])
  func quantisesToTheReferencesBytes(type: ElementType) throws {
    let file = try Self.golden()
    let input = try Self.values(of: "input", in: file)
    let tensor = try #require(file.tensor(named: "\(type.name).quantized"))
    #expect(Self.quantize(type, input) == file.bytes(of: tensor).map { $0 })
  }

  /// Root mean square errors on normal weights of deviation 1: measured once, and bounded below by
  /// rate-distortion theory (2^-bits for a Gaussian source).
  @Test(arguments: [
    (ElementType.q2_k, Float(0.28)), (.q3_k, 0.15), (.q4_k, 0.074), (.q5_k, 0.0375),
    (.q6_k, 0.0182), (.q4_0, 0.0885), (.q4_1, 0.0805), (.q5_0, 0.0435), (.q5_1, 0.039),
    (.q8_0, 0.0055),
  ])
  func roundTripErrorIsNearTheKnownOne(type: ElementType, bound: Float) {
    var random = SeededGenerator(7)
    let values = (0..<32_768).map { _ in random.normal() }
    let decoded = Self.roundTrip(type, values)
    let error = Self.error(values, decoded)
    #expect(error < bound)
    #expect(Double(error) > pow(2, -type.bitsPerWeight))
  }

  @Test(arguments: [Float(1e-3), 1, 100])
  func moreBitsMeanLessError(scale: Float) {
    var random = SeededGenerator(8)
    let values = (0..<8192).map { _ in random.normal() * scale + 0.1 * scale }
    let errors = [ElementType.q2_k, .q3_k, .q4_k, .q5_k, .q6_k, .q8_0, .f16]
      .map { Self.error(values, Self.roundTrip($0, values)) / scale }
    #expect(errors == errors.sorted(by: >), "errors \(errors)")
    #expect(errors[0] < 0.3)
  }

  @Test(arguments: ElementType.allCases)
  func zerosStayZeroAndConstantsStayNear(type: ElementType) {
    let zeros = [Float](repeating: 0, count: 512)
    #expect(Self.roundTrip(type, zeros).allSatisfy { $0 == 0 })
    for constant: Float in [0.5, -0.5] {
      let decoded = Self.roundTrip(type, [Float](repeating: constant, count: 512))
      #expect(decoded.allSatisfy { abs($0 - constant) < 0.01 }, "\(decoded[0]) for \(constant)")
    }
  }

  @Test(arguments: ElementType.allCases)
  func strangeNumbersAndOddAddressesDoNotCrash(type: ElementType) {
    var random = SeededGenerator(9)
    let values = (0..<1024).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
    }
    let bytes = [0] + Self.quantize(type, values)
    let decoded = bytes.withUnsafeBytes {
      Self.dequantize(type, UnsafeRawBufferPointer(rebasing: $0[1...]), 1024)
    }
    #expect(decoded.count == 1024)
  }

  static func error(_ left: [Float], _ right: [Float]) -> Float {
    let sum = zip(left, right).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    return Float((sum / Double(left.count)).squareRoot())
  }
}
