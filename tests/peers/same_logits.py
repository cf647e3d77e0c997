"""same_logits.py CHECKPOINT PROMPT COMPLETION...: loads a checkpoint of Hone's with transformers and checks its greedy text.

Prints, for a raw prompt, transformers' greedy continuation; exits 1 where it is not the completion given.
"""
import os
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

directory, prompt = sys.argv[1:3]
tokenizer = AutoTokenizer.from_pretrained(directory)
net = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
ids = tokenizer(prompt, return_tensors="pt")
with torch.no_grad():
    out = net.generate(**ids, do_sample=False, max_new_tokens=37)
text = tokenizer.decode(out[0, ids["input_ids"].shape[1]:], skip_special_tokens=True)
print(text)
if len(sys.argv) > 3 and text.strip() != sys.argv[3].strip():
    print("expected: " + sys.argv[3], file=sys.stderr)
    sys.exit(1)
