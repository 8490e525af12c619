#!/usr/bin/env python3
"""What an unchanged poll costs a daemon that runs, beside what wrk spends on the same request.

usage: benches/warm.py [--feeds N] [--seconds S] [--rounds N] [--most RATIO] [VIGIE]

Serves N feeds (default 1,000) of 30 entries, 28 KB each, with ETag and Last-Modified, on loopback, each polled
every second. Once every feed has been read, `vigie run` is left alone for S seconds (default 20): its user and
system CPU time (/proc/PID/stat) over the polls that the server answered in that time, all of them 304 on
connections that are kept. Then wrk (Debian's package) asks the same server for the same, as fast as it goes. The
rounds alternate, so that a busy machine disturbs both alike; the median of the ratios counts. The daemon stands still
while wrk asks, and its sources are in step from then on: only in the first round are they spread over the second, and
a poll is dearer there.
"""
import argparse
import asyncio
import hashlib
import os
import random
import re
import signal
import statistics
import subprocess
import tempfile

TICK = os.sysconf("SC_CLK_TCK")
WORDS = """ville service client équipe marché réseau produit annonce région projet semaine journée travail
maison entreprise public local national culture énergie transport école hôpital commerce industrie
usine atelier chantier boutique forfait facture livraison conseil réunion budget accord hausse baisse""".split()


def feed(number):
    chance = random.Random(number)
    items = []
    for entry in range(30):
        words = [chance.choice(WORDS) for _ in range(90)]
        items.append(
            f"<item><guid>https://s{number}.example/{entry}</guid><title>{' '.join(words[:8])}</title>"
            f"<link>https://s{number}.example/{entry}</link>"
            f"<pubDate>Fri, 20 Nov 2026 {entry % 24:02}:00:00 +0000</pubDate>"
            f"<description>{' '.join(words)}</description></item>"
        )
    head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Site</title>'
    return (head + "".join(items) + "</channel></rss>").encode()


def etag_of(number):
    return '"%s"' % hashlib.sha256(b"%d" % number).hexdigest()[:16]


class Web(asyncio.Protocol):
    """Answers conditional requests as cheaply as Python can; counts connections and answers."""

    unchanged = whole = opened = 0
    tags = []

    def connection_made(self, transport):
        self.transport = transport
        self.rest = b""
        Web.opened += 1

    def data_received(self, data):
        data = self.rest + data
        while (end := data.find(b"\r\n\r\n")) >= 0:
            head, data = data[:end], data[end + 4 :]
            number = int(head[head.find(b"/f/") + 3 : head.find(b" HTTP/")])
            tag = Web.tags[number]
            if tag in head:
                Web.unchanged += 1
                self.transport.write(
                    b"HTTP/1.1 304 Not Modified\r\nETag: " + tag
                    + b"\r\nLast-Modified: Fri, 20 Nov 2026 23:00:00 GMT\r\n\r\n"
                )
            else:
                Web.whole += 1
                body = feed(number)
                self.transport.write(
                    b"HTTP/1.1 200 OK\r\nETag: " + tag + b"\r\nLast-Modified: Fri, 20 Nov 2026 23:00:00 GMT\r\n"
                    b"Content-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n" % len(body) + body
                )
        self.rest = data


def spent(pid):
    """CPU seconds of a process, user and system."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(") ", 1)[1].split()
    return int(fields[11]) / TICK, int(fields[12]) / TICK


async def wrk(web, seconds):
    """CPU microseconds that wrk spends on a conditional request of feed 0."""
    head = ["-H", f"If-None-Match: {etag_of(0)}", "-H", "If-Modified-Since: Fri, 20 Nov 2026 23:00:00 GMT"]
    before = os.times()
    asked = await asyncio.create_subprocess_exec(
        "wrk", "-t1", "-c32", f"-d{seconds}s", *head, f"http://{web}/f/0", stdout=subprocess.PIPE
    )
    out = (await asked.communicate())[0].decode()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu * 1e6 / int(re.search(r"(\d+) requests in", out)[1])


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("--feeds", type=int, default=1000)
    options.add_argument("--seconds", type=int, default=20)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--most", type=float, default=4.5)
    options.add_argument("vigie", nargs="?", default="target/release/vigie")
    options = options.parse_args()
    Web.tags = [etag_of(number).encode() for number in range(options.feeds)]
    server = await asyncio.get_running_loop().create_server(Web, "127.0.0.1", 0, backlog=1024)
    web = "127.0.0.1:%d" % server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/watchlists")
        with open(f"{folder}/vigie.yaml", "w") as settings:
            settings.write(f'fetch: {{contact: "https://kermelo.example", allow_private: ["{web}"]}}\n')
        with open(f"{folder}/watchlists/bench.yaml", "w") as watchlist:
            watchlist.write("brands:\n  - id: kermelo\n    match: {any: [kermelo]}\nsources:\n")
            watchlist.writelines(f'  - {{feed: "http://{web}/f/{n}", every: 1s}}\n' for n in range(options.feeds))
        with open(f"{folder}/log", "w") as log:
            daemon = subprocess.Popen(
                [os.path.abspath(options.vigie), "run", "-q", "--config", f"{folder}/vigie.yaml"], stderr=log
            )
        try:
            while Web.unchanged < 3 * options.feeds:
                assert daemon.poll() is None, open(f"{folder}/log").read()
                await asyncio.sleep(0.2)
            ratios = []
            print("polls/s   new connections   CPU µs a poll (user + system)   wrk µs   ratio")
            for _ in range(options.rounds):
                before, polls, whole, opened = spent(daemon.pid), Web.unchanged, Web.whole, Web.opened
                await asyncio.sleep(options.seconds)
                after, polls = spent(daemon.pid), Web.unchanged - polls
                assert Web.whole == whole, "an answer was not 304"
                user, system = ((late - early) * 1e6 / polls for late, early in zip(after, before))
                opened = Web.opened - opened
                daemon.send_signal(signal.SIGSTOP)
                floor = await wrk(web, 4)
                daemon.send_signal(signal.SIGCONT)
                await asyncio.sleep(2)
                ratios.append((user + system) / floor)
                print(
                    f"{polls / options.seconds:7.0f}   {opened:15}   "
                    f"{user + system:8.1f} ({user:.1f} + {system:.1f})   {floor:15.1f}   {ratios[-1]:5.2f}",
                    flush=True,
                )
            ratio = statistics.median(ratios)
            print(f"an unchanged poll costs {ratio:.2f} × wrk (bound {options.most})")
            assert ratio <= options.most, "too dear"
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait()


asyncio.run(main())
