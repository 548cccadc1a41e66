#!/usr/bin/env python3
"""What it takes to have ALBERT at hand in ONNX Runtime: the peer of OpeningBenchmark.

usage: opening_peer.py write tiny|base FILE.onnx [--int8]     the standard export of random weights (--int8: after quantize_dynamic)
       opening_peer.py FILE.onnx [--threads N]

The second form opens the file in a new process, runs 64 tokens a hundred times, and prints one JSON line: milliseconds to a session and
from there to the first answer, and by how many MB (of 2^20 bytes) resident memory has grown since Python and its libraries were loaded.
"""
import json, sys, time


def kilobytes(field): return int(next(l for l in open('/proc/self/status') if l.startswith(field + ':')).split()[1])


def write(size, path, int8):
    import encoder_peer
    encoder_peer.export(encoder_peer.load(size), path, old=True)
    if int8:
        from onnxruntime.quantization import QuantType, quantize_dynamic
        quantize_dynamic(path, path, weight_type=QuantType.QInt8, per_channel=True)


def measure(path, threads):
    import numpy as np, onnxruntime as ort
    before = kilobytes('VmRSS'); start = time.perf_counter()
    o = ort.SessionOptions(); o.intra_op_num_threads, o.inter_op_num_threads, o.log_severity_level = threads, 1, 3
    s = ort.InferenceSession(path, o, providers=['CPUExecutionProvider']); opened = time.perf_counter()
    x = {i.name: np.ones((1, 64), np.int64) for i in s.get_inputs()}
    s.run(None, x); answered = time.perf_counter()
    for _ in range(100): s.run(None, x)
    print(json.dumps(dict(engine='onnxruntime', threads=threads, open_ms=round((opened - start) * 1e3), first_answer_ms=round((answered - opened) * 1e3),
                          resident_mb=round((kilobytes('VmRSS') - before) / 1024), highest_mb=round((kilobytes('VmHWM') - before) / 1024))))


if __name__ == '__main__':
    if sys.argv[1:2] == ['write'] and len(sys.argv) in (4, 5): write(sys.argv[2], sys.argv[3], '--int8' in sys.argv)
    elif len(sys.argv) in (2, 4): measure(sys.argv[1], int(sys.argv[3]) if len(sys.argv) == 4 else 1)
    else: sys.exit(__doc__)
