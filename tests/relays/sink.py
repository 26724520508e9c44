"""Where mails go by SMTP: Postfix's test server, which keeps them. It says that it does not take 8BITMIME."""

import pathlib
import re
import subprocess

import machine

ADDRESS = "192.0.2.25"  # not in 127.0.0.0/8, which Exim takes for its own
_KEPT = pathlib.Path("/var/sink")


def start():
    """It listens when this returns."""
    machine.make_folder(_KEPT, "nobody", "nogroup")
    subprocess.run(["ip", "address", "add", ADDRESS, "dev", "lo"], check=True)
    machine.start(["smtp-sink", "-8", "-u", "nobody", "-d", f"{_KEPT}/", f"{ADDRESS}:25", "100"], ADDRESS)


def mails(recipient):
    """All that came so far: a mail is in its file before smtp-sink says that it took it. How it came stands before its
    header."""
    line = re.compile(rb"^X-Rcpt-Args: <%s@" % recipient.encode(), re.MULTILINE)
    return [mail for mail in (path.read_bytes() for path in _KEPT.iterdir()) if line.search(mail)]
