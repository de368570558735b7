"""Run a model in transformers and take every site from its modules.

What a module returns is recorded by a hook; what lies inside a module is recomputed from the module's own inputs with
transformers' own functions and parameters, and then checked to recombine into what the module returned.
"""
import sys

import torch
from transformers import AutoModelForCausalLM

torch.set_grad_enabled(False)


def load(folder, has_experts=True):
    experts = {"experts_implementation": "eager"} if has_experts else {}
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", **experts).eval()
    assert all(p.dtype == torch.float32 for p in model.parameters())
    return model


def check_values(model, expected):
    """The model holds exactly the float32 values that the files are meant to decode to."""
    held = model.state_dict()
    # Mixtral's names on disk are older than those in memory.
    renamed = {"block_sparse_moe": "mlp", "w1.weight": "gate_proj.weight", "w3.weight": "up_proj.weight",
               "w2.weight": "down_proj.weight"}
    for old, new in renamed.items():
        expected = {name.replace(old, new): x for name, x in expected.items()}
    for name, x in held.items():
        if name in expected:
            want = expected[name]
        elif name == "lm_head.weight":
            want = expected["model.embed_tokens.weight"]
        else:  # experts, fused by transformers as it loads them
            stem, part = name.rsplit(".", 1)
            parts = {"gate_up_proj": ("gate_proj", "up_proj"), "down_proj": ("down_proj",)}[part]
            want = torch.stack([
                torch.cat([expected[f"{stem}.{e}.{p}.weight"] for p in parts]) for e in range(x.shape[0])])
        assert torch.equal(x, want), name


def modeling(model):
    return sys.modules[type(model).__module__]


def is_gptoss(model):
    return model.config.model_type == "gpt_oss"


def is_sparse(layer):
    return hasattr(layer.mlp, "experts")


def router(layer):
    return layer.mlp.router if hasattr(layer.mlp, "router") else layer.mlp.gate


def logits(model, tokens):
    ids = torch.as_tensor(tokens, dtype=torch.long)[None]
    return model(ids, use_cache=False).logits[0]


class Recorder:
    """Module name -> what went in and came out, for one run."""

    def __init__(self, model):
        self.inputs, self.keywords, self.outputs, self.handles = {}, {}, {}, []
        for name, module in model.named_modules():
            self.handles.append(module.register_forward_hook(self._hook(name), with_kwargs=True))

    def _hook(self, name):
        def hook(module, args, kwargs, output):
            self.inputs[name], self.keywords[name], self.outputs[name] = args, kwargs, output
        return hook

    def close(self):
        for handle in self.handles:
            handle.remove()


def close(a, b, what, bound=2e-6):
    error = (a - b).abs().max().item()
    scale = max(b.abs().max().item(), 1e-3)
    assert error <= bound * scale * 10, f"{what}: {error} of {scale}"


def norm_sites(out, key, x, module, output):
    scale = torch.sqrt(x.pow(2).mean(-1, keepdim=True) + module.variance_epsilon)
    out[key + ".hook_scale"] = scale
    out[key + ".hook_normalized"] = x / scale
    close(x / scale * module.weight, output, key)


def attention_sites(out, b, model, layer, seen, name):
    c, m = model.config, layer.self_attn
    attn_in = seen.keywords[name + ".self_attn"].get("hidden_states")
    attn_in = seen.inputs[name + ".self_attn"][0] if attn_in is None else attn_in
    out[b + "attn.hook_in"] = attn_in[0]
    heads = lambda x: x.view(1, x.shape[1], -1, m.head_dim)
    projections = {p: heads(seen.outputs[f"{name}.self_attn.{p}_proj"]) for p in "qkv"}
    for p, x in projections.items():
        out[f"{b}attn.hook_{p}"] = x[0]
    q, k, v = (projections[p].transpose(1, 2) for p in "qkv")
    if hasattr(m, "q_norm"):
        # OLMoE's norms come before the heads are told apart.
        q, k = (heads(seen.outputs[f"{name}.self_attn.{p}_norm"].flatten(2)).transpose(1, 2) for p in "qk")
    cos, sin = seen.keywords[name + ".self_attn"]["position_embeddings"]
    q, k = modeling(model).apply_rotary_pos_emb(q, k, cos, sin)
    out[b + "attn.hook_rot_q"], out[b + "attn.hook_rot_k"] = q[0].transpose(0, 1), k[0].transpose(0, 1)
    mask = seen.keywords[name + ".self_attn"]["attention_mask"]
    scores = torch.matmul(q, modeling(model).repeat_kv(k, m.num_key_value_groups).transpose(2, 3)) * m.scaling
    scores = scores.masked_fill(mask < -1e30, float("-inf"))
    out[b + "attn.hook_attn_scores"] = scores[0]
    attn_out, pattern = seen.outputs[name + ".self_attn"]
    out[b + "attn.hook_pattern"] = pattern[0]
    z = seen.inputs[name + ".self_attn.o_proj"][0]
    out[b + "attn.hook_z"] = heads(z)[0]
    out[b + "hook_attn_out"] = attn_out[0]
    columns = [scores]
    if hasattr(m, "sinks"):
        columns.append(m.sinks.reshape(1, -1, 1, 1).expand(1, -1, scores.shape[2], 1))
    close(torch.softmax(torch.cat(columns, -1), -1)[..., :scores.shape[-1]], pattern, b + "pattern")
    mixed = torch.matmul(pattern, modeling(model).repeat_kv(v, m.num_key_value_groups))
    close(mixed.transpose(1, 2), heads(z), b + "z")
    assert torch.equal(m.o_proj(z), attn_out) and c.num_attention_heads == pattern.shape[1]


def expert_pieces(model, experts, e, x):
    """Gate and up pre-activations, what enters down, and the output of one expert for all tokens."""
    if is_gptoss(model):
        both = x @ experts.gate_up_proj[e] + experts.gate_up_proj_bias[e]
        post = experts._apply_gate(both)
        return both[..., ::2], both[..., 1::2], post, post @ experts.down_proj[e] + experts.down_proj_bias[e]
    gate, up = torch.nn.functional.linear(x, experts.gate_up_proj[e]).chunk(2, dim=-1)
    post = experts.act_fn(gate) * up
    return gate, up, post, torch.nn.functional.linear(post, experts.down_proj[e])


def sparse_sites(out, b, model, layer, seen, name, mlp_in):
    route = name + (".mlp.router" if is_gptoss(model) else ".mlp.gate")
    router_logits, weights, indices = seen.outputs[route]
    order = router_logits.gather(1, indices)
    assert (order[:, 1:] <= order[:, :-1]).all()
    out[b + "mlp.hook_router_logits"] = router_logits
    out[b + "mlp.hook_expert_indices"] = indices.to(torch.int32)
    out[b + "mlp.hook_expert_weights"] = weights
    total = torch.zeros_like(mlp_in)
    for e in range(layer.mlp.experts.num_experts):
        pieces = expert_pieces(model, layer.mlp.experts, e, mlp_in)
        for site, x in zip(("pre", "pre_linear", "post", "out"), pieces):
            out[f"{b}mlp.experts.{e}.hook_{site}"] = x
        total += pieces[3] * torch.where(indices == e, weights, 0.0).sum(1, keepdim=True)
    close(total, seen.outputs[name + ".mlp.experts"], b + "experts")
    if hasattr(layer.mlp, "shared_expert"):
        shared = name + ".mlp.shared_expert"
        weight = torch.sigmoid(seen.outputs[shared + "_gate"])
        out[b + "mlp.shared_expert.hook_pre"] = seen.outputs[shared + ".gate_proj"]
        out[b + "mlp.shared_expert.hook_pre_linear"] = seen.outputs[shared + ".up_proj"]
        out[b + "mlp.shared_expert.hook_post"] = seen.inputs[shared + ".down_proj"][0]
        out[b + "mlp.shared_expert.hook_out"] = seen.outputs[shared]
        out[b + "mlp.shared_expert.hook_weight"] = weight
        whole = total + weight * seen.outputs[shared]
        close(whole, seen.outputs[name + ".mlp"].reshape(total.shape), b + "shared expert")


def sites(model, tokens):
    """Every site of one run, under its TransformerLens-style name, and `logits`."""
    seen = Recorder(model)
    out = {"logits": logits(model, tokens)}
    seen.close()
    out["hook_embed"] = seen.outputs["model.embed_tokens"][0]
    for l, layer in enumerate(model.model.layers):
        name, b = f"model.layers.{l}", f"blocks.{l}."
        pre = seen.inputs[name][0][0]
        mid = seen.inputs[name + ".post_attention_layernorm"][0][0]
        post = seen.outputs[name]
        post = (post[0] if isinstance(post, tuple) else post)[0]
        out[b + "hook_resid_pre"], out[b + "hook_resid_mid"], out[b + "hook_resid_post"] = pre, mid, post
        norm_sites(out, b + "ln1", pre, layer.input_layernorm, seen.outputs[name + ".input_layernorm"][0])
        norm_sites(out, b + "ln2", mid, layer.post_attention_layernorm,
                   seen.outputs[name + ".post_attention_layernorm"][0])
        attention_sites(out, b, model, layer, seen, name)
        mlp_in = seen.outputs[name + ".post_attention_layernorm"][0]
        out[b + "mlp.hook_in"] = mlp_in
        mlp_out = seen.outputs[name + ".mlp"]
        out[b + "hook_mlp_out"] = (mlp_out[0] if isinstance(mlp_out, tuple) else mlp_out)[0].reshape(pre.shape)
        if is_sparse(layer):
            sparse_sites(out, b, model, layer, seen, name, mlp_in)
        else:
            out[b + "mlp.hook_pre"] = seen.outputs[name + ".mlp.gate_proj"][0]
            out[b + "mlp.hook_pre_linear"] = seen.outputs[name + ".mlp.up_proj"][0]
            out[b + "mlp.hook_post"] = seen.inputs[name + ".mlp.down_proj"][0][0]
        assert torch.equal(pre + out[b + "hook_attn_out"], mid) and torch.equal(mid + out[b + "hook_mlp_out"], post)
    norm_sites(out, "ln_final", seen.inputs["model.norm"][0][0], model.model.norm, seen.outputs["model.norm"][0])
    return {k: v.contiguous().clone() for k, v in out.items()}


def router_margin(out, layers):
    """The smallest gap between neighbours among the first k+1 router logits, over all positions and layers."""
    least = float("inf")
    for l in range(layers):
        key = f"blocks.{l}.mlp.hook_router_logits"
        if key in out:
            k = out[f"blocks.{l}.mlp.hook_expert_indices"].shape[1]
            top = out[key].sort(-1, descending=True).values[:, :k + 1]
            if top.shape[1] > 1:
                least = min(least, (top[:, :-1] - top[:, 1:]).min().item())
    return least


def update_ratios(out, layers):
    """How each block's update compares with the residual stream it is added to (root mean squares)."""
    rms = lambda x: x.pow(2).mean().sqrt().item()
    result = {}
    for l in range(layers):
        for part, at in (("attn", "pre"), ("mlp", "mid")):
            ratio = rms(out[f"blocks.{l}.hook_{part}_out"]) / rms(out[f"blocks.{l}.hook_resid_{at}"])
            result[f"blocks.{l}.{part}"] = round(ratio, 3)
    return result
