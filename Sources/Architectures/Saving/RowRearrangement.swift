import Formats
import Inference
import Kernels

/// How the rows of a query or key matrix, or the elements of its bias, are put in another order within each head.
struct RowRearrangement: Sendable, Hashable {
    let headDimension: Int
    /// The order wanted.
    let target: RotaryRows

    /// The row of the present order that comes to stand at a place of the new one.
    func source(of place: Int) -> Int {
        let (head, channel) = (place / headDimension * headDimension, place % headDimension)
        let half = headDimension / 2
        switch target {
        case .halves: return head + 2 * (channel % half) + channel / half
        case .interleaved: return head + channel / 2 + channel % 2 * half
        }
    }
}

extension Family {
    /// How a part of a model is rearranged for a spelling's files; nil where it is written as it lies.
    func rearrangement(of part: Role.Part, of model: Model, for naming: Naming) -> RowRearrangement? {
        guard [.query, .queryBias, .key, .keyBias].contains(part), rotaryRows(naming) != model.rotaryRows else {
            return nil
        }
        return RowRearrangement(headDimension: model.blueprint.headDimension, target: rotaryRows(naming))
    }
}
