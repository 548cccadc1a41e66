#!/usr/bin/env python3
"""Speed of Hugging Face pre-training on a CPU: AlbertForPreTraining in a bare loop.

usage: pretraining_peer.py [--size tiny|base] [--vocab-size N] [--steps N] [--threads N] [--bf16]

Random weights, batches of 32 examples that all have the full 128 tokens, so that none is padding and making them costs nothing;
20 hidden tokens in each, a label for the order; no dropout, AdamW, clipping at norm 1; --bf16 under torch.autocast. One JSON line:
tokens a second over all steps after the warm-up and for the median step, and the peak resident memory of the process.
"""
import argparse, contextlib, json, resource, statistics, time
import torch, transformers
from transformers import AlbertConfig, AlbertForPreTraining
transformers.logging.set_verbosity_error()

SIZES = dict(base=dict(hidden_size=768, num_attention_heads=12, num_hidden_layers=12, intermediate_size=3072),
             tiny=dict(hidden_size=312, num_attention_heads=12, num_hidden_layers=4, intermediate_size=1248))
HIDDEN = 20


def batch_of(a):
    ids = torch.randint(5, a.vocab_size, (a.batch, a.length))
    labels = torch.full_like(ids, -100)
    for row in range(a.batch):
        places = torch.randperm(a.length)[:HIDDEN]
        labels[row, places] = ids[row, places]
    return dict(input_ids=ids, attention_mask=torch.ones_like(ids), token_type_ids=(torch.arange(a.length) > a.length // 2).long().expand(a.batch, -1).contiguous(),
                labels=labels, sentence_order_label=torch.randint(0, 2, (a.batch,)))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--size', choices=SIZES, default='tiny'); p.add_argument('--vocab-size', type=int, default=8000)
    p.add_argument('--steps', type=int, default=20); p.add_argument('--warmup', type=int, default=5); p.add_argument('--threads', type=int, default=2)
    p.add_argument('--batch', type=int, default=32); p.add_argument('--length', type=int, default=128); p.add_argument('--bf16', action='store_true')
    a = p.parse_args()
    torch.set_num_threads(a.threads); torch.manual_seed(1)
    model = AlbertForPreTraining(AlbertConfig(vocab_size=a.vocab_size, embedding_size=128, hidden_act='gelu_new', **SIZES[a.size])).train()
    opt = torch.optim.AdamW(model.parameters(), lr=5e-5, weight_decay=0.01)
    seconds = []
    for _ in range(a.warmup + a.steps):
        batch = batch_of(a)
        start = time.perf_counter()
        with torch.autocast('cpu', dtype=torch.bfloat16) if a.bf16 else contextlib.nullcontext(): loss = model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0); opt.step(); opt.zero_grad()
        seconds.append(time.perf_counter() - start)
    seconds = seconds[a.warmup:]
    tokens = a.batch * a.length
    print(json.dumps(dict(peer='transformers AlbertForPreTraining', model=a.size, threads=a.threads, precision='BF16' if a.bf16 else 'FP32', steps=len(seconds),
                          real_tokens_per_s=round(tokens * len(seconds) / sum(seconds), 1), median_real_tokens_per_s=round(tokens / statistics.median(seconds), 1),
                          peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                          versions=dict(torch=torch.__version__, transformers=transformers.__version__))), flush=True)


if __name__ == '__main__': main()
