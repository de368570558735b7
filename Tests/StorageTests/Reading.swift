import Storage
import Tensors
import Testing

/// Reads bytes as a whole GGUF file and touches everything that it says; nil if the file is sound.
func errorOfGGUF(_ bytes: [UInt8]) -> StorageError? {
    do {
        let file = try GGUFReader.read(MemorySource(bytes), name: "test.gguf")
        for entry in file.metadata {
            if let array = entry.value.array {
                if array.strings() == nil { for index in 0..<min(array.count, 64) { _ = array[index] } }
            }
        }
        checkTensors(file.tensors, fileBytes: bytes.count)
        return nil
    } catch {
        return error
    }
}

/// Reads bytes as a whole safetensors file; nil if the file is sound.
func errorOfSafetensors(_ bytes: [UInt8]) -> StorageError? {
    do {
        let file = try SafetensorsReader.read(MemorySource(bytes), name: "test.safetensors")
        checkTensors(file.tensors, fileBytes: bytes.count)
        return nil
    } catch {
        return error
    }
}

/// A reader that accepts a file has given tensors whose bytes lie inside it and suit their shapes.
private func checkTensors(_ tensors: [TensorEntry], fileBytes: Int) {
    for tensor in tensors {
        let isInside = tensor.offset >= 0 && tensor.byteCount >= 0 && tensor.range.upperBound <= fileBytes
        if !isInside || tensor.format.byteCount(shape: tensor.shape) != tensor.byteCount {
            Issue.record("\(tensor.name) is accepted at \(tensor.range) of \(fileBytes) bytes with \(tensor.shape)")
        }
    }
}

/// A refusal says where and what to do.
func expectHelpful(_ error: StorageError, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(error.offset != nil, sourceLocation: sourceLocation)
    #expect(error.remedy != nil, sourceLocation: sourceLocation)
    #expect(!error.message.isEmpty, sourceLocation: sourceLocation)
}
