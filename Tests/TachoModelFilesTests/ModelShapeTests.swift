// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoModelFiles
import Testing

@Suite struct ModelShapeTests {
  /// Parameter counts as the models' pages give them.
  @Test(arguments: [
    ("smollm2-135m", 134_515_008), ("qwen2.5-0.5b", 494_032_768),
    ("tinyllama-1.1b", 1_100_048_384), ("llama3.2-1b", 1_235_814_432),
  ])
  func parameterCountsAreTheRealOnes(name: String, parameters: Int) throws {
    #expect(try ModelShapes.shape(name).parameterCount == parameters)
  }

  @Test func everyShapeIsNamedAsItIsRegistered() throws {
    for name in ModelShapes.all.names { #expect(try ModelShapes.shape(name).name == name) }
  }

  @Test func unknownNamesAreExplained() throws {
    #expect {
      _ = try ModelShapes.shape("tinylama-1.1b")
    } throws: { "\($0)".contains("Did you mean 'tinyllama-1.1b'") }
  }

  @Test func llama32ScalesSlowRotations() throws {
    let tensors = ModelShape.llama32.tensors
    let factors = try #require(tensors.first { $0.name == "rope_freqs.weight" })
    guard case .values(let values) = factors.filling else {
      Issue.record("rope_freqs.weight has no values")
      return
    }
    #expect(values.count == 32)
    #expect(values.first == 1 && values.last == 32)
    #expect(values == values.sorted())
    // The passage from 1 to 32 is three frequencies wide; transformers' rule worked out in float64.
    let expected: [Float] = [1, 1.6513292, 3.2922621, 9.666729, 32]
    for (value, exact) in zip(values[14...18], expected) {
      #expect(abs(value - exact) < 1e-5 * exact)
    }
  }

  @Test func parsesACustomShape() throws {
    let shape = try ModelShapes.shape(
      "custom:hidden=512,layers=3,heads=8,kv_heads=2,head_dim=32,ffn=1024,vocab=1000,arch=qwen3,"
        + "tied=true,context=4096,rope_base=500000")
    #expect(shape.hiddenSize == 512 && shape.layerCount == 3 && shape.headCount == 8)
    #expect(shape.keyValueHeadCount == 2 && shape.headDimension == 32)
    #expect(shape.feedForwardSize == 1024 && shape.vocabularySize == 1000)
    #expect(shape.architecture == .qwen3 && shape.tiedEmbeddings)
    #expect(shape.contextLength == 4096 && shape.ropeBase == 500_000)
    let short = try ModelShapes.shape("custom:hidden=512,layers=3,heads=8,ffn=1024,vocab=1000")
    #expect(short.keyValueHeadCount == 8 && short.headDimension == 64)
    #expect(short.architecture == .llama && !short.tiedEmbeddings)
  }

  @Test(arguments: [
    ("custom:", "lacks 'hidden='"), ("custom:hidden", "should be key=value"),
    ("custom:hiden=3", "did you mean 'hidden'"),
    ("custom:hidden=64,hidden=64", "given twice"),
    ("custom:hidden=x,layers=1,heads=1,ffn=64,vocab=300", "'hidden=x' should be a whole number"),
    ("custom:hidden=64,layers=1,heads=1,ffn=64,vocab=99", "from 260 to"),
    ("custom:hidden=64,layers=99999999999999999999,heads=1,ffn=64,vocab=300", "'layers="),
    ("custom:hidden=64,layers=1,heads=4,kv_heads=3,ffn=64,vocab=300", "not a multiple of kv_heads"),
    ("custom:hidden=72,layers=1,heads=1,ffn=64,vocab=300", "not a multiple of 32"),
    ("custom:hidden=64,layers=1,heads=2,head_dim=33,ffn=64,vocab=300", "not even"),
    ("custom:hidden=64,layers=1,heads=128,ffn=64,vocab=300", "not even and above zero"),
    ("custom:hidden=64,layers=1,heads=2,ffn=64,vocab=300,arch=gpt", "one of llama, qwen2, qwen3"),
    ("custom:hidden=64,layers=1,heads=2,ffn=64,vocab=300,tied=yes", "true or false"),
  ])
  func brokenCustomShapes(text: String, reason: String) throws {
    let error = try #require(throws: ModelFileError.self) { _ = try ModelShapes.shape(text) }
    #expect(error.description.contains(reason), "\(error)")
  }
}
