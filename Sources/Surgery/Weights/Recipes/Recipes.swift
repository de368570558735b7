import Formats
import Inference
import Kernels

/// Every recipe, by size. A new one is a line here.
public enum Recipes {
    public static let all: [Recipe] = [
        Recipe(
            "q2_k_s", 21, .q2_k, needsImportance: true,
            .init(
                value: { setting, _ in setting.headsPerGroup >= 4 ? .q4_k : nil },
                down: { setting, layer in layer < setting.layerCount / 8 ? .q4_k : nil })),
        Recipe(
            "q2_k", 10, .q2_k,
            .init(
                value: { setting, _ in setting.headsPerGroup >= 4 ? .q4_k : .q3_k }, attentionOutput: .q3_k,
                attentionOutputOfEight: .q5_k, down: { _, _ in .q3_k })),
        Recipe("q3_k_s", 11, .q3_k, .init(attentionOutputOfEight: .q5_k)),
        Recipe(
            "q3_k_m", 12, .q3_k,
            .init(
                value: { _, layer in layer < 2 ? .q5_k : .q4_k }, attentionOutput: .q4_k, attentionOutputOfEight: .q5_k,
                down: { setting, layer in layer < setting.layerCount / 16 ? .q5_k : .q4_k })),
        Recipe(
            "q3_k_l", 13, .q3_k,
            .init(value: { _, _ in .q5_k }, attentionOutput: .q5_k, down: { _, _ in .q5_k })),
        Recipe("iq4_xs", 30, .iq4_xs, nonlinear),
        Recipe("iq4_nl", 25, .iq4_nl, nonlinear),
        Recipe("mxfp4_moe", 38, .q8_0, .init(experts: .mxfp4)),
        Recipe("q4_0", 2, .q4_0, weighted(.q4_1)),
        Recipe(
            "q4_k_s", 14, .q4_k,
            .init(
                value: { _, layer in layer < 4 ? .q5_k : nil }, attentionOutputOfEight: .q5_k,
                down: { setting, layer in layer < setting.layerCount / 8 ? .q5_k : nil })),
        Recipe("q4_k_m", 15, .q4_k, middle(attentionOutputOfEight: .q5_k)),
        Recipe("q4_1", 3, .q4_1),
        Recipe("q5_0", 8, .q5_0, weighted(.q5_1)),
        Recipe("q5_k_s", 16, .q5_k),
        Recipe("q5_k_m", 17, .q5_k, middle(attentionOutputOfEight: nil)),
        Recipe("q5_1", 9, .q5_1),
        Recipe("q6_k", 18, .q6_k),
        Recipe("q8_0", 7, .q8_0),
        Recipe("f16", 1, .f16),
        Recipe("bf16", 32, .bf16),
    ]

    /// The recipe of that name, in lower or upper case.
    public static func named(_ name: String) -> Recipe? {
        let name = name.lowercased()
        return all.first { $0.name == name }
    }

    /// The recipe that a model's tensors follow to the last one; nil if none does.
    ///
    /// Of recipes that come to the same on this model, the one that is named first.
    public static func followed(by model: Model) -> Recipe? {
        all.first { recipe in
            [false, true].contains { hasImportance in
                let setting = RecipeSetting(model, hasImportance: hasImportance)
                return model.tensors.allSatisfy { role, matrix in
                    !QuantizationPlan.largeParts.contains(role.part)
                        || (matrix.packed == nil
                            && recipe.format(of: role, columns: matrix.columns, in: setting) == matrix.format)
                }
            }
        }
    }

    /// Finer values and down projections in the layers that matter most.
    private static func middle(attentionOutputOfEight: BlockFormat?) -> Recipe.Rules {
        .init(
            value: { setting, layer in setting.hasMoreBits(layer) ? .q6_k : nil },
            attentionOutputOfEight: attentionOutputOfEight,
            down: { setting, layer in setting.hasMoreBits(layer) ? .q6_k : nil })
    }

    private static let nonlinear = Recipe.Rules(
        value: { setting, _ in setting.headsPerGroup >= 4 ? .q5_k : nil }, attentionOutputOfEight: .q5_k,
        down: { setting, layer in !setting.hasImportance && layer < setting.layerCount / 8 ? .q5_k : nil })

    /// Weighing errors can go badly wrong in the first down projections, which get a minimum beside the scale.
    private static func weighted(_ format: BlockFormat) -> Recipe.Rules {
        .init(down: { setting, layer in setting.hasImportance && layer < setting.layerCount / 8 ? format : nil })
    }
}
