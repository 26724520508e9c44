#!/usr/bin/python3
"""Shows dialogs in a real pinentry and tells what a person sees of them: desk.py FLAVOR FILE ANSWER

The FILE has a list in JSON of dialogs: {"lines": [of the protocol …], "command": "GETPIN" or "CONFIRM", "read": bool}. One
pinentry shows them one after the other. The file ANSWER is a list with one entry for each dialog:
  "windows"  width, height and position of each window, and "screen" the screen's size (graphical flavours)
  "rows"     the terminal's 24 rows of 80 columns while the dialog waits (curses and tty)
  "title", "texts", "buttons"  what a screen reader is told, if "read" (graphical flavours but fltk)
  "answer"   what pinentry said: the PIN 123456 is typed if "read", otherwise the dialog is dismissed in some way
"""

import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

SCREEN = (1024, 768)
ROWS, COLUMNS = 24, 80
PATIENCE = 60
PIN = "123456"


class Pinentry:
    """The line protocol. A thread of its own reads, so that an answer can be awaited with a limit."""

    def __init__(self, flavor, environment):
        self.process = subprocess.Popen(
            [f"/usr/bin/pinentry-{flavor}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
        )
        self.answer()

    def send(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def answer(self):
        """Returns the lines up to OK or ERR."""
        lines = []
        while True:
            if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
                raise RuntimeError("pinentry does not answer")
            line = self._line()
            lines.append(line)
            if line.startswith(("OK", "ERR")):
                return lines

    def has_answered(self):
        return bool(select.select([self.process.stdout], [], [], 0)[0])

    def command(self, line):
        self.send(line)
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)

    def _line(self):
        text = b""
        while not text.endswith(b"\n"):
            byte = os.read(self.process.stdout.fileno(), 1)
            if not byte:
                raise RuntimeError("pinentry has ended")
            text += byte
        return text.decode().rstrip("\n")


def until(condition, what):
    end = time.monotonic() + PATIENCE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: not within {PATIENCE} s")
        time.sleep(0.03)


class Desktop:
    """A screen with a window manager, on which xwininfo, xdotool and AT-SPI look and act."""

    def __init__(self, flavor):
        self.flavor = flavor
        environment = os.environ | {"LC_ALL": "C.UTF-8"}
        subprocess.Popen(["openbox"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: "Openbox" in self._tree(), "the window manager")
        self.pinentry = Pinentry(flavor, environment)
        self.last = []

    def show(self, dialog):
        for line in dialog["lines"]:
            self.pinentry.command(line)
        self.pinentry.send(dialog["command"])
        self.last = self._stable_windows()
        seen = {"screen": SCREEN, "windows": [window[1:] for window in self.last]}
        if dialog["read"] and self.flavor != "fltk":
            seen |= self._words()
        answer = self._dismiss(dialog)
        for _ in range(8):
            if not self._windows():
                self.last = []  # the next dialog's window may get the same number
                break
        return seen | {"answer": answer}

    def _dismiss(self, dialog):
        if dialog["read"] and dialog["command"] == "GETPIN":
            self._keys("type", "--delay", "20", PIN)
            self._keys("key", "Return")
            return self.pinentry.answer()
        while not self.pinentry.has_answered():
            self._keys("key", "Escape")
            time.sleep(0.05)
        return self.pinentry.answer()

    @staticmethod
    def _keys(*arguments):
        subprocess.run(["xdotool", *arguments], check=True, stdout=subprocess.DEVNULL)

    @staticmethod
    def _tree():
        while True:  # it fails when a window goes away meanwhile
            told = subprocess.run(["xwininfo", "-root", "-tree"], capture_output=True)
            if told.returncode == 0:
                return told.stdout.decode(errors="replace")

    def _windows(self):
        """Number, width, height and position of the windows with a name, other than the small ones that toolkits keep for themselves."""
        found = re.findall(
            r'^ +(0x[0-9a-f]+) ".*": \(.*\)  (\d+)x(\d+)\+-?\d+\+-?\d+  \+(-?\d+)\+(-?\d+)$', self._tree(), re.M
        )
        windows = [tuple(int(number, 0) for number in one) for one in found]
        return [window for window in windows if window[1] > 60 and window[2] > 40]

    def _stable_windows(self):
        """Waits for a window that the last dialog did not have; pinentry-qt leaves the last one until the next command."""
        seen = []

        def stable():
            nonlocal seen
            before, seen = seen, self._windows()
            return seen == before and {window[0] for window in seen} - {window[0] for window in self.last}

        until(stable, "the dialog")
        return seen

    def _words(self):
        import pyatspi

        def words():
            seen = {"title": "", "texts": [], "buttons": []}
            for application in pyatspi.Registry.getDesktop(0):
                if application is not None:
                    self._walk(application, seen)
            return seen if seen["texts"] and seen["buttons"] else None

        return until(words, "the words")

    def _walk(self, node, seen):
        role = node.getRoleName()
        if role in ("dialog", "frame", "window", "alert"):
            seen["title"] = seen["title"] or node.name
        elif role == "label":
            seen["texts"].append(self._text(node))
        elif role in ("push button", "button"):
            seen["buttons"].append(node.name)
        for child in node:
            if child is not None:
                self._walk(child, seen)

    @staticmethod
    def _text(node):
        try:
            return node.queryText().getText(0, -1) or node.name
        except NotImplementedError:
            return node.name


class Terminal:
    """A terminal of 80 columns and 24 rows."""

    def __init__(self, flavor):
        import pyte

        self.flavor = flavor
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.lock = threading.Lock()
        self.drawn = time.monotonic()
        threading.Thread(target=self._draw, daemon=True).start()
        self.pinentry = Pinentry(flavor, os.environ | {"LC_ALL": "C.UTF-8"})
        for option in (f"ttyname={os.ttyname(theirs)}", "ttytype=xterm", "lc-ctype=C.UTF-8", "lc-messages=C.UTF-8"):
            self.pinentry.command("OPTION " + option)

    def show(self, dialog):
        for line in dialog["lines"]:
            self.pinentry.command(line)
        before = self.drawn
        self.pinentry.send(dialog["command"])
        # Either it draws and then waits, or it answers at once that there is no room.
        until(lambda: self.pinentry.has_answered() or self._waits(before), "the dialog")
        with self.lock:
            rows = list(self.screen.display)
        if not self.pinentry.has_answered():
            self._type(dialog)
        return {"rows": rows, "answer": self.pinentry.answer()}

    def _waits(self, before):
        return self.drawn > before and time.monotonic() - self.drawn > 0.15

    def _type(self, dialog):
        if dialog["read"] and dialog["command"] == "GETPIN":
            os.write(self.ours, PIN.encode() + b"\r")
        elif self.flavor == "tty" and dialog["command"] == "CONFIRM":
            os.write(self.ours, b"c")
        else:
            os.write(self.ours, b"\r")

    def _draw(self):
        while True:
            data = os.read(self.ours, 65536)
            with self.lock:
                self.stream.feed(data)
                self.drawn = time.monotonic()


def main():
    flavor, file = sys.argv[1], sys.argv[2]
    if flavor not in ("curses", "tty") and "SCEAU_DESK" not in os.environ:
        return on_a_screen()
    with open(file, encoding="utf-8") as dialogs:
        place = (Terminal if flavor in ("curses", "tty") else Desktop)(flavor)
        seen = [place.show(dialog) for dialog in json.load(dialogs)]
    place.pinentry.close()
    pathlib.Path(sys.argv[3]).write_text(json.dumps(seen), encoding="utf-8")
    os._exit(0)  # neither the thread that draws nor the bus keeps this program


def on_a_screen():
    """Runs this program again, with a screen and a session bus."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sceau-desk-"))
    told, tell = os.pipe()
    size = f"{SCREEN[0]}x{SCREEN[1]}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(tell), "-screen", "0", size, "-nolisten", "tcp"],
        stderr=subprocess.DEVNULL, pass_fds=[tell],
    )
    os.close(tell)
    try:
        with os.fdopen(told) as display:
            number = display.readline().strip()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "DISPLAY": ":" + number,
            "SCEAU_DESK": "1",
            "GTK_MODULES": "gail:atk-bridge",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "LC_ALL": "C.UTF-8",
        }
        return subprocess.run(
            ["dbus-run-session", "--", sys.executable, *sys.argv], env=environment, stderr=sys.stderr
        ).returncode
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


sys.exit(main())
