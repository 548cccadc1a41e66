#!/usr/bin/env python3
"""Draws what EncoderBenchmark and encoder_peer.py print: milliseconds over tokens, a panel for each model and number of threads.

usage: plot.py OUTPUT.svg RESULTS.jsonl…        (pip install matplotlib)
"""
import json, sys
import matplotlib; matplotlib.use('svg')
import matplotlib.pyplot as plt
from matplotlib.ticker import NullFormatter, ScalarFormatter

STYLES = {'int8': ('albert4j int8', 'tab:red', '-'), 'cpu': ('albert4j, pure Java', 'tab:orange', '-'), 'ort-old': ('ONNX Runtime, standard export', 'tab:blue', '--'),
          'ort-old-optimized': ('ONNX Runtime, optimizer', 'tab:cyan', '--'), 'ort-old-int8': ('ONNX Runtime, quantize_dynamic', 'tab:purple', '--'),
          'torch': ('PyTorch', 'tab:green', ':'), 'torch-compile': ('torch.compile', 'tab:olive', ':')}


def main(output, *files):
    rows = [json.loads(line) for f in files for line in open(f) if line.startswith('{')]; rows = [r for r in rows if 'ms' in r]
    panels = sorted({(r['model'], r['threads']) for r in rows}, key=lambda p: (p[0] != 'tiny', p))
    plt.rcParams.update({'svg.hashsalt': 'albert4j', 'font.size': 9})
    figure, axes = plt.subplots(1, len(panels), figsize=(3.4 * len(panels), 3.4), squeeze=False)
    for axis, panel in zip(axes[0], panels):
        for engine, (name, color, line) in STYLES.items():
            points = sorted((r['tokens'], r['ms']) for r in rows if (r['model'], r['threads'], r['engine']) == (*panel, engine))
            if points: axis.plot(*zip(*points), line, color=color, marker='o', markersize=3, label=name)
        axis.set(xscale='log', yscale='log', title=f'{panel[0]}, {panel[1]} thread' + 's' * (panel[1] > 1), xlabel='tokens')
        axis.set_xticks(sorted({r['tokens'] for r in rows})); axis.grid(alpha=.3)
        for a in (axis.xaxis, axis.yaxis): a.set_major_formatter(ScalarFormatter()); a.set_minor_formatter(NullFormatter())
    axes[0][0].set_ylabel('milliseconds')
    handles = {l: h for axis in axes[0] for h, l in zip(*axis.get_legend_handles_labels())}
    figure.legend(handles.values(), handles.keys(), loc='lower center', ncols=4, frameon=False)
    figure.tight_layout(rect=(0, .12, 1, 1)); figure.savefig(output, metadata={'Date': None})


if __name__ == '__main__':
    if len(sys.argv) < 3: sys.exit(__doc__)
    main(*sys.argv[1:])
