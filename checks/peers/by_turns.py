#!/usr/bin/env python3
"""Measures albert4j's encoders and ONNX Runtime on the standard export by turns, because a virtual machine is not equally fast all the time.

usage: by_turns.py base|tiny [--threads N] [--lengths 16,64,…] [--rounds R] [--engines int8,cpu] [--cpu C]

Runs encoder_peer.py, then checks/bench EncoderBenchmark for each engine, then the peer again, and so on, each a process of its own: every run of
ours stands between two of the peer's. Prints a Markdown table: medians of the milliseconds, and the median, least and greatest over the rounds of the peer's
mean of before and after divided by ours; `pooled` is the last layer on the first token alone.
With --cpu, all run on that processor alone: of a virtual machine's, one may be slowed by others for minutes, one not (Linux only).
"""
import argparse, json, os, pathlib, statistics, subprocess, sys

PEERS = pathlib.Path(__file__).resolve().parent
BENCH = PEERS.parent / 'bench'


def rows(*command):
    out = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {row['tokens']: row for row in map(json.loads, filter(lambda line: line.startswith('{'), out.splitlines()))}


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument('model', choices=['base', 'tiny']); p.add_argument('--threads', type=int, default=1)
    p.add_argument('--lengths', default='16,64,128,256'); p.add_argument('--rounds', type=int, default=3); p.add_argument('--engines', default='int8,cpu')
    p.add_argument('--cpu', type=int)
    a = p.parse_args()
    engines = a.engines.split(',')
    if a.cpu is not None: os.sched_setaffinity(0, {a.cpu}) # and so do the processes that are started here

    def peer():
        return rows(sys.executable, PEERS / 'encoder_peer.py', a.model, '--threads', a.threads, '--lengths', a.lengths, '--seconds', 1, '--engines', 'ort-old')

    theirs, ours = [peer()], []
    for done in range(a.rounds):
        ours.append({e: rows(BENCH, 'EncoderBenchmark', a.model, a.lengths, a.threads, e) for e in engines})
        theirs.append(peer())
        print(f'round {done + 1} of {a.rounds}', file=sys.stderr)
    print(f'{a.model}, threads {a.threads}, rounds {a.rounds}\n')
    columns = [(e, field) for e in engines for field in ('ms', 'pooled_ms')]
    print('| tokens | ' + ' | '.join(e + (' pooled' if f == 'pooled_ms' else '') for e, f in columns) + ' | ONNX Runtime |')
    print('| --- ' * (len(columns) + 2) + '|')
    for n in map(int, a.lengths.split(',')):
        cells = []
        for e, f in columns:
            ratios = [(theirs[i][n]['ms'] + theirs[i + 1][n]['ms']) / 2 / ours[i][e][n][f] for i in range(a.rounds)]
            cells.append(f'{statistics.median(r[e][n][f] for r in ours):.3g} ({statistics.median(ratios):.2f}; {min(ratios):.2f}–{max(ratios):.2f})')
        print(f'| {n} | ' + ' | '.join(cells) + f' | {statistics.median(t[n]["ms"] for t in theirs):.3g} |')


if __name__ == '__main__': main()
