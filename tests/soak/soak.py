#!/usr/bin/env python3
"""A daemon under an ordinary bad day, for as long as is asked: does anything grow, wait or get lost?

usage: tests/soak/soak.py [--minutes M] [--sources N] [--every S] [--seed N] [--most-lag S] [--keep DIR] [VIGIE]

Serves N feeds (default 2,000) from 200 loopback hosts, each polled every S seconds (default 30), to four teams
with five brands each. Every tenth minute another 5 % of the feeds are ill: 500, no answer, a reset, XML cut off, a
byte a second, a page in place of the feed, 429 with Retry-After, 9 MiB, a redirect loop. Well ones publish entries
of which some speak of a brand. The mail server takes its time and puts one recipient in thirty off; a webhook is
told the same. Every third minute something is reloaded: a watchlist renamed over, 100 quiet sources gone or back,
half a watchlist, SIGHUP.

Each 15 s: resident memory, threads, open files (/proc), tasks (`metrics:`). At the end, against the first quarter
as the time to settle: memory within 10 % (judged from ten minutes on), no growth of tasks, files and threads; the
99th percentile of what a well source was asked late within --most-lag (default 5 s); each published mention mailed
and posted exactly once; a clean stop.
"""
import argparse
import asyncio
import email
import email.policy
import json
import os
import random
import re
import signal
import socket
import statistics
import struct
import subprocess
import tempfile
import time

HOSTS = 200
TEAMS = 4
BRANDS = [["kermelo", "brevanne", "tiscadou", "ormelys", "valcroze"], ["dunefort", "lisquenet", "morbelin", "sarvieux",
          "plandrac"], ["quevilor", "bastignac", "fremousse", "galtorin", "huvremont"], ["jonquelac", "nervaudin",
          "pastourel", "ruvignon", "zelmaine"]]
ILLS = ["500", "hang", "reset", "cut", "drip", "page", "429", "big", "loop"]
# Entries of a feed.
KEPT = 15
# Come and go with the reloads, and publish nothing.
QUIET = 100
MARK = re.compile(r"depeche(\d+)z")


class Soak:
    def __init__(self, options):
        self.options = options
        self.chance = random.Random(options.seed)
        self.start = time.time()
        letters = "abcdefilmnoprstuv"
        self.words = ["".join(self.chance.choices(letters, k=self.chance.randint(4, 9))) for _ in range(20_000)]
        # Enough that the database is larger than its caches from the first minute on.
        self.entries = {n: [self.entry(n, None) for _ in range(KEPT)] for n in range(options.sources)}
        self.versions = {}
        self.asked = {}
        self.lags = []
        self.polls = self.faults = self.held = self.next_mark = 0
        self.published = {}
        self.mailed, self.posted = {}, {}
        self.mails = self.put_off = self.posts = 0
        self.publishing = True

    # What is served.

    def ill(self, n):
        epoch = int(time.time() - self.start) // 600
        if (n % HOSTS) % 20 != (epoch * 7 + 3) % 20:
            return None
        return ILLS[(n // HOSTS + n + epoch) % len(ILLS)]

    def entry(self, n, brand):
        words = self.chance.choices(self.words, k=60)
        mark = ""
        if brand:
            self.next_mark += 1
            mark = f" depeche{self.next_mark}z"
            words[20] = brand.capitalize()
        key = self.chance.getrandbits(60)
        # RFC 822, whatever the locale.
        date = email.utils.formatdate(usegmt=True)
        text = (f"<item><guid isPermaLink=\"false\">{key:x}</guid><title>{(brand or words[0]).capitalize()}{mark} "
                f"{' '.join(words[1:6])}</title><link>https://site{n}.example/{key:x}</link><pubDate>{date}</pubDate>"
                f"<description>{' '.join(words)}.</description></item>")
        return text, self.next_mark if brand else None

    def feed(self, n):
        items = "".join(text for text, _ in self.entries[n])
        head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Site</title>'
        return (head + items + "</channel></rss>").encode()

    async def web(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ", 2)[1]
                if path == "/desk":
                    length = int(re.search(r"(?i)content-length: *(\d+)", head)[1])
                    await self.desk(await reader.readexactly(length))
                    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                elif not await self.source(int(path.rsplit("/", 1)[1]), head, reader, writer):
                    break
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, TimeoutError):
            pass
        finally:
            writer.close()

    async def source(self, n, head, reader, writer):
        """Answers one poll; false where the connection ends with it."""
        self.polls += 1
        now = time.time()
        before, self.asked[n] = self.asked.get(n), None
        ill = self.ill(n)
        if before and n < self.options.sources - QUIET:
            # Jitter adds a tenth at most; what is more is lateness.
            self.lags.append((now, now - before - self.options.every * 1.1))
        if ill:
            self.faults += 1
            return await self.fault(ill, n, reader, writer)
        self.asked[n] = now
        known = re.search(r'(?i)if-none-match: *"([^"]*)"', head)
        # Only a source that was read before has news: its first answer is the baseline.
        if self.publishing and known and n < self.options.sources - QUIET and self.chance.random() < 0.05:
            brand = self.chance.choice(BRANDS[n % TEAMS]) if self.chance.random() < 0.5 else None
            self.entries[n] = [self.entry(n, brand), *self.entries[n][: KEPT - 1]]
            self.versions[n] = self.versions.get(n, 0) + 1
        version = f"{n}-{self.versions.get(n, 0)}"
        if known and known[1] == version:
            writer.write(f'HTTP/1.1 304 Not Modified\r\nETag: "{version}"\r\n\r\n'.encode())
            return True
        body = self.feed(n)
        for _, mark in self.entries[n]:
            if mark is not None:
                self.published.setdefault(mark, now)
        writer.write(f'HTTP/1.1 200 OK\r\nETag: "{version}"\r\nContent-Type: application/rss+xml\r\n'
                     f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        return True

    async def fault(self, ill, n, reader, writer):
        body = self.feed(n)
        head = "HTTP/1.1 {0}\r\nContent-Type: {1}\r\nContent-Length: {2}\r\n{3}\r\n"
        if ill == "500":
            writer.write(head.format("500 Oh", "text/plain", 2, "").encode() + b"oh")
        elif ill == "429":
            writer.write(head.format("429 Slowly", "text/plain", 0, "Retry-After: 45\r\n").encode())
        elif ill == "loop":
            writer.write(head.format("302 There", "text/plain", 0, f"Location: /f/{n}?again\r\n").encode().replace(
                b"?again", b""))
        elif ill == "page":
            page = b"<!doctype html><html><head><title>Pause</title></head><body>Back soon</body></html>"
            writer.write(head.format("200 OK", "text/html", len(page), "").encode() + page)
        elif ill == "cut":
            cut = b"<rss><channel><item><titl"
            writer.write(head.format("200 OK", "application/rss+xml", len(cut), "").encode() + cut)
        elif ill == "reset":
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return False
        elif ill == "big":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n\r\n<rss>")
            for _ in range(9 * 16):
                writer.write(b" " * 65536)
                await writer.drain()
            return False
        elif ill in ("hang", "drip"):
            self.held += 1
            try:
                await self.hold(ill, body, head, reader, writer)
            finally:
                self.held -= 1
            return False
        return True

    async def hold(self, ill, body, head, reader, writer):
        if ill == "drip":
            writer.write(head.format("200 OK", "application/rss+xml", len(body), "").encode())
            for place in range(len(body)):
                writer.write(body[place : place + 1])
                await writer.drain()
                await asyncio.sleep(1)
        while await reader.read(4096):
            pass

    # What is told.

    async def desk(self, body):
        self.posts += 1
        told = json.loads(body)
        self.take(self.posted, told["id"], json.dumps(told, ensure_ascii=False))
        await asyncio.sleep(self.chance.uniform(0.01, 0.2))

    def take(self, ledger, key, text):
        for mark in set(MARK.findall(text)):
            ledger.setdefault(int(mark), []).append(key)

    async def smtp(self, reader, writer):
        def say(line):
            writer.write(line.encode() + b"\r\n")

        try:
            await asyncio.sleep(self.chance.uniform(0, 0.5))
            say("220 mail.example ESMTP")
            while line := (await reader.readline()).decode("latin-1").rstrip("\r\n"):
                verb = line[:4].upper()
                if verb == "EHLO":
                    say("250-mail.example")
                    say("250 8BITMIME")
                elif verb == "RCPT" and self.chance.random() < 1 / 30:
                    self.put_off += 1
                    say("451 4.7.1 later")
                elif verb == "DATA":
                    say("354 go on")
                    await writer.drain()
                    lines = []
                    while (part := await reader.readline()) not in (b".\r\n", b""):
                        lines.append(part[1:] if part.startswith(b".") else part)
                    await asyncio.sleep(self.chance.uniform(0.1, 0.9))
                    self.mail(b"".join(lines))
                    say("250 2.0.0 taken")
                elif verb == "QUIT":
                    say("221 bye")
                    break
                else:
                    say("250 2.0.0 ok")
                await writer.drain()
        except (asyncio.CancelledError, ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def mail(self, raw):
        self.mails += 1
        letter = email.message_from_bytes(raw, policy=email.policy.default)
        texts = [part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"]
        self.take(self.mailed, letter["Message-ID"], "\n".join(texts))

    def untold(self):
        return [mark for mark in self.published if mark not in self.mailed or mark not in self.posted]


def watchlist(soak, team, port, first=0, quiet=True):
    lines = ["brands:"]
    for brand in BRANDS[team]:
        lines.append(f"  - {{id: {brand}, match: {{any: [{brand}, \"#{brand}\"]}}}}")
    lines.append("sources:")
    for n in range(team, soak.options.sources, TEAMS):
        if n < soak.options.sources - QUIET or quiet:
            host = f"127.1.0.{n % HOSTS + 1}"
            lines.append(f"  - {{feed: \"http://{host}:{port}/f/{n}\", every: {soak.options.every}s}}")
    lines.append("alerts:")
    lines.append("  - {name: tout, on: mention, to: [comms, desk], group: 1m}")
    return "\n".join(lines) + f"\n# {first}\n"


def put(folder, name, text):
    with open(f"{folder}/watchlists/.new", "w") as fresh:
        fresh.write(text)
    os.rename(f"{folder}/watchlists/.new", f"{folder}/watchlists/{name}")


async def reloads(soak, daemon, folder, port):
    """Every third minute; what a reload may not do is counted at the end."""
    count = 0
    while True:
        await asyncio.sleep(180)
        count += 1
        team = count % TEAMS
        name, text = f"team{team}.yaml", watchlist(soak, team, port, count)
        match count % 4:
            case 0:
                daemon.send_signal(signal.SIGHUP)
            case 1:
                put(folder, name, text)
            case 2:
                put(folder, name, watchlist(soak, team, port, count, quiet=False))
                await asyncio.sleep(60)
                put(folder, name, text)
            case 3:
                put(folder, name, text[: len(text) // 2] + "\n  - {")
                await asyncio.sleep(45)
                put(folder, name, text)


def sample(pid, folder):
    status = open(f"/proc/{pid}/status").read()
    figure = lambda name: int(re.search(rf"{name}:\s+(\d+)", status)[1])
    try:
        metrics = open(f"{folder}/metrics.prom").read()
    except FileNotFoundError:
        metrics = ""
    gauge = lambda name: int(float(found[1])) if (found := re.search(rf"(?m)^{name} (\S+)", metrics)) else 0
    return {"memory": figure("VmRSS") / 1024, "threads": figure("Threads"), "files": len(os.listdir(f"/proc/{pid}/fd")),
            "tasks": gauge("vigie_tasks"), "pending": gauge("vigie_outbox_pending"),
            "waiting": gauge("vigie_outbox_waiting")}


def at(values, share):
    values = sorted(values)
    return values[min(int(len(values) * share), len(values) - 1)] if values else 0.0


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--sources", type=int, default=2000)
    options.add_argument("--every", type=int, default=30)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--most-lag", type=float, default=5)
    options.add_argument("--keep", help="a folder that stays, with database and log")
    options.add_argument("vigie", nargs="?", default="target/release/vigie")
    options = options.parse_args()
    soak = Soak(options)
    probe = socket.create_server(("127.1.0.1", 0))
    port = probe.getsockname()[1]
    probe.close()
    servers = [await asyncio.start_server(soak.web, f"127.1.0.{host + 1}", port, backlog=256) for host in range(HOSTS)]
    servers.append(await asyncio.start_server(soak.smtp, "127.0.0.1", 0))
    mail_port = servers[-1].sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        os.makedirs(f"{folder}/watchlists", exist_ok=True)
        with open(f"{folder}/secret", "w") as secret:
            secret.write("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX")
        os.chmod(f"{folder}/secret", 0o600)
        with open(f"{folder}/vigie.yaml", "w") as settings:
            settings.write(
                f'language: en\nfetch: {{contact: "https://kermelo.example", allow_private: ["127.0.0.0/8:{port}"]}}\n'
                f"smtp: {{host: 127.0.0.1, port: {mail_port}, security: none, from: \"V <v@kermelo.example>\"}}\n"
                "metrics: metrics.prom\nchannels:\n  comms: {email: {to: [cm@kermelo.example]}}\n"
                f"  desk: {{webhook: {{url: \"http://127.1.0.1:{port}/desk\", secret: {{file: secret}}}}}}\n"
            )
        for team in range(TEAMS):
            put(folder, f"team{team}.yaml", watchlist(soak, team, port))
        log = open(f"{folder}/log", "w")
        command = [os.path.abspath(options.vigie), "run", "-q", "--config", f"{folder}/vigie.yaml"]
        daemon = subprocess.Popen(command, stderr=log)
        samples = []
        try:
            soak.start = start = time.time()
            upset = asyncio.create_task(reloads(soak, daemon, folder, port))
            print(f"{options.sources} sources every {options.every} s, {options.minutes:g} min, seed {options.seed}")
            print(" min  memory  threads  files  tasks  pending  waiting  held  lag p99   polls  faults  mentions  mails")
            while time.time() - start < options.minutes * 60:
                await asyncio.sleep(15)
                assert daemon.poll() is None, open(f"{folder}/log").read()[-2000:]
                samples.append(sample(daemon.pid, folder))
                if len(samples) % 4 == 0:
                    now, last = time.time(), samples[-1]
                    lag = at([late for when, late in soak.lags if when > now - 60], 0.99)
                    print(f"{(now - start) / 60:4.0f} {last['memory']:7.1f} {last['threads']:8} {last['files']:6} "
                          f"{last['tasks']:6} {last['pending']:8} {last['waiting']:8} {soak.held:5} {lag:8.2f} "
                          f"{soak.polls:7} {soak.faults:7} {len(soak.published):9} {soak.mails:6}", flush=True)
            soak.publishing = False
            upset.cancel()
            # An ill source may still show its last entries when it is well again; the rest is told by now.
            left, since = len(soak.untold()), time.time()
            while left and time.time() - since < 120:
                await asyncio.sleep(1)
                if (now := len(soak.untold())) < left:
                    left, since = now, time.time()
        finally:
            daemon.send_signal(signal.SIGTERM)
            code = await asyncio.get_running_loop().run_in_executor(None, daemon.wait)
        first = samples[len(samples) // 4 :][: max(len(samples) // 8, 4)]
        last = samples[-max(len(samples) // 8, 4) :]
        mid = lambda part, name: statistics.median(one[name] for one in part)
        for name in ("memory", "threads", "files", "tasks"):
            print(f"{name}: {mid(first, name):.1f} after a quarter, {mid(last, name):.1f} at the end, "
                  f"{max(one[name] for one in samples):.1f} at most")
        lags = [late for when, late in soak.lags if when > start + 60]
        print(f"late: p50 {at(lags, .5):.2f} s, p99 {at(lags, .99):.2f} s, most {at(lags, 1):.2f} s of {len(lags)} polls")
        untold = soak.untold()
        twice = [mark for told in (soak.mailed, soak.posted) for mark, keys in told.items() if len(keys) > 1]
        print(f"{len(soak.published)} mentions published, {len(untold)} untold, {len(twice)} told twice; {soak.mails} "
              f"mails, {soak.put_off} put off, {soak.posts} posts; exit {code}")
        assert not untold, f"never told: {untold[:10]}"
        assert not twice, f"told twice: {twice[:10]}"
        assert code == 0, "no clean stop"
        assert options.minutes < 10 or mid(last, "memory") <= mid(first, "memory") * 1.1, "memory grows"
        # A connection that is kept is a file and a task: both swing with them, and what leaks raises the crest.
        halves = samples[: len(samples) // 2], samples[len(samples) // 2 :]
        for name in ("tasks", "files"):
            before, after = (max(one[name] for one in half) for half in halves)
            print(f"{name}: {before} at most in the first half, {after} in the second")
            assert after <= before * 1.25 + 8, f"{name} leak"
        assert mid(last, "threads") <= mid(first, "threads") + 1, "threads leak"
        assert at(lags, 0.99) <= options.most_lag, "sources are asked late"
        print("held")


asyncio.run(main())
