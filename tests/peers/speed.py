"""Times transformers and TRL: speed.py model DIR | transformers [CHECKPOINT] | trl [CHECKPOINT PROMPTS] | peak

On a random 12.5M-parameter DeepSeek-V3, or on a checkpoint; PROMPTS is JSON lines with a `prompt`, of which TRL's step takes
the first eight. Medians over repetitions for every dtype (and expert implementation) tried, and the process's peak
resident memory. See README.md beside this file.
"""
import itertools
import json
import os
import resource
import statistics
import sys
import tempfile
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, DeepseekV3Config, DeepseekV3ForCausalLM

VOCABULARY, PROMPT, NEW = 4096, 64, 128
CHECKPOINT = None


def model(dtype=torch.float32, experts="grouped_mm"):
    if CHECKPOINT:
        return AutoModelForCausalLM.from_pretrained(CHECKPOINT, dtype=dtype, attn_implementation="sdpa")
    torch.manual_seed(0)
    config = DeepseekV3Config(
        vocab_size=VOCABULARY, hidden_size=256, intermediate_size=1024, moe_intermediate_size=128,
        num_hidden_layers=6, num_attention_heads=8, num_key_value_heads=8, n_shared_experts=1,
        n_routed_experts=16, routed_scaling_factor=2.5, kv_lora_rank=64, q_lora_rank=128,
        qk_rope_head_dim=16, v_head_dim=32, qk_nope_head_dim=32, n_group=4, topk_group=2,
        num_experts_per_tok=4, first_k_dense_replace=1, norm_topk_prob=True,
        max_position_embeddings=2048, pad_token_id=0, bos_token_id=1, eos_token_id=2,
        rope_parameters=dict(rope_type="default", rope_theta=10000.0), num_nextn_predict_layers=0)
    net = DeepseekV3ForCausalLM(config)
    net.set_attn_implementation("sdpa")
    net.set_experts_implementation(experts)
    return net.to(dtype)


def rate(tokens, work, repetitions=5):
    for _ in range(2):
        work()
    seconds = []
    for _ in range(repetitions):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return tokens / statistics.median(seconds)


def ids(rows, columns):
    return torch.randint(3, VOCABULARY, (rows, columns), generator=torch.Generator().manual_seed(1))


def generation(net, batch):
    prompt = ids(batch, PROMPT)
    net.generation_config.eos_token_id = None
    settings = dict(do_sample=True, temperature=1.0, top_k=0, top_p=1.0, max_new_tokens=NEW,
                    min_new_tokens=NEW, eos_token_id=None, pad_token_id=0)
    with torch.no_grad():
        return rate(batch * NEW, lambda: net.eval().generate(
            input_ids=prompt, attention_mask=torch.ones_like(prompt), **settings))


def training(net, autocast, batch=8, length=192):
    tokens = ids(batch, length)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-6, fused=True)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
            logits = net(input_ids=tokens, use_cache=False).logits
        torch.nn.functional.cross_entropy(
            logits[:, :-1].reshape(-1, logits.shape[-1]).float(), tokens[:, 1:].reshape(-1)).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()

    return rate(batch * length, step)


def transformers_speed():
    experts = ("-",) if CHECKPOINT else ("grouped_mm", "eager", "batched_mm")
    for batch in (16, 1):
        for dtype, e in itertools.product((torch.float32, torch.bfloat16), experts):
            print(f"generation, batch {batch}, prompt {PROMPT}, {NEW} new tokens, {dtype}, {e}: "
                  f"new tokens/s {generation(model(dtype, e), batch):.1f}", flush=True)
    for autocast, e in itertools.product((False, True), experts):
        print(f"forward, backward and AdamW, 8 x 192 tokens, {'bf16-autocast' if autocast else 'fp32'}, {e}: "
              f"tokens/s {training(model(experts=e).train(), autocast):.1f}", flush=True)


def peak():
    for rows, inner, columns in ((2048, 2048, 2048), (1024, 1024, 1024), (1536, 256, 1024), (1536, 256, 256)):
        for dtype in (torch.float32, torch.bfloat16):
            a, b = torch.randn(rows, inner).to(dtype), torch.randn(inner, columns).to(dtype)
            gflop = 2 * rows * inner * columns / 1e9
            print(f"{rows} x {inner} x {columns}, {dtype}: GFLOPS {rate(20 * gflop, lambda: [a @ b for _ in range(20)]):.0f}")
    numbers = torch.randn(67_000_000)  # as many bytes as SmolLM2-135M's weights in bf16
    print(f"reading 268 MB: GB/s {rate(numbers.numel() * 4e-9, numbers.sum, 11):.1f}")


def word_tokenizer():
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = {"<pad>": 0, "<bos>": 1, "<eos>": 2} | {f"w{i}": i for i in range(3, VOCABULARY)}
    core = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    core.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=core, pad_token="<pad>", bos_token="<bos>", eos_token="<eos>")


def trl_speed(prompts=None, steps=6):
    """A step of 2 x 8 answers of 128 tokens, or of 8 x 8 of 40 where prompts are given."""
    from datasets import Dataset
    from transformers import TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    new, batch, accumulation = (40, 16, 4) if prompts else (NEW, 16, 1)
    answers = batch * accumulation
    tokenizer = AutoTokenizer.from_pretrained(CHECKPOINT) if prompts else word_tokenizer()
    prompts = prompts or [" ".join(f"w{i}" for i in row) for row in ids(64, PROMPT).tolist()]
    net = model()
    net.generation_config.eos_token_id = None
    marks = []

    class Clock(TrainerCallback):
        def on_step_begin(self, *_, **__):
            marks.append(time.perf_counter())

        def on_step_end(self, *_, **__):
            marks.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as out:
        trainer = GRPOTrainer(
            model=net, processing_class=tokenizer, callbacks=[Clock()],
            train_dataset=Dataset.from_list([{"prompt": p} for p in prompts]),
            reward_funcs=lambda completions, **_: [float(len(c) % 2) for c in completions],
            args=GRPOConfig(
                output_dir=out, per_device_train_batch_size=batch, num_generations=8, beta=0.0,
                gradient_accumulation_steps=accumulation, max_completion_length=new,
                generation_kwargs={"min_new_tokens": new}, max_steps=steps, bf16=False, use_cpu=True, report_to=[],
                save_strategy="no", learning_rate=1e-6, disable_tqdm=True,
                gradient_checkpointing=False))
        trainer.train()
    seconds = [b - a for a, b in zip(marks[::2], marks[1::2])][1:]
    print(f"GRPO step, {answers // 8} x 8 answers of {new} tokens: "
          f"new tokens/s {answers * new / statistics.median(seconds):.1f}")


if __name__ == "__main__":
    torch.set_num_threads(2)
    what = sys.argv[1] if len(sys.argv) > 1 else "transformers"
    if what == "model":
        model().save_pretrained(sys.argv[2])
        sys.exit()
    if what == "peak":
        peak()
        sys.exit()
    CHECKPOINT = sys.argv[2] if len(sys.argv) > 2 else None
    if what == "trl":
        rows = [json.loads(line) for line in open(sys.argv[3])][:8] if len(sys.argv) > 3 else []
        trl_speed([row["prompt"] for row in rows] * 8)
    else:
        transformers_speed()
    print(f"peak resident memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
