"""Exim in Debian's configuration, with routes for mails to other hosts."""

import pathlib
import subprocess

import machine
import sink

WAYS = {"smtp": "elsewhere.example", "footer": "footer.example", "maildir": machine.HERE, "mbox": machine.HERE}

_LOG = pathlib.Path("/var/log/exim4/mainlog")
# The answers to Debian's questions at installation.
_ANSWERS = f"""\
dc_eximconfig_configtype='smarthost'
dc_other_hostnames='{machine.HERE}'
dc_local_interfaces='127.0.0.1'
dc_readhost=''
dc_relay_domains=''
dc_minimaldns='false'
dc_relay_nets=''
dc_smarthost='{sink.ADDRESS}'
CFILEMODE='644'
dc_use_split_config='true'
dc_hide_mailname='false'
dc_mailname_in_oh='true'
dc_localdelivery='mail_spool'
"""
_ROUTER = f"""\
with_footer:
  driver = manualroute
  domains = footer.example
  route_list = * {sink.ADDRESS} byname
  transport = with_footer
"""
_TRANSPORT = """\
with_footer:
  driver = smtp
  transport_filter = /bin/cat - /etc/exim4/footer
"""


def configuration(_):
    return {
        "exim4/update-exim4.conf.conf": _ANSWERS,
        "exim4/passwd.client": "",
        "exim4/footer": "This mail is confidential.\n",
        "exim4/conf.d/router/150_with_footer": _ROUTER,
        "exim4/conf.d/transport/30_with_footer": _TRANSPORT,
    }


class Server:
    def __init__(self):
        """Returns when Exim listens."""
        for folder in ("/var/lib/exim4", "/var/spool/exim4", "/run/exim4"):
            machine.make_folder(folder, "Debian-exim", "Debian-exim", 0o750)
        machine.make_folder(_LOG.parent, "Debian-exim", "adm", 0o2750)
        subprocess.run(["update-exim4.conf"], check=True)
        machine.start(["exim4", "-bdf", "-odq"], "127.0.0.1")

    def deliver(self, _):
        """Delivers every mail that waits in Exim's queue."""
        subprocess.run(["exim4", "-qf"], check=True)
        if subprocess.run(["exim4", "-bpc"], check=True, capture_output=True, text=True).stdout != "0\n":
            raise RuntimeError("Exim fails:\n" + _LOG.read_text())
