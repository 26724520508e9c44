#!/usr/bin/python3
"""A mail server of Debian's, and signed mails that go through it. For relays_test.cpp, which starts it in namespaces of
its own, where it may lay over what it wants and its children die with it: session.py SERVER PACKAGES FOLDER

SERVER is postfix or exim, whose packages are unpacked in PACKAGES. FOLDER/signed/NAME.eml are the mails,
FOLDER/arrived/WAY/NAME.eml is what arrives of them. Prints what went wrong, if anything did.
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
    ended.register(sys.stdout, 0)  # an error, which is always told: nobody is there any more to read
    ended.poll()
    os._exit(1)


def give_up(*_):
    raise TimeoutError(f"not all mails have arrived within {PATIENCE} s")


def send(server, recipients):
    """Each mail has a sender of its own, by which it is known when it arrives."""
    mails = list(pathlib.Path("signed").iterdir())
    with smtplib.SMTP("127.0.0.1") as connection:
        for mail in mails:
            connection.sendmail(f"{mail.stem}@{SENDERS}", recipients, mail.read_bytes())
    server.deliver(len(mails))


def keep(way, mails):
    """The sender is first told in what came before the header: of an mbox, a line that is not the mail's."""
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
