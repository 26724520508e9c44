"""The machine on which a server believes it runs: the programs of Debian's packages in their places, two people with
mailboxes, no network but loopback, and an empty /var."""

import contextlib
import pathlib
import re
import shutil
import socket
import subprocess
import time

HOST = "relay.example"
HERE = "here.example"  # the host of the people's addresses
_ACCOUNTS = pathlib.Path("/usr/share/base-passwd")  # present on every Debian system
_PASSWD = """\
postfix:x:100:100::/var/spool/postfix:/usr/sbin/nologin
Debian-exim:x:101:101::/var/spool/exim4:/usr/sbin/nologin
maildir:x:1000:1000::/var/home/maildir:/bin/sh
mbox:x:1001:1001::/var/home/mbox:/bin/sh
"""
_GROUP = """\
postfix:x:100:
Debian-exim:x:101:
postdrop:x:102:
maildir:x:1000:
mbox:x:1001:
"""
_MAILDIR = pathlib.Path("/var/home/maildir/Maildir")
_MBOX = pathlib.Path("/var/mail/mbox")


def lay_out(packages, configuration):
    """Mounts the machine in the caller's namespaces. The working folder keeps the mounted files. The configuration maps
    paths below /etc to the contents of the files."""
    socket.sethostname(HOST)
    _run("ip", "link", "set", "lo", "up")
    over = pathlib.Path("over").resolve()
    over.mkdir()
    _run("mount", "-t", "tmpfs", "tmpfs", over)
    # A copy, because Exim's files must belong to root, and in the user namespace that is the user.
    shutil.copytree(packages, over, symlinks=True, dirs_exist_ok=True)
    (over / "usr/sbin/exim4").chmod(0o4755)  # scripts/install-dependencies took this bit away
    for path, text in (_etc() | configuration).items():
        file = over / "etc" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for folder in ("/usr", "/etc"):
        _run("mount", "-t", "overlay", "-o", f"lowerdir={over}{folder}:{folder}", "overlay", folder)
    for folder in ("/run", "/var"):
        _run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", folder)
    _give_mailboxes()


def make_folder(path, owner, group, mode=0o755):
    path = pathlib.Path(path)
    path.mkdir(parents=True)
    shutil.chown(path, owner, group)
    path.chmod(mode)


def start(command, address):
    """Returns when the program listens on port 25 of the address."""
    program = subprocess.Popen(command)
    while program.poll() is None:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection((address, 25)):
            return
        time.sleep(0.02)
    raise RuntimeError(f"{command[0]} does not start")


def mails_in_maildir():
    return [path.read_bytes() for path in (_MAILDIR / "new").iterdir()]


def mails_in_mbox():
    """Returns each mail with the line that begins it."""
    return re.split(rb"^(?=From )", _MBOX.read_bytes(), flags=re.MULTILINE)[1:]


def _etc():
    return {
        "passwd": (_ACCOUNTS / "passwd.master").read_text() + _PASSWD,
        "group": (_ACCOUNTS / "group.master").read_text() + _GROUP,
        "hosts": f"127.0.0.1 localhost {HOST}\n",
        "resolv.conf": "nameserver 127.0.0.1\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\nservices: files\n",
        "aliases": "",
        "mailname": f"{HOST}\n",
    }


def _give_mailboxes():
    make_folder("/var/mail", "root", "mail", 0o2775)
    for user in ("maildir", "mbox"):
        make_folder(f"/var/home/{user}", user, user)
    # Both servers let a user choose a Maildir this way.
    forward = _MAILDIR.parent / ".forward"
    forward.write_text(f"{_MAILDIR}/\n")
    shutil.chown(forward, "maildir", "maildir")


def _run(*command):
    subprocess.run(command, check=True)
