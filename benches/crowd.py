#!/usr/bin/env python3
"""What ten thousand sources cost a daemon that runs, and whether one hanging host holds up the others.

usage: benches/crowd.py [--sources N] [--every S] [--hanging N] [VIGIE]

Serves N small feeds (default 10,000, always 304 after the first answer) on loopback, each polled every S seconds
(default 120), beside a second server that takes requests and never answers. Runs `vigie run` over two intervals
after the first answers and prints the peak resident memory (VmHWM), and how long after its due time (`next` in
`vigie status --json`) each request reached the server: median, p99, largest. Loopback sources share half of
`fetch.concurrency`, so that a due source waits for nothing but that.
"""
import argparse
import asyncio
import datetime
import json
import os
import signal
import subprocess
import tempfile
import time

FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Site</title>'
    "<item><guid>https://s.example/{0}</guid><title>Annonce {0}</title><link>https://s.example/{0}</link>"
    "<description>Une ligne de texte sans rien de particulier.</description></item></channel></rss>"
)
arrivals = {}


async def answer(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            number = int(head.split(b" ", 2)[1].rsplit(b"/", 1)[1])
            arrivals.setdefault(number, []).append(time.time())
            etag = f'"{number}"'
            if b"if-none-match" in head.lower():
                writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode())
            else:
                body = FEED.format(number).encode()
                writer.write(
                    f"HTTP/1.1 200 OK\r\nETag: {etag}\r\nContent-Type: application/rss+xml\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n".encode() + body
                )
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def hang(reader, writer):
    try:
        while await reader.read(4096):
            pass
    except (ConnectionError, asyncio.CancelledError):
        pass
    writer.close()


def status(vigie, config):
    out = subprocess.run([vigie, "status", "--json", "--config", config], capture_output=True, check=True).stdout
    return json.loads(out)["sources"]


def peak(pid):
    with open(f"/proc/{pid}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("--sources", type=int, default=10_000)
    options.add_argument("--every", type=int, default=120)
    options.add_argument("--hanging", type=int, default=4)
    options.add_argument("vigie", nargs="?", default="target/release/vigie")
    options = options.parse_args()
    vigie = os.path.abspath(options.vigie)
    well = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
    ill = await asyncio.start_server(hang, "127.0.0.1", 0)
    well_at, ill_at = ("127.0.0.1:%d" % server.sockets[0].getsockname()[1] for server in (well, ill))
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryDirectory() as folder:
        config = f"{folder}/vigie.yaml"
        os.mkdir(f"{folder}/watchlists")
        with open(config, "w") as settings:
            settings.write(
                f'fetch: {{contact: "https://kermelo.example", allow_private: ["{well_at}", "{ill_at}"]}}\n'
            )
        with open(f"{folder}/watchlists/bench.yaml", "w") as watchlist:
            watchlist.write("brands:\n  - id: kermelo\n    match: {any: [kermelo]}\nsources:\n")
            line = '  - {{feed: "http://{0}/{1}", every: {2}s}}\n'
            watchlist.writelines(line.format(well_at, n, options.every) for n in range(options.sources))
            watchlist.writelines(line.format(ill_at, n, options.every) for n in range(options.hanging))
        with open(f"{folder}/log", "w") as log:
            daemon = subprocess.Popen([vigie, "run", "-q", "--config", config], stderr=log)
        try:
            start = time.time()
            while len(arrivals) < options.sources:
                assert daemon.poll() is None, open(f"{folder}/log").read()
                assert time.time() - start < 300, f"only {len(arrivals)} sources were asked"
                await asyncio.sleep(0.2)
            print(f"{options.sources} sources, every {options.every} s; first answers within {time.time() - start:.1f} s")
            # Jitter spreads them; two intervals later every source has been asked by the schedule alone.
            late = []
            for _ in range(2):
                await asyncio.sleep(3)
                before = {number: len(times) for number, times in arrivals.items()}
                asked = time.time()
                sources = await loop.run_in_executor(None, status, vigie, config)
                due = {
                    int(source["url"].rsplit("/", 1)[1]): datetime.datetime.fromisoformat(source["next"]).timestamp()
                    for source in sources
                    if well_at in source["url"] and source["next"]
                }
                await asyncio.sleep(options.every * 1.15)
                for number, then in due.items():
                    times = [arrival for arrival in arrivals[number][before[number]:] if arrival >= asked]
                    if then > asked + 1:
                        late.append((times[0] if times else time.time()) - then)
            late.sort()
            at = lambda share: late[min(int(len(late) * share), len(late) - 1)]
            memory = peak(daemon.pid)
            print(f"overdue, of {len(late)} polls: median {at(.5):.3f} s, p99 {at(.99):.3f} s, largest {late[-1]:.3f} s")
            print(f"earliest {late[0]:+.3f} s; VmHWM {memory:.1f} MiB; {options.hanging} sources of a hanging host beside them")
            assert at(0.99) <= 5, "p99 overdue"
            assert late[-1] < options.every, "held up by an interval"
            assert memory <= 64, "resident memory"
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait()


asyncio.run(main())
