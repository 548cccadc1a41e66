#!/usr/bin/env python3
"""Latency of ALBERT through PyTorch and ONNX Runtime, batch 1, fp32.

usage: encoder_peer.py [MODEL_DIR | base | tiny] [--threads N] [--lengths 8,16,…] [--engines torch,ort,ort-old,…] [--seconds S]
                       [--batch TOKENS.jsonl] [--torchscript MODEL.pt] [--peak]

MODEL_DIR is what `save_pretrained` writes; `base` and `tiny` are random weights of those sizes. One JSON line per engine and
length: the median, in milliseconds, of runs that fill S seconds (at least 10) after a warm-up, input and output as numpy
arrays or tensors in memory. torch = AlbertModel, eager loop, inference_mode, its default attention (sdpa); torch-compile = the same through
torch.compile, for each length anew; ort = the standard
torch.onnx export; ort-old = the exporter before it (dynamo=False, eager attention); ort-optimized, ort-old-optimized = the
same after onnxruntime.transformers.optimizer; ort-int8, ort-old-int8 = the same after quantize_dynamic.
With --batch, lines of what `albert tokenize` prints: all of them, sorted by length and cut into padded batches of 1, 4, 16 and 64;
a line per engine and batch size, the median seconds of a pass over all, and real tokens a second.
`difference` is the largest absolute difference of the pooler output to PyTorch's.
With --torchscript, only writes the traced model, with plain attention, for djl/run.
With --peak, only products of square matrices: the best of ten each in fp32 and 8 bits, in GFLOP/s or GOP/s, to tell the machine's peak.
"""
import argparse, json, logging, os, statistics, tempfile, time, warnings
import torch, transformers
from transformers import AlbertConfig, AlbertModel
transformers.logging.set_verbosity_error(); warnings.simplefilter('ignore'); logging.disable(logging.WARNING)

SIZES = dict(base=dict(vocab_size=30000, hidden_size=768, num_attention_heads=12, num_hidden_layers=12, intermediate_size=3072),
             tiny=dict(vocab_size=21128, hidden_size=312, num_attention_heads=12, num_hidden_layers=4, intermediate_size=1248))


def load(name):
    if name not in SIZES: return AlbertModel.from_pretrained(name).eval()
    torch.manual_seed(1)
    return AlbertModel(AlbertConfig(embedding_size=128, hidden_act='gelu_new', hidden_dropout_prob=0, attention_probs_dropout_prob=0, **SIZES[name])).eval()


class Outputs(torch.nn.Module):
    def __init__(self, model): super().__init__(); self.model = model

    def forward(self, input_ids, attention_mask, token_type_ids):
        y = self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        return y.last_hidden_state, y.pooler_output


def example(vocab, length):
    g = torch.Generator().manual_seed(length)
    return torch.randint(5, vocab, (1, length), generator=g), torch.ones(1, length, dtype=torch.long), torch.zeros(1, length, dtype=torch.long)


NAMES, RESULTS = ['input_ids', 'attention_mask', 'token_type_ids'], ['last_hidden_state', 'pooler_output']


def export(model, path, old):
    """With the exporter that torch.onnx uses unless told otherwise, or with the older one, whose graph is simpler with plain attention."""
    x = tuple(t.repeat(2, 1) for t in example(model.config.vocab_size, 16))
    wrapped, names = Outputs(model).eval(), dict(input_names=NAMES, output_names=RESULTS)
    if old:
        axes = {n: {0: 'batch', 1: 'length'} for n in NAMES + RESULTS[:1]} | {RESULTS[1]: {0: 'batch'}}
        model.set_attn_implementation('eager')
        torch.onnx.export(wrapped, x, path, dynamo=False, dynamic_axes=axes, opset_version=17, **names)
        model.set_attn_implementation('sdpa')
    else:
        any_size = torch.export.Dim.DYNAMIC
        torch.onnx.export(wrapped, x, path, dynamo=True, external_data=False, verbose=False, dynamic_shapes=[{0: any_size, 1: any_size}] * 3, **names)


def session(path, threads):
    import onnxruntime as ort
    o = ort.SessionOptions(); o.intra_op_num_threads, o.inter_op_num_threads, o.log_severity_level = threads, 1, 3
    s = ort.InferenceSession(path, o, providers=['CPUExecutionProvider'])
    return lambda x: torch.from_numpy(s.run(None, {n: t.numpy() for n, t in zip(NAMES, x) if n in {i.name for i in s.get_inputs()}})[1])


def millis(run, x, seconds):
    end = time.perf_counter() + min(1, seconds)
    for i in range(1000):                                                     # warm-up
        run(x)
        if i >= 2 and time.perf_counter() > end: break
    times, end = [], time.perf_counter() + seconds
    while len(times) < 10 or time.perf_counter() < end:
        start = time.perf_counter(); run(x); times.append((time.perf_counter() - start) * 1e3)
    times.sort()
    return dict(ms=round(statistics.median(times), 4), p10=round(times[len(times) // 10], 4), p90=round(times[len(times) * 9 // 10], 4), runs=len(times))


def padded(sequences, size):
    ordered = sorted(sequences, key=len); batches = []
    for i in range(0, len(ordered), size):
        part = ordered[i:i + size]; longest = max(map(len, part))
        ids, mask = torch.zeros(len(part), longest, dtype=torch.long), torch.zeros(len(part), longest, dtype=torch.long)
        for row, s in enumerate(part): ids[row, :len(s)] = torch.tensor(s); mask[row, :len(s)] = 1
        batches.append((ids, mask, torch.zeros_like(ids)))
    return batches


def batch_seconds(run, batches):
    times = []
    for i in range(4):                                                        # the first is the warm-up
        start = time.perf_counter()
        for x in batches: run(x)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def in_ort(a, b, threads):
    import onnx, onnxruntime as ort
    v = lambda n: onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, list(a.shape))
    graph = onnx.helper.make_graph([onnx.helper.make_node('MatMul', ['a', 'b'], ['c'])], 'g', [v('a')], [v('c')], [onnx.numpy_helper.from_array(b.numpy(), 'b')])
    o = ort.SessionOptions(); o.intra_op_num_threads = threads
    s = ort.InferenceSession(onnx.helper.make_model(graph, ir_version=9, opset_imports=[onnx.helper.make_opsetid('', 17)]).SerializeToString(), o)
    x = dict(a=a.numpy())
    return lambda: s.run(None, x)


def peak(threads):
    for n in (1024, 2048, 3072):
        a, b = torch.randn(n, n), torch.randn(n, n)
        i, j = (torch.randint(-127, 127, (n, n), dtype=torch.int8) for _ in range(2))
        for name, product in (('fp32 in torch', lambda: torch.mm(a, b)), ('fp32 in onnxruntime', in_ort(a, b, threads)), ('int8 in torch', lambda: torch._int_mm(i, j))):
            best = 0
            for _ in range(10):
                start = time.perf_counter(); product(); best = max(best, 2 * n ** 3 / (time.perf_counter() - start) / 1e9)
            print(json.dumps(dict(peak=name, threads=threads, size=n, gflops=round(best))), flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('model', nargs='?', default='tiny'); p.add_argument('--threads', type=int, default=1)
    p.add_argument('--lengths', default='8,16,32,64,128,256,384,512'); p.add_argument('--seconds', type=float, default=2)
    p.add_argument('--engines', default='torch,ort,ort-old,ort-optimized,ort-int8')
    p.add_argument('--batch'); p.add_argument('--torchscript'); p.add_argument('--peak', action='store_true')
    a = p.parse_args()
    torch.set_num_threads(a.threads); torch.set_num_interop_threads(1)
    if a.peak: return peak(a.threads)
    model = load(a.model); wrapped = Outputs(model)
    def in_torch(x):
        with torch.inference_mode(): return wrapped(*x)[1]
    if a.torchscript:
        model.set_attn_implementation('eager')
        with torch.inference_mode(): torch.jit.trace(wrapped, example(model.config.vocab_size, 16)).save(a.torchscript)
        return
    engines, info = {}, {}
    with tempfile.TemporaryDirectory() as d:
        for e in a.engines.split(','):
            if e == 'torch': engines[e] = in_torch; continue
            if e == 'torch-compile':
                compiled = torch.compile(wrapped, dynamic=False)
                def in_compiled(x):
                    with torch.inference_mode(): return compiled(*x)[1]
                engines[e] = in_compiled; continue
            path, graph = f'{d}/{e}.onnx', f'{d}/{"old" if "old" in e else "new"}.onnx'
            try:
                if not os.path.exists(graph): export(model, graph, 'old' in e)
                if e.endswith('-optimized'):
                    from onnxruntime.transformers.optimizer import optimize_model
                    m = optimize_model(graph, 'bert', num_heads=model.config.num_attention_heads, hidden_size=model.config.hidden_size, opt_level=1)
                    m.save_model_to_file(path); info[e] = dict(fused={k: v for k, v in m.get_fused_operator_statistics().items() if v})
                elif e.endswith('-int8'):
                    from onnxruntime.quantization import QuantType, quantize_dynamic
                    quantize_dynamic(graph, path, weight_type=QuantType.QInt8, per_channel=True)
                else: path = graph
                engines[e] = session(path, a.threads)
                info.setdefault(e, {}).update(megabytes=round(os.path.getsize(path) / 1e6, 1))
            except Exception as x: print(json.dumps(dict(engine=e, failed=f'{type(x).__name__}: {str(x)[:200]}')), flush=True)
        if a.batch:
            sequences = [json.loads(line)['ids'] for line in open(a.batch)]; total = sum(map(len, sequences))
            for size in (1, 4, 16, 64):
                for e, run in engines.items():
                    s = batch_seconds(run, padded(sequences, size))
                    print(json.dumps(dict(model=a.model, engine=e, threads=a.threads, batch=size, texts=len(sequences), tokens=total, seconds=round(s, 3),
                                          tokens_per_second=round(total / s))), flush=True)
            return
        for n in map(int, a.lengths.split(',')):
            x = example(model.config.vocab_size, n); want = in_torch(x)
            for e, run in engines.items():
                print(json.dumps(dict(model=a.model, engine=e, threads=a.threads, tokens=n, **millis(run, x, a.seconds),
                                      difference=float(f'{(run(x) - want).abs().max():.1e}'), **info.get(e, {}))), flush=True)


if __name__ == '__main__': main()
