import Foundation

/// The elementary functions that the standard library leaves to the platform.
enum Elementary {
    static func exp(_ x: Double) -> Double { Foundation.exp(x) }
    static func log(_ x: Double) -> Double { Foundation.log(x) }
}
