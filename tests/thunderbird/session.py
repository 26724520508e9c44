#!/usr/bin/python3
"""Runs Thunderbird, with Sceau's module by policy and a person who follows orders. thunderbird.cpp starts it in mount
and network namespaces of its own: session.py FOLDER MODULE AUTHORITY PERSON

The FOLDER contains the profile and everything else. Orders arrive on its socket "session", one JSON array on each line:
[name, arguments …]. The name is that of a function of Session or person.js. Each order is answered with {"value": …} or
{"error": …}. The first answer comes without an order, once Thunderbird is ready.
"""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

from child import start
from mail_sink import MailSink
from marionette import Marionette
from screen import Screen
import thunderbird_profile

HERE = pathlib.Path(__file__).resolve().parent
SHIPPED_POLICIES = HERE.parent.parent / "packaging/mozilla/policies.json"
THUNDERBIRD = "/usr/lib/thunderbird/thunderbird"
PATIENCE = 120


class Session:
    def __init__(self, folder):
        self.folder = folder
        self.log = folder / "thunderbird.log"
        self.screen = None

    def begin(self, module, authority, person):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        self._lay_over("/tmp/.X11-unix", self.folder / "x11")
        self.screen = Screen(self.folder)
        self.sink = MailSink()
        threading.Thread(target=self.sink.serve_forever, daemon=True).start()
        thunderbird_profile.write(self.folder / "profile", person, self.sink.port)
        thunderbird_profile.write_policies(self.folder / "etc", SHIPPED_POLICIES, module, authority)
        self._lay_over("/etc/thunderbird", self.folder / "etc")
        self._start_thunderbird()

    def obey(self, name, *arguments):
        if hasattr(Session, name):
            return getattr(self, name)(*arguments)
        return self.marionette.run(f"return person.{name}(...args)", *arguments)

    def start_seconds(self):
        """Returns the seconds from Thunderbird's start until its main window was usable."""
        return self.seconds

    def send(self):
        """Presses Send. Returns the path of the mail as the server received it, or null if none was sent."""
        self.obey("pressSend")
        if not self.obey("sendingEnds"):
            return None
        sent = self.folder / "sent.eml"
        sent.write_bytes(self.sink.mails.get(timeout=PATIENCE))
        return str(sent)

    def picture(self, name):
        """Returns the path of a PNG of the screen."""
        return str(self.screen.picture(self.folder / f"{name}.png"))

    def explain(self, error):
        """Returns the error, with everything that may explain it."""
        text = f"{type(error).__name__}: {error}"
        with contextlib.suppress(Exception):
            kept = pathlib.Path(tempfile.mkdtemp(prefix="sceau-thunderbird-"))
            text += f"\nThe screen: {self.screen.picture(kept / 'failed.png')}"
        if self.log.exists():
            text += f"\nThunderbird said:\n{self.log.read_text(errors='replace')}"
        return text

    def _lay_over(self, covered, folder):
        """Covers folders, for the programs of this session only."""
        for needed in (covered, folder):
            if not os.path.isdir(needed):
                os.mkdir(needed)
                os.chmod(needed, 0o1777)
        subprocess.run(["mount", "--bind", folder, covered], check=True)

    def _start_thunderbird(self):
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        port = self.folder / "profile/MarionetteActivePort"
        port.unlink(missing_ok=True)
        environment = os.environ | {
            "DISPLAY": self.screen.display,
            "GDK_BACKEND": "x11",
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "MOZ_CRASHREPORTER_DISABLE": "1",
        }
        options = ["--marionette", "--remote-allow-system-access", "--no-remote", "--profile", self.folder / "profile"]
        began = time.monotonic()
        self.thunderbird = start([THUNDERBIRD, *options], self.log, environment)
        self.marionette = Marionette(self._told_in(port), PATIENCE)
        self.marionette.run((HERE / "person.js").read_text())
        self.seconds = time.monotonic() - began

    def _told_in(self, port):
        end = time.monotonic() + PATIENCE
        while not (port.exists() and port.read_text()):
            if self.thunderbird.poll() is not None or time.monotonic() > end:
                raise RuntimeError("Thunderbird does not start")
            time.sleep(0.02)
        return int(port.read_text())


def answer(orders, session, name, *arguments):
    try:
        reply = {"value": session.obey(name, *arguments)}
    except Exception as error:
        reply = {"error": session.explain(error)}
    orders.write(json.dumps(reply).encode() + b"\n")
    orders.flush()


def main(folder, *setup):
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(folder / "session"))
    orders = connection.makefile("rwb")
    session = Session(folder)
    answer(orders, session, "begin", *setup)
    for line in orders:
        answer(orders, session, *json.loads(line))


main(pathlib.Path(sys.argv[1]), *sys.argv[2:])
