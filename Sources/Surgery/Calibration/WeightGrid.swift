import Formats
import Kernels

/// The values that the elements of a matrix may take, which are known once a group's scales are fixed.
///
/// Different rows may be worked on by different threads.
protocol WeightGrid {
    /// Neighbouring columns whose scales are fixed together, in the file's order.
    var groupLength: Int { get }
    /// Fixes the scales of a group from its values.
    func fix(row: Int, group: Int, values: UnsafeBufferPointer<Float>)
    /// The nearest value that an element may take, its group being fixed; its code is stored.
    func nearest(row: Int, column: Int, to value: Float) -> Float
}

/// The grid of a block format: scales come from the format's encoder, codes are written one at a time.
final class BlockGrid: WeightGrid {
    private let places: CodePlaces
    private let columns: Int
    private let rowBytes: Int
    private let importance: [Float]?
    private let compute: Compute
    private let bytes: UnsafeMutablePointer<UInt8>
    /// Step and offset of each element of the rows at hand.
    private let steps: UnsafeMutablePointer<Float>
    private let offsets: UnsafeMutablePointer<Float>
    /// The row that `steps` begins with.
    var firstRow = 0

    var groupLength: Int { places.format.blockLength }

    /// - Parameters:
    ///   - rowsAtHand: how many rows are worked on between changes of `firstRow`.
    ///   - importance: what scales are chosen for. Shape [columns].
    ///   - bytes: the encoded rows of the whole matrix, written to.
    init(
        _ places: CodePlaces, columns: Int, rowsAtHand: Int, importance: [Float]?, compute: Compute,
        bytes: UnsafeMutablePointer<UInt8>
    ) {
        self.places = places
        self.columns = columns
        self.importance = importance
        self.compute = compute
        self.bytes = bytes
        rowBytes = columns / places.format.blockLength * places.format.blockBytes
        steps = .allocate(capacity: rowsAtHand * columns)
        offsets = .allocate(capacity: rowsAtHand * columns)
    }

    deinit {
        steps.deallocate()
        offsets.deallocate()
    }

    func fix(row: Int, group: Int, values: UnsafeBufferPointer<Float>) {
        let length = groupLength
        let block = self.block(row, group)
        let room = UnsafeMutableRawBufferPointer(start: block, count: places.format.blockBytes)
        if let importance {
            importance.withUnsafeBufferPointer { all in
                let own = UnsafeBufferPointer(rebasing: all[group * length..<(group + 1) * length])
                compute.encode(values, columns: length, as: places.format, importance: own, into: room)
            }
        } else {
            compute.encode(values, columns: length, as: places.format, importance: nil, into: room)
        }
        readScales(block, at: (row - firstRow) * columns + group * length)
    }

    /// Decodes the block with every code lowest and highest, which tells its steps and offsets; its own codes are put back.
    private func readScales(_ block: UnsafeMutablePointer<UInt8>, at start: Int) {
        let (length, size) = (groupLength, places.format.blockBytes)
        let (lowest, highest) = places.extremes
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: size) { probe in
            guard let bytes = probe.baseAddress else { return }
            bytes.update(from: block, count: size)
            func decoded(_ code: Int, into values: UnsafeMutablePointer<Float>) {
                for element in 0..<length { places.write(code, element: element, bytes) }
                places.format.decode(
                    UnsafeRawBufferPointer(probe), UnsafeMutableBufferPointer(start: values, count: length))
            }
            decoded(lowest, into: offsets + start)
            decoded(highest, into: steps + start)
        }
        let span = places.units[highest] - places.units[lowest]
        for element in start..<start + length {
            steps[element] = (steps[element] - offsets[element]) / span
            offsets[element] -= steps[element] * places.units[lowest]
        }
    }

    func nearest(row: Int, column: Int, to value: Float) -> Float {
        let place = (row - firstRow) * columns + column
        let (step, offset) = (steps[place], offsets[place])
        // A group whose scale is zero has one value; its codes stay what the encoder made them.
        guard step != 0, step.isFinite else { return offset }
        let code = code((value - offset) / step)
        places.write(code, element: column % groupLength, block(row, column / groupLength))
        return offset + step * places.units[code]
    }

    /// The code whose unit is nearest; the lower one of two.
    private func code(_ position: Float) -> Int {
        let units = places.units
        if places.isEven {
            let lowest = units[places.extremes.low]
            let unit = min(max(position.rounded(.toNearestOrEven), lowest), units[places.extremes.high])
            return unit.isNaN ? 0 : Int(unit) & (units.count - 1)
        }
        var (best, distance) = (0, Float.infinity)
        for (code, unit) in units.enumerated() where (position - unit).magnitude < distance {
            (best, distance) = (code, (position - unit).magnitude)
        }
        return best
    }

    private func block(_ row: Int, _ group: Int) -> UnsafeMutablePointer<UInt8> {
        bytes + row * rowBytes + group * places.format.blockBytes
    }
}

/// The grid of a packing: one scale for a group of a row.
final class PackedGrid: WeightGrid {
    private let room: PackedRoom
    private let bytes: UnsafeMutableRawBufferPointer
    let groupLength: Int

    /// Nil if scales are shared between rows, or Lancet makes no codes for the scheme.
    init?(_ room: PackedRoom, bytes: UnsafeMutableRawBufferPointer) {
        guard PackedRoom.encodes(room.scheme), room.rowsTogether == 1 else { return nil }
        self.room = room
        self.bytes = bytes
        groupLength = room.groupLength
    }

    func fix(row: Int, group: Int, values: UnsafeBufferPointer<Float>) {
        room.fixScale(of: values, row: row, group: group, in: bytes)
    }

    func nearest(row: Int, column: Int, to value: Float) -> Float {
        room.storeNearest(value, row: row, column: column, in: bytes)
    }
}
