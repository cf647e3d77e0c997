"""same_numbers.py RUN: what transformers computes with the policy that wrote a run's last rollouts.

Loads policy/version-N of the run directory with AutoModelForCausalLM and compares, for the rollouts of the last GRPO step,
the log-probability of every sampled token with the one Hone recorded; then the greedy answers of the best checkpoint with
those of Hone's last evaluation. Exits 1 beyond 1e-4 or at a different answer.
"""
import json
import os
import pathlib
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pyarrow.parquet as parquet
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

run = pathlib.Path(sys.argv[1])


def load(directory):
    return AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()


def rollouts():
    step = sorted((run / "rollouts").glob("stage=*/step=*"))[-1]
    return parquet.ParquetDataset(step).read().to_pylist()


def worst_difference(rows, temperature=1.0):
    net = load(run / f"policy/version-{rows[0]['policy_version']:06d}")
    worst = 0.0
    for row in rows:
        prompt, answer = row["prompt"]["tokens"], row["tokens"]
        with torch.no_grad():
            logits = net(input_ids=torch.tensor([prompt + answer])).logits[0, len(prompt) - 1:-1]
        logp = torch.log_softmax(logits / temperature, -1)[range(len(answer)), answer]
        worst = max(worst, (logp - torch.tensor(row["logp"])).abs().max().item())
    return worst


def greedy_answers():
    directory = (run / "checkpoints/best").resolve()
    stage, step = directory.name.split("-step-")
    for line in (run / "evaluations.jsonl").read_text().splitlines():
        evaluation = json.loads(line)
        if evaluation["stage"] == stage and evaluation["step"] == int(step):
            return directory, evaluation["answers"]
    raise SystemExit(f"no evaluation of {directory}")


rows = rollouts()
worst = worst_difference(rows)
print(f"{len(rows)} rollouts, {sum(len(r['tokens']) for r in rows)} tokens: largest difference of log-probabilities {worst:.2e}")
directory, answers = greedy_answers()
net, tokenizer = load(directory), AutoTokenizer.from_pretrained(directory)
different = 0
for answer in answers:
    ids = tokenizer(answer["prompt"], return_tensors="pt")
    with torch.no_grad():
        out = net.generate(**ids, do_sample=False, max_new_tokens=answer["length"])
    different += tokenizer.decode(out[0, ids["input_ids"].shape[1]:], skip_special_tokens=True) != answer["answer"]
print(f"{len(answers)} greedy answers, {different} different")
sys.exit(worst > 1e-4 or different > 0)
