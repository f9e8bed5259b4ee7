// SPDX-License-Identifier: Apache-2.0
import TachoKernels
import TachoModelFiles
import Testing

@Suite struct ModelQuantizerTests {
  @Test(arguments: [ElementType.q8_0, .q4_k, .f16])
  func matricesChangeAndTheRestStays(format: ElementType) throws {
    let folder = try TemporaryDirectory()
    try ModelSynthesizer.synthesize(
      shape: .tinyQwen2, format: .f32, seed: 5, to: folder.file("full"))
    try ModelQuantizer.quantize(
      from: folder.file("full"), to: folder.file("small"), format: format)
    let full = try GGUFFile(path: folder.file("full"))
    let small = try GGUFFile(path: folder.file("small"))
    #expect(small.tensors.map(\.name) == full.tensors.map(\.name))
    #expect(small.size < full.size * 6 / 10)
    for tensor in small.tensors {
      let isVector = tensor.dimensions.count == 1
      #expect(tensor.type == (isVector ? .f32 : format), "\(tensor.name)")
      let before = try FormatTests.values(of: tensor.name, in: full)
      let after = try FormatTests.values(of: tensor.name, in: small)
      let expected = isVector ? before : FormatTests.roundTrip(format, before)
      #expect(after == expected, "\(tensor.name)")
    }
    #expect(try small.metadata.int("general.file_type") == Int(format.fileType))
    let kept = full.metadata.keys.filter { $0 != "general.file_type" && $0 != "tacho.format" }
    for key in kept { #expect(small.metadata[key] == full.metadata[key], "\(key)") }
  }

  @Test func theSameFormatKeepsTheBytes() throws {
    let folder = try TemporaryDirectory()
    try ModelSynthesizer.synthesize(
      shape: .tinyLlama, format: .q5_k, seed: 5, to: folder.file("a"))
    try ModelQuantizer.quantize(from: folder.file("a"), to: folder.file("b"), format: .q5_k)
    #expect(try folder.read("a") == folder.read("b"))
  }

  @Test func aFileCannotReplaceItself() throws {
    let folder = try TemporaryDirectory()
    try folder.write(GGUFFileTests.sample().bytes, to: "a")
    #expect(throws: ModelFileError.self) {
      try ModelQuantizer.quantize(from: folder.file("a"), to: folder.file("a"), format: .q8_0)
    }
  }
}
