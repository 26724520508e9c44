"""The target of mails by SMTP: Postfix's test server, which stores them. It does not offer 8BITMIME."""

import pathlib
import re
import subprocess

import machine

ADDRESS = "192.0.2.25"  # outside 127.0.0.0/8, which Exim takes for its own
_KEPT = pathlib.Path("/var/sink")


def start():
    """Returns when the server listens."""
    machine.make_folder(_KEPT, "nobody", "nogroup")
    subprocess.run(["ip", "address", "add", ADDRESS, "dev", "lo"], check=True)
    machine.start(["smtp-sink", "-8", "-u", "nobody", "-d", f"{_KEPT}/", f"{ADDRESS}:25", "100"], ADDRESS)


def mails(recipient):
    """Returns all mails so far. smtp-sink writes a mail to its file before it accepts it, with the envelope before the
    header."""
    line = re.compile(rb"^X-Rcpt-Args: <%s@" % recipient.encode(), re.MULTILINE)
    return [mail for mail in (path.read_bytes() for path in _KEPT.iterdir()) if line.search(mail)]
