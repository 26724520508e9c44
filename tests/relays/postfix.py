"""Postfix in Debian's configuration, with routes for mails to other hosts."""

import pathlib
import re
import subprocess

import machine
import sink

WAYS = {"smtp": "elsewhere.example", "narrow": "narrow.example", "maildir": machine.HERE, "mbox": machine.HERE}

_LOG = pathlib.Path("/var/log/mail.log")
_MAIN = f"""
myhostname = {machine.HOST}
mydestination = {machine.HERE}
relayhost = [{sink.ADDRESS}]
transport_maps = inline:{{narrow.example=narrow:[{sink.ADDRESS}]}}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
maillog_file = {_LOG}
# Prevents a delay of a second for the mails before this one or for the mbox.
in_flow_delay = 0
local_destination_concurrency_limit = 1
"""
_MASTER = """
narrow unix - - y - - smtp
    -o smtp_line_length_limit=80
"""


def configuration(packages):
    packaged = packages / "usr/share/postfix"
    return {
        "postfix/main.cf": (packaged / "main.cf.debian").read_text() + _MAIN,
        "postfix/master.cf": (packaged / "master.cf.dist").read_text() + _MASTER,
    }


class Server:
    def __init__(self):
        """Returns when Postfix listens."""
        machine.make_folder("/var/lib/postfix", "postfix", "postfix")
        for folder in ("/var/spool/postfix", _LOG.parent):
            machine.make_folder(folder, "root", "root")
        if subprocess.run(["postfix", "start"]).returncode != 0:
            raise RuntimeError("Postfix does not start:\n" + _LOG.read_text())
        self._news = subprocess.Popen(["tail", "-f", "-n", "+1", _LOG], stdout=subprocess.PIPE, text=True).stdout

    def deliver(self, count):
        """Waits until Postfix has delivered every mail that it accepted."""
        lines = []
        for line in self._news:
            lines.append(line)
            count -= line.endswith(": removed\n")
            if count == 0:
                return
            if re.search(r"status=(?!sent)|(fatal|panic): ", line):
                break
        raise RuntimeError("Postfix fails:\n" + "".join(lines))
