#!/usr/bin/env python3
"""relay.py HOW MAIL OUT: what is left of a mail after a way that mails go.

HOW is "strip" (a list server or gateway that takes blanks from line ends), "mbox" (a mail store that quotes lines that
begin "From "), "dots" (a relay that undoes SMTP's dots where nobody doubled them), or "lf" (a store with Unix line ends).
"""

import mailbox
import pathlib
import re
import sys


def through_mbox(octets, beside):
    box = mailbox.mbox(beside + ".mbox")
    key = box.add(octets)
    box.flush()
    octets = box.get_bytes(key)
    box.close()
    return octets


def main():
    how, mail, out = sys.argv[1:4]
    octets = pathlib.Path(mail).read_bytes()
    if how == "strip":
        octets = re.sub(rb"[ \t]+(?=\r?\n)", b"", octets)
    elif how == "mbox":
        octets = through_mbox(octets, out)
    elif how == "dots":
        octets = re.sub(rb"(?m)^\.", b"", octets)
    elif how == "lf":
        octets = octets.replace(b"\r\n", b"\n")
    pathlib.Path(out).write_bytes(octets)


if __name__ == "__main__":
    main()
