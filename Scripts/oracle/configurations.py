"""The tiny configurations, and what each is there to exercise."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Rope:
    """Rotary embedding. `truncate` is None where the configuration does not say (transformers then truncates)."""

    theta: float = 10000.0
    factor: float | None = None  # None: plain, no YaRN
    original: int = 0
    truncate: bool | None = None
    beta_fast: float | None = None
    beta_slow: float | None = None
    kind: str = "yarn"  # yarn | linear | llama3, where there is a factor
    low: float = 1.0  # llama3's low_freq_factor and high_freq_factor
    high: float = 4.0

    @property
    def yarn(self):
        return self.factor is not None and self.kind == "yarn"


@dataclass(frozen=True)
class Family:
    """How a family is spelled, and what it has that others lack."""

    model_type: str
    class_name: str
    architecture: str  # of GGUF
    eps: float = 1e-6
    head_norms: str | None = None  # head | whole: what the norms of queries and keys run over
    attention_bias: bool = False  # on queries, keys and values, whatever the configuration says
    free_head_dim: bool = True  # whether the configuration has a width of heads
    interleaved: bool = False  # whether a GGUF keeps rotary pairs side by side
    shared: bool = False  # whether an expert is used by every token


FAMILIES = {
    "gpt-oss": Family("gpt_oss", "GptOssForCausalLM", "gpt-oss", 1e-5, attention_bias=True),
    "qwen3moe": Family("qwen3_moe", "Qwen3MoeForCausalLM", "qwen3moe", head_norms="head"),
    "qwen3": Family("qwen3", "Qwen3ForCausalLM", "qwen3", head_norms="head"),
    "qwen2": Family("qwen2", "Qwen2ForCausalLM", "qwen2", attention_bias=True, free_head_dim=False),
    "qwen2moe": Family("qwen2_moe", "Qwen2MoeForCausalLM", "qwen2moe", attention_bias=True, free_head_dim=False, shared=True),
    "olmoe": Family("olmoe", "OlmoeForCausalLM", "olmoe", 1e-5, head_norms="whole", free_head_dim=False),
    "llama": Family("llama", "LlamaForCausalLM", "llama", 1e-5, interleaved=True),
    "mistral": Family("mistral", "MistralForCausalLM", "llama", 1e-5, interleaved=True),
    "mixtral": Family("mixtral", "MixtralForCausalLM", "llama", 1e-5, interleaved=True),
}


@dataclass(frozen=True)
class Configuration:
    name: str
    family: str  # a name in FAMILIES
    storage: str  # BF16 | F32 | F16
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    experts: int
    top_k: int
    width: int  # of an expert
    features: tuple
    vocab: int = 96
    tokens: int = 44
    rope: Rope = Rope()
    window: int | None = None
    layer_types: tuple | None = None  # gpt-oss, where not alternating; Qwen, where listed
    max_window_layers: int = 28  # Qwen
    shared_width: int = 0  # of the expert that every token uses
    mlp_bias: bool = False
    tied: bool = False
    attention_bias: bool | None = None  # None: as the family has it
    swiglu_limit: float = 7.0
    norm_topk: bool = True
    dense_layers: tuple = ()
    sparse_step: int = 1
    dense_width: int = 0
    sites: str = "logits"  # all | logits
    huggingface: bool = True
    gguf: bool = True
    shards: int = 1
    config_style: str = "current"  # current | legacy
    mxfp4_folder: bool = False  # Hugging Face's blocks and scales
    matrices: str | None = None  # GGUF type of attention and embedding matrices, where not `storage`
    expert_matrices: str | None = None
    formats: tuple = ()  # (part of a GGUF name, GGUF type): the first that fits decides before the two above

    @property
    def traits(self):
        return FAMILIES[self.family]

    def format_of(self, name, kind):
        """The GGUF type of a matrix or of experts, where not `storage`."""
        found = (format for part, format in self.formats if part in name)
        return next(found, {"matrix": self.matrices, "expert": self.expert_matrices}[kind])

    def is_dense(self, layer):
        return layer in self.dense_layers or self.experts == 0 or (layer + 1) % self.sparse_step != 0

    def is_windowed(self, layer):
        if self.window is None:
            return False
        if self.layer_types:
            return self.layer_types[layer] == "sliding_attention"
        return {
            "gpt-oss": layer % 2 == 0,
            "qwen2moe": layer % 2 == 0 and layer < self.max_window_layers,
            "qwen2": layer >= self.max_window_layers, "qwen3": layer >= self.max_window_layers,
        }.get(self.family, True)


# The 20b model's rope, scaled down: factor 32 and both betas are its own, the original context is shorter than the
# prompt, and theta is chosen so that the ramp lies inside half a head.
SCALED_20B = Rope(theta=500.0, factor=32.0, original=32, truncate=False, beta_fast=32.0, beta_slow=1.0)

CONFIGURATIONS = [
    Configuration(
        "gptoss-plain", "gpt-oss", "BF16", 2, 32, 4, 2, 16, 5, 2, 32, window=8, tokens=32, sites="all",
        features=("sinks", "window", "gqa", "odd-experts", "head-dim-free", "rope-plain")),
    Configuration(
        "gptoss-yarn", "gpt-oss", "F32", 2, 32, 4, 2, 16, 7, 4, 32, window=12, rope=SCALED_20B, tokens=38, sites="all",
        features=("sinks", "window", "gqa", "odd-experts", "head-dim-free", "yarn", "yarn-untruncated")),
    Configuration(
        "gptoss-mxfp4", "gpt-oss", "BF16", 2, 64, 4, 1, 16, 5, 2, 32, window=9, rope=SCALED_20B, tokens=38, sites="all",
        mxfp4_folder=True, expert_matrices="MXFP4",
        features=("sinks", "window", "mqa", "odd-experts", "yarn", "yarn-untruncated", "mxfp4-folder")),
    Configuration(
        "gptoss-top1", "gpt-oss", "F16", 3, 48, 3, 3, 12, 6, 1, 32, window=5, tokens=40, rope=Rope(theta=150000.0),
        features=("sinks", "window", "mha", "top-1", "head-dim-free", "rope-plain")),
    Configuration(
        "gptoss-every-expert", "gpt-oss", "BF16", 3, 32, 4, 2, 8, 4, 4, 32, window=7, tied=True, gguf=False,
        layer_types=("full_attention", "sliding_attention", "sliding_attention"),
        features=("sinks", "window", "window-pattern", "gqa", "top-all", "tied", "rope-plain", "folder-only")),
    Configuration(
        "gptoss-pattern", "gpt-oss", "BF16", 3, 32, 4, 2, 16, 7, 1, 32, window=6,
        layer_types=("full_attention", "sliding_attention", "sliding_attention"),
        features=("sinks", "window", "window-pattern", "gqa", "top-1", "odd-experts", "head-dim-free", "rope-plain")),
    Configuration(
        "gptoss-sharded", "gpt-oss", "BF16", 4, 32, 4, 1, 16, 5, 4, 32, window=16, tokens=64, shards=3,
        config_style="legacy", vocab=130,
        rope=Rope(theta=150000.0, factor=8.0, original=32, truncate=False, beta_fast=4.0, beta_slow=1.0),
        features=("sinks", "window", "mqa", "odd-experts", "head-dim-free", "yarn", "yarn-untruncated", "yarn-betas",
                  "sharded", "legacy-config")),
    Configuration(
        "gptoss-unbiased", "gpt-oss", "F32", 2, 32, 2, 1, 16, 5, 2, 32, window=10, attention_bias=False,
        swiglu_limit=2.5, gguf=False,
        features=("sinks", "window", "gqa", "odd-experts", "no-attention-bias", "swiglu-limit", "rope-plain",
                  "folder-only")),
    Configuration(
        "gptoss-q8_0", "gpt-oss", "F32", 2, 64, 4, 2, 16, 5, 2, 32, window=8, huggingface=False,
        matrices="Q8_0", expert_matrices="Q8_0", tokens=32,
        features=("sinks", "window", "gqa", "odd-experts", "rope-plain", "quantized")),
    Configuration(
        "gptoss-q4_0", "gpt-oss", "F32", 2, 32, 4, 2, 16, 7, 2, 32, window=8, huggingface=False, rope=SCALED_20B,
        matrices="Q4_0", expert_matrices="Q4_0",
        features=("sinks", "window", "gqa", "odd-experts", "head-dim-free", "yarn", "yarn-untruncated", "quantized")),
    Configuration(
        "gptoss-released-mix", "gpt-oss", "F32", 2, 64, 4, 2, 16, 5, 4, 32, window=8, huggingface=False,
        rope=SCALED_20B, matrices="Q8_0", expert_matrices="MXFP4",
        features=("sinks", "window", "gqa", "odd-experts", "yarn", "yarn-untruncated", "quantized")),
    Configuration(
        "gptoss-mixed-blocks", "gpt-oss", "F32", 2, 256, 4, 2, 16, 3, 2, 32, window=8, huggingface=False, vocab=48,
        tokens=24, rope=SCALED_20B, matrices="Q8_0", expert_matrices="MXFP4",
        formats=(
            ("attn_q", "Q4_K"), ("attn_k", "Q5_K"), ("attn_v", "BF16"), ("attn_output", "Q5_0"), ("token_embd", "Q6_K"),
            ("output.weight", "Q6_K"), ("0.ffn_gate", "Q4_K"), ("0.ffn_up", "Q3_K"), ("0.ffn_down", "Q4_1"),
            ("1.ffn_gate", "IQ4_XS")),
        features=("sinks", "window", "gqa", "odd-experts", "head-dim-free", "yarn", "yarn-untruncated", "quantized",
                  "mixed-blocks")),

    Configuration(
        "qwen3moe-plain", "qwen3moe", "BF16", 2, 32, 4, 2, 16, 5, 2, 32, tokens=32, sites="all",
        features=("gqa", "odd-experts", "head-dim-free", "norm-topk", "rope-plain")),
    Configuration(
        "qwen3moe-unnormalised", "qwen3moe", "F32", 2, 32, 4, 2, 16, 7, 4, 32, norm_topk=False, gguf=False,
        tokens=28, sites="all",
        features=("gqa", "odd-experts", "head-dim-free", "no-norm-topk", "rope-plain", "folder-only")),
    Configuration(
        "qwen3moe-tied", "qwen3moe", "F16", 3, 48, 3, 3, 12, 6, 1, 32, tied=True, tokens=40, rope=Rope(theta=1000000.0),
        features=("mha", "top-1", "head-dim-free", "tied", "norm-topk", "rope-plain")),
    Configuration(
        "qwen3moe-dense-layers", "qwen3moe", "BF16", 3, 32, 4, 2, 16, 5, 2, 32, dense_layers=(1,), dense_width=48,
        gguf=False, sites="all", tokens=32,
        features=("gqa", "odd-experts", "head-dim-free", "dense-layers", "norm-topk", "rope-plain", "folder-only")),
    Configuration(
        "qwen3moe-sparse-step", "qwen3moe", "BF16", 4, 32, 4, 1, 16, 7, 1, 32, sparse_step=2, dense_width=64,
        norm_topk=False, gguf=False,
        features=("mqa", "odd-experts", "top-1", "head-dim-free", "sparse-step", "no-norm-topk", "rope-plain",
                  "folder-only")),
    Configuration(
        "qwen3moe-yarn", "qwen3moe", "F32", 2, 32, 4, 2, 16, 4, 4, 32,
        rope=Rope(theta=500.0, factor=4.0, original=16),
        features=("gqa", "top-all", "head-dim-free", "yarn", "yarn-truncated", "norm-topk")),
    Configuration(
        "qwen3moe-sharded", "qwen3moe", "BF16", 3, 32, 2, 1, 32, 5, 2, 32, attention_bias=True, shards=2,
        config_style="legacy", gguf=False, tokens=60, vocab=130,
        rope=Rope(theta=500.0, factor=8.0, original=16, truncate=False),
        features=("gqa", "odd-experts", "head-dim-free", "attention-bias", "yarn", "yarn-untruncated", "sharded",
                  "legacy-config", "norm-topk", "folder-only")),
    Configuration(
        "qwen3moe-windowed", "qwen3moe", "BF16", 2, 32, 4, 2, 8, 5, 4, 32, window=8, gguf=False,
        features=("window", "gqa", "odd-experts", "norm-topk", "rope-plain", "folder-only")),
    Configuration(
        "qwen3moe-q8_0", "qwen3moe", "F32", 2, 64, 4, 2, 32, 5, 2, 32, huggingface=False, tokens=32,
        matrices="Q8_0", expert_matrices="Q8_0",
        features=("gqa", "odd-experts", "head-dim-free", "norm-topk", "rope-plain", "quantized")),
    Configuration(
        "qwen3moe-q4_0", "qwen3moe", "F32", 2, 32, 4, 2, 16, 7, 1, 32, huggingface=False,
        matrices="Q4_0", expert_matrices="Q4_0",
        features=("gqa", "odd-experts", "top-1", "head-dim-free", "norm-topk", "rope-plain", "quantized")),
    Configuration(
        "qwen3moe-mxfp4", "qwen3moe", "F32", 2, 64, 4, 4, 16, 5, 4, 32, huggingface=False, tied=True,
        matrices="Q8_0", expert_matrices="MXFP4",
        features=("mha", "odd-experts", "tied", "norm-topk", "rope-plain", "quantized")),
    Configuration(
        "qwen3moe-mixed-blocks", "qwen3moe", "F32", 2, 256, 2, 1, 32, 3, 2, 32, huggingface=False, vocab=48, tokens=24,
        matrices="Q8_0", expert_matrices="Q4_K",
        formats=(
            ("attn_q", "Q6_K"), ("attn_k", "BF16"), ("attn_v", "Q2_K"), ("attn_output", "IQ4_NL"), ("token_embd", "Q4_K"),
            ("output.weight", "Q8_0"), ("0.ffn_up", "Q5_K"), ("0.ffn_down", "Q5_1"), ("1.ffn_gate", "F16"),
            ("1.ffn_down", "MXFP4")),
        features=("mqa", "odd-experts", "head-dim-free", "norm-topk", "rope-plain", "quantized", "mixed-blocks")),

    Configuration(
        "qwen3-plain", "qwen3", "BF16", 2, 32, 4, 2, 16, 0, 0, 0, dense_width=48, tokens=32, sites="all",
        features=("dense", "gqa", "head-dim-free", "rope-plain")),
    Configuration(
        "qwen3-yarn", "qwen3", "F32", 2, 32, 3, 1, 16, 0, 0, 0, dense_width=40, tied=True, attention_bias=None,
        rope=Rope(theta=500.0, factor=4.0, original=16),
        features=("dense", "mqa", "head-dim-free", "yarn", "yarn-truncated", "tied")),
    Configuration(
        "qwen3-windowed", "qwen3", "BF16", 3, 32, 4, 2, 8, 0, 0, 0, dense_width=48, window=8, max_window_layers=1,
        attention_bias=True, gguf=False,
        features=("dense", "gqa", "window", "window-pattern", "attention-bias", "rope-plain", "folder-only")),
    Configuration(
        "qwen2-plain", "qwen2", "F32", 2, 32, 4, 2, 8, 0, 0, 0, dense_width=48, tied=True, sites="all", tokens=32,
        features=("dense", "gqa", "qkv-bias", "tied", "rope-plain")),
    Configuration(
        "qwen2-windowed", "qwen2", "BF16", 2, 32, 4, 4, 8, 0, 0, 0, dense_width=48, window=7, gguf=False,
        layer_types=("sliding_attention", "full_attention"), config_style="legacy", rope=Rope(theta=1000000.0),
        features=("dense", "mha", "qkv-bias", "window", "window-pattern", "legacy-config", "rope-plain",
                  "folder-only")),

    Configuration(
        "olmoe-plain", "olmoe", "BF16", 2, 32, 4, 4, 8, 5, 2, 32, norm_topk=False, sites="all", tokens=32,
        features=("mha", "odd-experts", "whole-norms", "no-norm-topk", "rope-plain")),
    Configuration(
        "olmoe-top1", "olmoe", "F32", 3, 48, 4, 2, 12, 7, 1, 32, norm_topk=False, tied=True, config_style="legacy",
        gguf=False,
        features=("gqa", "odd-experts", "top-1", "whole-norms", "no-norm-topk", "tied", "legacy-config", "rope-plain",
                  "folder-only")),
    Configuration(
        "olmoe-gqa", "olmoe", "F16", 2, 32, 4, 1, 8, 7, 4, 32, norm_topk=False, shards=2, gguf=False,
        features=("mqa", "odd-experts", "whole-norms", "no-norm-topk", "sharded", "rope-plain", "folder-only")),
    Configuration(
        "olmoe-normalised", "olmoe", "F32", 2, 32, 4, 2, 8, 5, 2, 32, attention_bias=True, gguf=False,
        features=("gqa", "odd-experts", "whole-norms", "norm-topk", "attention-bias", "rope-plain", "folder-only")),
    Configuration(
        "olmoe-q8_0", "olmoe", "F32", 2, 64, 4, 4, 16, 5, 2, 32, norm_topk=False, huggingface=False,
        matrices="Q8_0", expert_matrices="Q4_0", tokens=32,
        features=("mha", "odd-experts", "whole-norms", "no-norm-topk", "rope-plain", "quantized")),

    Configuration(
        "llama-plain", "llama", "BF16", 2, 32, 4, 2, 8, 0, 0, 0, dense_width=48, sites="all", tokens=32,
        features=("dense", "gqa", "interleaved", "rope-plain")),
    Configuration(
        "llama-stretched", "llama", "F32", 2, 32, 2, 1, 32, 0, 0, 0, dense_width=48, tied=True, sites="all", tokens=40,
        rope=Rope(theta=500.0, factor=8.0, original=64, kind="llama3"),
        features=("dense", "mqa", "head-dim-free", "interleaved", "rope-llama3", "tied")),
    Configuration(
        "llama-biased", "llama", "F16", 2, 48, 3, 3, 16, 0, 0, 0, dense_width=40, attention_bias=True, mlp_bias=True,
        rope=Rope(theta=10000.0, factor=4.0, kind="linear"), config_style="legacy",
        features=("dense", "mha", "interleaved", "attention-bias", "mlp-bias", "rope-linear", "legacy-config")),
    Configuration(
        "llama-q8_0", "llama", "F32", 2, 64, 4, 2, 16, 0, 0, 0, dense_width=96, huggingface=False, matrices="Q8_0",
        tokens=32, features=("dense", "gqa", "interleaved", "rope-plain", "quantized")),
    Configuration(
        "mistral-plain", "mistral", "BF16", 3, 32, 4, 1, 16, 0, 0, 0, dense_width=48, shards=2,
        rope=Rope(theta=1000000.0),
        features=("dense", "mqa", "head-dim-free", "interleaved", "sharded", "rope-plain")),
    Configuration(
        "mistral-windowed", "mistral", "F32", 2, 32, 4, 2, 8, 0, 0, 0, dense_width=48, window=9, gguf=False,
        config_style="legacy",
        features=("dense", "gqa", "window", "legacy-config", "rope-plain", "folder-only")),

    Configuration(
        "mixtral-plain", "mixtral", "BF16", 2, 32, 4, 2, 8, 5, 2, 32, sites="all", tokens=32,
        rope=Rope(theta=1000000.0),
        features=("gqa", "odd-experts", "interleaved", "norm-topk", "rope-plain")),
    Configuration(
        "mixtral-top1", "mixtral", "BF16", 3, 48, 3, 3, 12, 7, 1, 32, tied=True, shards=2, config_style="legacy",
        features=("mha", "odd-experts", "top-1", "head-dim-free", "interleaved", "norm-topk", "tied", "sharded",
                  "legacy-config", "rope-plain")),
    Configuration(
        "mixtral-windowed", "mixtral", "BF16", 2, 32, 4, 1, 16, 4, 4, 32, window=9, gguf=False,
        features=("mqa", "top-all", "head-dim-free", "window", "norm-topk", "rope-plain", "folder-only")),
    Configuration(
        "mixtral-q4_0", "mixtral", "F32", 2, 64, 4, 2, 16, 8, 2, 32, huggingface=False, matrices="Q8_0",
        expert_matrices="Q4_0", tokens=32,
        features=("gqa", "interleaved", "norm-topk", "rope-plain", "quantized")),

    Configuration(
        "qwen2moe-plain", "qwen2moe", "BF16", 2, 32, 4, 2, 8, 5, 2, 32, shared_width=48, norm_topk=False, sites="all",
        tokens=32, features=("gqa", "odd-experts", "shared-expert", "qkv-bias", "no-norm-topk", "rope-plain")),
    Configuration(
        "qwen2moe-tied", "qwen2moe", "F32", 3, 48, 3, 3, 16, 7, 1, 32, shared_width=32, norm_topk=False, gguf=False,
        tied=True, config_style="legacy",
        features=("mha", "odd-experts", "top-1", "shared-expert", "qkv-bias", "no-norm-topk", "tied", "legacy-config",
                  "rope-plain", "folder-only")),
    Configuration(
        "qwen2moe-sparse", "qwen2moe", "BF16", 4, 32, 4, 1, 8, 5, 2, 32, shared_width=40, dense_layers=(3,),
        sparse_step=2, dense_width=48, window=8, max_window_layers=2, gguf=False, sites="all", tokens=24,
        features=("mqa", "odd-experts", "shared-expert", "dense-layers", "sparse-step", "window", "window-pattern",
                  "qkv-bias", "norm-topk", "rope-plain", "folder-only")),
    Configuration(
        "qwen2moe-unbiased", "qwen2moe", "F16", 2, 32, 4, 4, 8, 4, 4, 32, shared_width=64, norm_topk=False,
        attention_bias=False, gguf=False, shards=2,
        features=("mha", "top-all", "shared-expert", "no-attention-bias", "no-norm-topk", "sharded", "rope-plain",
                  "folder-only")),
    Configuration(
        "qwen2moe-q8_0", "qwen2moe", "F32", 2, 64, 4, 2, 16, 5, 2, 32, shared_width=64, norm_topk=False,
        huggingface=False, matrices="Q8_0", expert_matrices="MXFP4", tokens=32,
        features=("gqa", "odd-experts", "shared-expert", "qkv-bias", "no-norm-topk", "rope-plain", "quantized")),
]
