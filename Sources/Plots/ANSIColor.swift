/// Escape sequences that colour a piece of text in a terminal.
struct ANSIColor {
    let depth: ColorDepth

    /// Puts text on a coloured ground, in black or white, whichever reads better.
    func onGround(_ text: String, _ color: PlotColor) -> String {
        let dark = color.wantsLightText
        switch depth {
        case .none: return text
        case .palette256: return "\u{1B}[\(dark ? 97 : 30);48;5;\(color.paletteIndex)m\(text)\u{1B}[0m"
        case .full:
            let ink = dark ? "255;255;255" : "0;0;0"
            return "\u{1B}[38;2;\(ink);48;2;\(color.red);\(color.green);\(color.blue)m\(text)\u{1B}[0m"
        }
    }

    /// Writes text in a colour.
    func inked(_ text: String, _ color: PlotColor) -> String {
        switch depth {
        case .none: return text
        case .palette256: return "\u{1B}[38;5;\(color.paletteIndex)m\(text)\u{1B}[0m"
        case .full: return "\u{1B}[38;2;\(color.red);\(color.green);\(color.blue)m\(text)\u{1B}[0m"
        }
    }

    /// Writes text with more weight.
    func bold(_ text: String) -> String {
        depth == .none || text.isEmpty ? text : "\u{1B}[1m\(text)\u{1B}[0m"
    }

    /// Writes text with less weight.
    func faint(_ text: String) -> String {
        depth == .none || text.isEmpty ? text : "\u{1B}[2m\(text)\u{1B}[0m"
    }
}
