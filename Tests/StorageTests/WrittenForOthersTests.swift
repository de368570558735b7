import Foundation
import Storage
import Testing

/// Writes files that `Scripts/make-container-fixtures.py --check` reads with the packages of others; only where the
/// environment names a folder for them.
@Suite struct WrittenForOthersTests {
    static let folder = ProcessInfo.processInfo.environment["LANCET_WRITE_TO"]

    @Test(.enabled(if: folder != nil)) func copiesForOtherReaders() throws {
        let folder = try #require(Self.folder)
        for name in ContainerContents.ggufNames {
            var writer = GGUFWriter(copying: try Archive.open(ContainerContents.path(name)))
            writer.metadata["lancet.note"] = .array(MetadataArray(["written", "by", "Lancet"]))
            try writer.write(to: folder + "/" + name)
        }
        for name in ContainerContents.safetensorsNames {
            let archive = try Archive.open(ContainerContents.path(name))
            let writer = SafetensorsWriter(
                tensors: archive.tensors.map { TensorPlan(copying: $0) }, texts: [("note", "written by Lancet")])
            try writer.write(to: folder + "/" + name)
        }
    }
}
