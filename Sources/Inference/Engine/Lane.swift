/// One sequence's share of a forward pass: which positions to compute, from which layer on, and what to change on the way.
///
/// A plain run is one lane from position 0 and layer 0; a decoding step begins at the last position; a patched variant
/// begins where its patch does. All of them go through the same code.
struct Lane {
    /// Where in the first layer a lane enters.
    enum Start {
        /// From the token embeddings.
        case tokens
        /// From the residual stream entering the layer.
        case residPre(Rows)
        /// From the heads' mixtures of values; attention itself is not run in this layer.
        case z(Rows, residPre: Rows)
        /// From the residual stream between attention and feed-forward.
        case residMid(Rows)
    }

    /// The whole sequence, the positions before `first` included.
    var tokens: [Int]
    /// The first position to compute.
    var first: Int
    /// Its rows are those of all positions, though only `first` and up are read.
    var start: Start
    /// Keys and values of the positions before `first`, in every layer that the pass runs.
    var prefix: KeyValueCache?
    var interventions: [Intervention]
    /// The positions whose residual stream behind the last layer is wanted, ascending; nil for all computed ones.
    var wanted: [Int]?

    var rowCount: Int { tokens.count - first }
}

/// What a pass shall keep beside the last residual stream.
struct Capture {
    /// Sites whose values are wanted, in the lanes' rows.
    var sites: Set<Site> = []
    /// Whether to keep the residual stream entering each layer.
    var residuals = false
    /// Whether to keep the keys and values of the lanes' own rows.
    var cache = false
    /// Whether the feed-forward part of the one layer that is run is of no interest.
    var endsBeforeFeedForward = false
    /// Called for every layer with experts, in order.
    var observer: ((ExpertObservation) -> Void)?
    /// Called for every product with weights in a layer; its `sequences` are the lanes.
    var inputs: InputObserver?
}

/// What a pass gives back for one lane.
struct LaneResult {
    /// The residual stream entering each layer that was run, if asked for; and behind the last one.
    var residuals: [Int: Rows] = [:]
    /// The residual stream behind the last layer run, at the positions wanted.
    var output: Rows
    var captured: [Site: Rows] = [:]
    /// Keys and values of the lane's rows, for each layer whose attention was run, if asked for.
    var own: [OwnKeysAndValues] = []
    /// How many rows each of the lane's interventions changed.
    var fired: [Int]
}
