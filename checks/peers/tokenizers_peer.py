#!/usr/bin/env python3
"""Single-thread tokenization speed of the Python world: Hugging Face `tokenizers` (Rust) and C++ `sentencepiece`.

usage: tokenizers_peer.py FILE [--spiece spiece.model] [--vocab vocab.txt] [--repeat N] [--lines N]

FILE: one text a line (`.gz` is read as is; `.jsonl` lines give their field "text"). One JSON line per measurement: the
median MB/s of UTF-8 input over the timed rounds. Every peer makes ids with special tokens and, where it has them,
offsets; `one` encodes a text a call, `batch` all of them in one call on one thread, `best` is the faster of the two.
"""
import argparse, gzip, json, os, statistics, time
os.environ.update(TOKENIZERS_PARALLELISM='false', RAYON_NUM_THREADS='1')      # read when the Rust library is loaded
import unicodedata
import sentencepiece, tokenizers
from sentencepiece import sentencepiece_model_pb2 as pb
from tokenizers import Regex, Tokenizer, decoders, models, normalizers as norm, pre_tokenizers as pre, processors


def albert(spiece):
    """The published tokenizer.json of albert-base-v2, rebuilt: five special tokens, digit+comma pieces lowered by 100."""
    m = pb.ModelProto(); m.ParseFromString(open(spiece, 'rb').read())
    cut = lambda p: len(p) > 1 and p[-1] == ',' and p[-2].isdigit()
    t = Tokenizer(models.Unigram([(p.piece, p.score - 100 * cut(p.piece)) for p in m.pieces], unk_id=1, byte_fallback=False))
    t.normalizer = norm.Sequence([norm.Replace('``', '"'), norm.Replace("''", '"'), norm.NFKD(), norm.StripAccents(), norm.Lowercase(),
                                  *([norm.Precompiled(m.normalizer_spec.precompiled_charsmap)] if m.normalizer_spec.precompiled_charsmap else []),
                                  norm.Replace(Regex(' {2,}'), ' ')])
    t.pre_tokenizer = pre.Sequence([pre.WhitespaceSplit(), pre.Metaspace(replacement='\u2581', prepend_scheme='always')])
    t.decoder = decoders.Metaspace()
    t.add_special_tokens(['<pad>', '<unk>', '[CLS]', '[SEP]', tokenizers.AddedToken('[MASK]', lstrip=True, special=True)])
    return brackets(t)


def chinese_bert(vocab):
    words = {w.rstrip('\n'): i for i, w in enumerate(open(vocab, encoding='utf-8'))}
    t = Tokenizer(models.WordPiece(words, unk_token='[UNK]', max_input_chars_per_word=100))
    t.normalizer = norm.BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True)
    t.pre_tokenizer = pre.BertPreTokenizer()
    t.add_special_tokens(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'])
    return brackets(t)


def brackets(t):
    cls, sep = t.token_to_id('[CLS]'), t.token_to_id('[SEP]')
    t.post_processor = processors.TemplateProcessing(single='[CLS]:0 $A:0 [SEP]:0', pair='[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1',
                                                     special_tokens=[('[CLS]', cls), ('[SEP]', sep)])
    return t


class Google:
    """google-research/albert's tokenization.py: preprocess_text in Python, sentencepiece in C++, commas cut off numbers."""

    def __init__(self, spiece):
        self.sp = sentencepiece.SentencePieceProcessor(model_file=spiece, num_threads=1)
        p = (self.sp.id_to_piece(i) for i in range(self.sp.get_piece_size()))
        self.cut = {i for i, x in enumerate(p) if len(x) > 1 and x[-1] == ',' and x[-2].isdigit()}

    def preprocess(self, text):
        text = unicodedata.normalize('NFKD', ' '.join(text.split()))
        if not text.isascii(): text = ''.join([c for c in text if not unicodedata.combining(c)])
        return text.lower()

    def finish(self, ids):
        return [2, *(ids if self.cut.isdisjoint(ids) else self.without_commas(ids)), 3]

    def without_commas(self, ids):
        out = []
        for i in ids:
            if i not in self.cut: out.append(i); continue
            piece = self.sp.id_to_piece(i)
            parts = self.sp.encode(piece[:-1].replace('\u2581', ''), out_type=str)
            if piece[0] != '\u2581' and parts[0][0] == '\u2581': parts = parts[1:] if len(parts[0]) == 1 else [parts[0][1:], *parts[1:]]
            out += [self.sp.piece_to_id(x) for x in [*parts, ',']]
        return out

    def encode(self, text): return self.finish(self.sp.encode(self.preprocess(text)))

    def encode_batch(self, texts): return [self.finish(i) for i in self.sp.encode([self.preprocess(t) for t in texts], num_threads=1)]


def read(path, limit):
    with (gzip.open if path.endswith('.gz') else open)(path, 'rt', encoding='utf-8') as f: lines = [l.rstrip('\n') for l in f]
    if path.removesuffix('.gz').endswith('.jsonl'): lines = [json.loads(l)['text'] for l in lines if l]
    return [l for l in lines if l][:limit]


def seconds(work, repeat):
    work()                                                                    # warm-up; fills the libraries' caches
    rounds = []
    for _ in range(repeat):
        start = time.perf_counter(); work(); rounds.append(time.perf_counter() - start)
    return statistics.median(rounds)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('file'); p.add_argument('--spiece'); p.add_argument('--vocab')
    p.add_argument('--repeat', type=int, default=5); p.add_argument('--lines', type=int)
    a = p.parse_args()
    texts = read(a.file, a.lines); size = sum(len(t.encode()) for t in texts) / 1e6
    peers = {}
    if a.spiece:
        peers['tokenizers albert unigram'] = albert(a.spiece), lambda e: e.ids
        g = Google(a.spiece)
        peers['sentencepiece google preprocessing'] = g, lambda ids: ids
        ready = [g.preprocess(t) for t in texts]                              # the C++ alone, for the record
    if a.vocab: peers['tokenizers bert wordpiece'] = chinese_bert(a.vocab), lambda e: e.ids
    def report(name, one, batch, tokens):
        one, batch = (size / seconds(w, a.repeat) for w in (one, batch))
        print(json.dumps(dict(peer=name, file=a.file, texts=len(texts), megabytes=round(size, 3), tokens=tokens, one_mb_s=round(one, 3),
                              batch_mb_s=round(batch, 3), best_mb_s=round(max(one, batch), 3), threads=1,
                              versions=dict(tokenizers=tokenizers.__version__, sentencepiece=sentencepiece.__version__))), flush=True)
    for name, (t, ids) in peers.items():
        def one():
            for x in texts: t.encode(x)
        report(name, one, lambda: t.encode_batch(texts), sum(len(ids(t.encode(x))) for x in texts))
    if a.spiece:
        def one():
            for x in ready: g.sp.encode(x)
        report('sentencepiece alone, text already preprocessed', one, lambda: g.sp.encode(ready, num_threads=1), sum(len(i) for i in g.sp.encode(ready)))


if __name__ == '__main__': main()
