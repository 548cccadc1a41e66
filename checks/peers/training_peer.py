#!/usr/bin/env python3
"""Speed of Hugging Face fine-tuning on a CPU: AlbertForSequenceClassification as its Trainer feeds it.

usage: training_peer.py TRAIN.jsonl[.gz] --spiece spiece.model [--size tiny|base] [--steps N] [--threads N] [--trainer]

Random weights, IMDB reviews at their natural lengths cut at --max-length, shuffled, batches padded to their longest text
(DataCollatorWithPadding, the Trainer's default), dropout 0.1, AdamW, clipping at norm 1: the Trainer's arithmetic in a bare loop,
or the Trainer itself with --trainer. One JSON line: real tokens (padding not counted) a second, from the median step after
the warm-up steps and over all of them together, padded tokens a second, and the peak resident memory of the process.
Where page faults are dear (virtual machines), GLIBC_TUNABLES=glibc.malloc.hugetlb=1 helps PyTorch: run it with and without,
and report the better.
"""
import argparse, gzip, json, resource, statistics, tempfile, time
import torch, transformers
from transformers import AlbertConfig, AlbertForSequenceClassification, DataCollatorWithPadding, PreTrainedTokenizerFast
from tokenizers_peer import albert
transformers.logging.set_verbosity_error()

SIZES = dict(base=dict(hidden_size=768, num_attention_heads=12, num_hidden_layers=12, intermediate_size=3072),
             tiny=dict(hidden_size=312, num_attention_heads=12, num_hidden_layers=4, intermediate_size=1248))


def examples_of(a, tokenizer, count):
    """The texts of `count` batches, shuffled and tokenized beforehand, as `datasets.map` would."""
    with (gzip.open if a.train.endswith('.gz') else open)(a.train, 'rt', encoding='utf-8') as f: rows = [json.loads(l) for l in f]
    g = torch.Generator().manual_seed(1)
    rows = [rows[i] for i in torch.randperm(len(rows), generator=g).tolist()[:count * a.batch]]
    return [dict(**tokenizer(r['text'], truncation=True, max_length=a.max_length), label=r['label']) for r in rows]


def loop(model, examples, collate, a):
    opt = torch.optim.AdamW(model.parameters(), lr=5e-5, weight_decay=0.01)
    for k in range(0, len(examples), a.batch):
        start = time.perf_counter()
        batch = collate(examples[k:k + a.batch])
        model(**batch).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0); opt.step(); opt.zero_grad()
        yield int(batch['attention_mask'].sum()), batch['attention_mask'].numel(), time.perf_counter() - start


def trainer(model, examples, collate, a):
    """The Trainer itself; a callback takes the time of each step, and the collator counts the tokens."""
    steps, counts = [], []
    def counting(features):
        batch = collate(features); counts.append((int(batch['attention_mask'].sum()), batch['attention_mask'].numel())); return batch
    class Clock(transformers.TrainerCallback):
        def on_train_begin(self, *_, **__): self.last = time.perf_counter()
        def on_step_end(self, *_, **__): now = time.perf_counter(); steps.append(now - self.last); self.last = now
    args = transformers.TrainingArguments(output_dir=tempfile.gettempdir(), per_device_train_batch_size=a.batch, num_train_epochs=1, save_strategy='no',
                                          logging_strategy='no', report_to=[], use_cpu=True, disable_tqdm=True)
    transformers.Trainer(model, args, train_dataset=examples, data_collator=counting, callbacks=[Clock()]).train()
    return [(*c, s) for c, s in zip(counts, steps)]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('train'); p.add_argument('--spiece', required=True); p.add_argument('--size', choices=SIZES, default='tiny')
    p.add_argument('--steps', type=int, default=20); p.add_argument('--warmup', type=int, default=3); p.add_argument('--threads', type=int, default=2)
    p.add_argument('--batch', type=int, default=32); p.add_argument('--max-length', type=int, default=256); p.add_argument('--trainer', action='store_true')
    a = p.parse_args()
    torch.set_num_threads(a.threads); torch.manual_seed(1)
    t = PreTrainedTokenizerFast(tokenizer_object=albert(a.spiece), pad_token='<pad>', cls_token='[CLS]', sep_token='[SEP]')
    model = AlbertForSequenceClassification(AlbertConfig(vocab_size=30000, embedding_size=128, hidden_act='gelu_new', hidden_dropout_prob=0.1,
                                                         attention_probs_dropout_prob=0.1, num_labels=2, **SIZES[a.size])).train()
    collate = DataCollatorWithPadding(t)
    examples = examples_of(a, t, a.warmup + a.steps)
    done = list((trainer if a.trainer else loop)(model, examples, collate, a))[a.warmup:]
    real, padded, secs = (sum(x) for x in zip(*done))
    print(json.dumps(dict(peer='transformers Trainer' if a.trainer else 'transformers in a bare loop', model=a.size, threads=a.threads, batch=a.batch,
                          max_length=a.max_length, steps=len(done), real_tokens_per_s=round(real / secs, 1),
                          median_real_tokens_per_s=round(statistics.median(r / s for r, _, s in done), 1), padded_tokens_per_s=round(padded / secs, 1),
                          padding=round(1 - real / padded, 3), peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                          versions=dict(torch=torch.__version__, transformers=transformers.__version__))), flush=True)


if __name__ == '__main__': main()
