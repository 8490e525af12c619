#!/usr/bin/env python3
"""What a poll costs: the whole program on many feeds of one loopback host.

usage: benches/polling.py [--feeds N] [--polls N] [--wrk] [VIGIE]

Serves N feeds (default 1,000) of 30 entries of 90 words, 28 KB each, with ETag and Last-Modified, one brand
of one term. Runs `vigie run --once` again and again, each a process of its own, and prints for each poll the
user and system CPU seconds of that process, its peak resident memory (VmHWM, which wait4 reports), and what
the server answered. The first poll reads everything; from the second on every answer has to be a 304.

With --wrk, wrk (Debian's package) then asks the same server for one feed with its validator, as fast as the
server goes, and its CPU time a request stands beside that of a poll; the program's start, which a daemon pays
once, is taken off by a run on a single feed.

Peers on the same work, measured on another machine (CPU seconds, first poll / unchanged poll): urlwatch
3.0 / 3.2, rss2email 38 / 2.5.
"""
import argparse
import hashlib
import http.server
import os
import random
import re
import socketserver
import subprocess
import tempfile
import threading
from collections import Counter

WORDS = """ville service client équipe marché réseau produit annonce région projet semaine journée travail
maison entreprise public local national culture énergie transport école hôpital commerce industrie
usine atelier chantier boutique forfait facture livraison conseil réunion budget accord hausse baisse
nouveau ancien rapide simple gratuit payant ouvert fermé utile grave léger social durable moderne""".split()


def feed(number):
    chance = random.Random(number)
    items = []
    for entry in range(30):
        words = [chance.choice(WORDS) for _ in range(90)]
        if entry == 0 and number % 20 == 0:
            words[45] = "Kermelo"
        text = " ".join(words)
        items.append(
            f"<item><guid>https://s{number}.example/{entry}</guid><title>{' '.join(words[:8])}</title>"
            f"<link>https://s{number}.example/{entry}</link>"
            f"<pubDate>Fri, 20 Nov 2026 {entry % 24:02}:00:00 +0000</pubDate>"
            f"<description>{text}</description></item>"
        )
    head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Site</title>'
    return (head + "".join(items) + "</channel></rss>").encode()


def wrk(web, seconds=5):
    """CPU microseconds that wrk spends on a conditional request of feed 0, and the requests it made."""
    etag = '"%s"' % hashlib.sha256(Handler.feeds[0]).hexdigest()[:16]
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "-H", f"If-None-Match: {etag}", f"http://{web}/f/0"]
    before = os.times()
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    requests = int(re.search(r"(\d+) requests in", out)[1])
    return cpu * 1e6 / requests, requests


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        """wrk goes away in the middle of its last requests."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    feeds = []
    answers = Counter()

    def do_GET(self):
        number = int(re.fullmatch(r"/f/(\d+)", self.path)[1])
        body = self.feeds[number]
        etag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
        fresh = self.headers["If-None-Match"] == etag
        self.answers[304 if fresh else 200] += 1
        self.send_response(304 if fresh else 200)
        self.send_header("ETag", etag)
        self.send_header("Last-Modified", "Fri, 20 Nov 2026 23:00:00 GMT")
        if not fresh:
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not fresh:
            self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_):
        pass


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--feeds", type=int, default=1000)
    options.add_argument("--polls", type=int, default=4)
    options.add_argument("--wrk", action="store_true")
    options.add_argument("vigie", nargs="?", default="target/release/vigie")
    options = options.parse_args()
    vigie = os.path.abspath(options.vigie)
    Handler.feeds = [feed(number) for number in range(options.feeds)]
    size = sum(map(len, Handler.feeds)) / options.feeds / 1000
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    web = "127.0.0.1:%d" % server.server_address[1]
    print(f"{options.feeds} feeds of 30 entries, {size:.0f} KB each, one loopback host")
    print("poll     CPU s (user + system)   wall s   VmHWM MiB   answers")
    cost = run(options.feeds, options.polls, web, vigie)
    if options.wrk:
        print("and one feed alone:")
        start = run(1, 3, web, vigie)
        Handler.answers.clear()
        floor, requests = wrk(web)
        poll = (cost - start) * 1e6 / (options.feeds - 1)
        print(f"an unchanged poll {poll:.1f} µs, the start {start * 1e3:.0f} ms; wrk {floor:.1f} µs a request "
              f"({requests} requests); ratio {poll / floor:.2f}")


def run(feeds, polls, web, vigie):
    """Polls so many feeds so many times; the least CPU seconds of an unchanged poll."""
    least = float("inf")
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/watchlists")
        with open(f"{folder}/vigie.yaml", "w") as settings:
            settings.write(f'fetch: {{contact: "https://kermelo.example", allow_private: ["{web}"]}}\n')
        with open(f"{folder}/watchlists/bench.yaml", "w") as watchlist:
            watchlist.write("brands:\n  - id: kermelo\n    match: {any: [kermelo]}\nsources:\n")
            watchlist.writelines(f'  - feed: "http://{web}/f/{n}"\n' for n in range(feeds))
        for poll in range(1, polls + 1):
            Handler.answers.clear()
            start = os.times().elapsed
            log = f"{folder}/log"
            pid = os.posix_spawn(
                vigie,
                [vigie, "run", "--once", "-q", "--config", f"{folder}/vigie.yaml"],
                os.environ,
                file_actions=[(os.POSIX_SPAWN_OPEN, 2, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)],
            )
            _, status, usage = os.wait4(pid, 0)
            wall = os.times().elapsed - start
            assert os.waitstatus_to_exitcode(status) == 0, open(log).read()
            cpu = usage.ru_utime + usage.ru_stime
            answers = dict(Handler.answers)
            print(f"{poll:4}     {cpu:5.2f} ({usage.ru_utime:.2f} + {usage.ru_stime:.2f})      {wall:6.2f}   "
                  f"{usage.ru_maxrss / 1024:9.1f}   {answers}", flush=True)
            wanted = {200 if poll == 1 else 304: feeds}
            assert answers == wanted, f"the server answered {answers}, not {wanted}"
            if poll > 1:
                least = min(least, cpu)
    return least


main()
