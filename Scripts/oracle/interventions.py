"""Edit activations of a transformers model by hooks, one edit at a time or several together.

An edit is a dictionary: `site` (as in the golden files), `action` (zero, replace, mean or drop), and where they apply
`head`, `expert`, `channels`, `positions` (absent: all), `from` (the run that lends the values) or `vector` (a name in
the file), `experts` (those dropped from routing).
"""
import contextlib

import torch

from .reference import expert_pieces, is_gptoss, logits, modeling, router


def split(site):
    """`blocks.2.attn.hook_z` -> (2, "attn.hook_z")."""
    _, layer, rest = site.split(".", 2)
    return int(layer), rest


def route(model, module, router_logits):
    """The family's own rule, from logits to weights and chosen experts."""
    if is_gptoss(model):
        top, chosen = torch.topk(router_logits, module.top_k, dim=-1)
        return router_logits, torch.softmax(top, dim=-1), chosen
    top, chosen = torch.topk(torch.softmax(router_logits, dim=-1), module.top_k, dim=-1)
    # Mixtral's router always brings the chosen shares to a sum of 1 and has no setting for it.
    return router_logits, top / top.sum(-1, keepdim=True) if getattr(module, "norm_topk_prob", True) else top, chosen


def changed(x, edit, donor):
    """`x` [position, …] with the edit's positions replaced by zero or by `donor`."""
    x = x.clone()
    at = edit.get("positions", slice(None))
    x[at] = 0.0 if edit["action"] == "zero" else donor if edit["action"] == "mean" else donor[at]
    return x


def on_head(x, width, edit, donor):
    """As `changed`, for one head of a projection [1, position, heads · width]."""
    heads = x[0].unflatten(-1, (-1, width)).clone()
    h = edit["head"]
    heads[:, h] = changed(heads[:, h], edit, donor if donor is None or edit["action"] == "mean" else donor[:, h])
    return heads.flatten(1)[None]


@contextlib.contextmanager
def attention_patched(model, edits):
    """Replace the rotated queries or keys, or the pattern, of single heads inside eager attention."""
    m, original = modeling(model), modeling(model).eager_attention_forward

    def patched(module, query, key, value, mask, scaling, **kwargs):
        mine = [(e, d) for e, d in edits if split(e["site"])[0] == module.layer_idx]
        for edit, donor in mine:
            for target, name in ((query, "rot_q"), (key, "rot_k")):
                if edit["site"].endswith(name):
                    target[0, edit["head"]] = changed(target[0, edit["head"]], edit, donor[:, edit["head"]])
        out, pattern = original(module, query, key, value, mask, scaling=scaling, **kwargs)
        for edit, donor in mine:
            if edit["site"].endswith("pattern"):
                h = edit["head"]
                pattern[0, h] = changed(pattern[0, h], edit, None if donor is None else donor[h])
                out = torch.matmul(pattern, m.repeat_kv(value, module.num_key_value_groups)).transpose(1, 2)
        return out, pattern

    m.eager_attention_forward = patched
    try:
        yield
    finally:
        m.eager_attention_forward = original


def expert_hook(model, edit, donor):
    """Change one expert's output, or channels of what enters its down projection; routing weights stay."""
    e = edit["expert"]

    def hook(module, args, output):
        x, chosen, weights = args
        _, _, post, old = expert_pieces(model, module, e, x)
        if "channels" in edit:
            post = post.clone()
            post[:, edit["channels"]] = 0.0
            down = module.down_proj[e] if is_gptoss(model) else module.down_proj[e].T
            new = post @ down + (module.down_proj_bias[e] if is_gptoss(model) else 0.0)
        else:
            new = changed(old, edit, donor)
        return output + (new - old) * torch.where(chosen == e, weights, 0.0).sum(1, keepdim=True)
    return hook


def router_hook(model, edit, donor):
    def hook(module, args, output):
        x = output[0].clone()
        if edit["action"] == "drop":
            x[:, edit["experts"]] = float("-inf")
        else:
            x = changed(x, edit, donor)
        return route(model, module, x)
    return hook


def register(model, edit, donor):
    l, site = split(edit["site"])
    layer = model.model.layers[l]
    width = layer.self_attn.head_dim
    whole = lambda x: changed(x[0], edit, donor)[None]
    first = lambda output, x: (x, *output[1:]) if isinstance(output, tuple) else x
    value = lambda output: output[0] if isinstance(output, tuple) else output
    if site == "attn.hook_z":
        return layer.self_attn.o_proj.register_forward_pre_hook(
            lambda m, args: (on_head(args[0], width, edit, donor),))
    if site in ("attn.hook_q", "attn.hook_k", "attn.hook_v"):
        return getattr(layer.self_attn, site[-1] + "_proj").register_forward_hook(
            lambda m, args, output: on_head(output, width, edit, donor))
    if site == "hook_resid_pre":
        return layer.register_forward_pre_hook(lambda m, args: (whole(args[0]), *args[1:]))
    if site == "hook_resid_post":
        return layer.register_forward_hook(lambda m, args, output: first(output, whole(value(output))))
    if site == "hook_attn_out":
        return layer.self_attn.register_forward_hook(lambda m, args, output: first(output, whole(value(output))))
    if site == "hook_mlp_out":
        return layer.mlp.register_forward_hook(lambda m, args, output: first(output, whole(value(output))))
    if site == "mlp.hook_router_logits":
        return router(layer).register_forward_hook(router_hook(model, edit, donor))
    if site.startswith("mlp.experts."):
        return layer.mlp.experts.register_forward_hook(expert_hook(model, edit, donor))
    raise ValueError(site)


def run(model, tokens, edits, runs, vectors):
    """Logits of all positions under the edits; `runs` are the recorded sites of the runs that lend values."""
    def donor(edit):
        if "vector" in edit:
            return vectors[edit["vector"]]
        return runs[edit["from"]][edit["site"]] if "from" in edit else None

    inside = ("hook_rot_q", "hook_rot_k", "hook_pattern")
    within = [(e, donor(e)) for e in edits if e["site"].endswith(inside)]
    handles = [register(model, e, donor(e)) for e in edits if not e["site"].endswith(inside)]
    try:
        with attention_patched(model, within):
            return logits(model, tokens)
    finally:
        for handle in handles:
            handle.remove()
