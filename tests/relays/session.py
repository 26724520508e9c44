#!/usr/bin/python3
"""Sends signed mails through one of Debian's mail servers. relays_test.cpp starts it in namespaces of its own, where it
may mount over anything and its children die with it: session.py SERVER PACKAGES FOLDER

SERVER is postfix or exim, whose packages are unpacked in PACKAGES. The mails are FOLDER/signed/NAME.eml, and they arrive
as FOLDER/arrived/WAY/NAME.eml. Prints what went wrong, if anything did.
"""

import os
import pathlib
import re
import select
import signal
import smtplib
import sys
import threading

import exim
import machine
import postfix
import sink

SERVERS = {"exim": exim, "postfix": postfix}
SENDERS = "senders.example"
STORES = {"maildir": machine.mails_in_maildir, "mbox": machine.mails_in_mbox}
PATIENCE = 1200  # seconds


def end_with_the_test():
    ended = select.poll()
    ended.register(sys.stdout, 0)  # poll() always reports errors, such as that nobody is left to read the output
    ended.poll()
    os._exit(1)


def give_up(*_):
    raise TimeoutError(f"not all mails have arrived within {PATIENCE} s")


def send(server, recipients):
    """Each mail has a sender of its own, which identifies it on arrival."""
    mails = list(pathlib.Path("signed").iterdir())
    with smtplib.SMTP("127.0.0.1") as connection:
        for mail in mails:
            connection.sendmail(f"{mail.stem}@{SENDERS}", recipients, mail.read_bytes())
    server.deliver(len(mails))


def keep(way, mails):
    """What came before the header names the sender first. In an mbox this is a line that is not part of the mail."""
    folder = pathlib.Path("arrived", way)
    folder.mkdir(parents=True)
    for mail in mails:
        name = re.search(rf"[^\s<]+(?=@{SENDERS})".encode(), mail)[0].decode()
        with open(folder / f"{name}.eml", "xb") as file:
            file.write(re.sub(rb"\AFrom .*\n", b"", mail))


def main(name, packages, folder):
    threading.Thread(target=end_with_the_test, daemon=True).start()
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    os.chdir(folder)
    kind = SERVERS[name]
    packages = pathlib.Path(packages)
    machine.lay_out(packages, kind.configuration(packages))
    sink.start()
    send(kind.Server(), [f"{way}@{domain}" for way, domain in kind.WAYS.items()])
    for way in kind.WAYS:
        keep(way, STORES[way]() if way in STORES else sink.mails(way))


main(*sys.argv[1:])
