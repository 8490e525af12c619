#!/usr/bin/env python3
"""What the machine under test talks to, on its loopback: a web server and a mail server.

    peers.py FOLDER WEB-PORT MAIL-PORT PASSWORD

FOLDER/web is served; a path whose file NAME has a NAME.hang beside it is not answered. FOLDER/log gets a line
for each thing that happened, FOLDER/mails the mails. FOLDER/smtp says how the mail server feels: `ok`, `busy`
(450 to each recipient) or `hang` (the mail is kept, but no answer comes). It offers AUTH over STARTTLS alone, with
FOLDER/mail.pem, and takes mail from nobody else.
"""

import base64
import email
import email.policy
import http.server
import os
import socketserver
import ssl
import sys
import threading
import time

FOLDER, WEB, MAIL, PASSWORD = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
LARGEST = 16 << 20
HANG = 120

writing = threading.Lock()
mails = 0


def log(line):
    with writing, open(os.path.join(FOLDER, "log"), "a", encoding="utf-8") as file:
        file.write(line + "\n")


class Web(http.server.SimpleHTTPRequestHandler):
    """Files as they lie there."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments):
        super().__init__(*arguments, directory=os.path.join(FOLDER, "web"))

    def do_GET(self):
        log(f"web {self.path}")
        if os.path.exists(self.translate_path(self.path) + ".hang"):
            time.sleep(HANG)
            return
        # It knows seconds alone, and a file may change twice in one.
        del self.headers["If-Modified-Since"]
        super().do_GET()

    def log_message(self, *_):
        pass


class Mail(socketserver.StreamRequestHandler):
    """One conversation."""

    timeout = HANG

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def read(self):
        line = self.rfile.readline(LARGEST)
        if not line:
            raise ConnectionError("gone")
        return line

    def feels(self):
        with open(os.path.join(FOLDER, "smtp"), encoding="utf-8") as file:
            return file.read().strip()

    def handle(self):
        try:
            self.converse()
        except (OSError, ValueError) as error:
            log(f"smtp broke off: {error}")

    def converse(self):
        secure = known = False
        to = ""
        self.say("220 mail.acme.example ESMTP")
        while True:
            line = self.read().decode("utf-8", "replace").strip()
            verb = line.split(" ")[0].upper()
            if verb in ("EHLO", "HELO"):
                offers = ["AUTH PLAIN LOGIN"] if secure else ["STARTTLS"]
                self.say("250-mail.acme.example")
                self.say("250 " + offers[0])
            elif verb == "STARTTLS" and not secure:
                self.say("220 go ahead")
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(os.path.join(FOLDER, "mail.pem"))
                self.request = context.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
                secure = True
            elif verb == "AUTH" and secure and line.upper().startswith("AUTH PLAIN "):
                who = base64.b64decode(line.split(" ")[2]).split(b"\0")
                known = who[1:] == [b"vigie", PASSWORD.encode()]
                log(f"smtp auth {who[1].decode()} {'ok' if known else 'refused'}")
                self.say("235 2.7.0 welcome" if known else "535 5.7.8 authentication failed")
            elif verb == "MAIL":
                self.say("250 ok" if known else "530 5.7.0 authentication required")
            elif verb == "RCPT":
                busy, to = self.feels() == "busy", line[8:]
                log(f"smtp rcpt {'busy' if busy else 'ok'} {to}")
                self.say("450 4.2.0 busy, try again later" if busy else "250 ok")
            elif verb == "DATA":
                self.say("354 end with a dot")
                self.keep(to)
            elif verb in ("RSET", "NOOP"):
                self.say("250 ok")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("502 5.5.1 no")

    def keep(self, to):
        global mails
        lines = []
        while (line := self.read()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        with writing:
            mails += 1
            name = os.path.join(FOLDER, "mails", f"{mails:03}.eml")
        with open(name, "wb") as file:
            file.writelines(lines)
        read = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        log(f"mail {read['Message-ID']} {to} {read['Subject']}")
        if self.feels() == "hang":
            time.sleep(HANG)
            return
        self.say("250 2.0.0 kept")


class Smtp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def main():
    web = http.server.ThreadingHTTPServer(("127.0.0.1", WEB), Web)
    mail = Smtp(("127.0.0.1", MAIL), Mail)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    log("ready")
    mail.serve_forever()


main()
