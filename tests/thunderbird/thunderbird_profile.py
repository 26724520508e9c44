"""A fresh Thunderbird profile with one account, which sends on loopback. Nothing in it connects elsewhere or asks."""

import json

# Sceau is not in here, because the administrator's policy adds it.
PREFERENCES = {
    "mail.accountmanager.accounts": "account1,account2",
    "mail.accountmanager.defaultaccount": "account1",
    "mail.accountmanager.localfoldersserver": "server2",
    "mail.account.account1.server": "server1",
    "mail.account.account1.identities": "id1",
    "mail.account.account2.server": "server2",
    "mail.server.server1.type": "pop3",
    "mail.server.server1.hostname": "127.0.0.1",
    "mail.server.server1.login_at_startup": False,
    "mail.server.server1.check_new_mail": False,
    "mail.server.server2.type": "none",
    "mail.server.server2.hostname": "Local Folders",
    "mail.server.server2.userName": "nobody",
    "mail.server.server2.name": "Local Folders",
    "mail.identity.id1.smtpServer": "smtp1",
    "mail.identity.id1.valid": True,
    "mail.identity.id1.e2etechpref": 1,  # S/MIME before OpenPGP
    "mail.smtpservers": "smtp1",
    "mail.smtp.defaultserver": "smtp1",
    "mail.smtpserver.smtp1.hostname": "127.0.0.1",
    "mail.smtpserver.smtp1.authMethod": 1,
    "mail.smtpserver.smtp1.try_ssl": 0,
    "mailnews.database.global.indexer.enabled": True,
    "mailnews.start_page.enabled": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mail.spellcheck.inline": False,
    "ui.popup.disable_autohide": True,  # without a window manager, focus moves around
    "app.donation.eoy.version.viewed": 999,
    "datareporting.policy.dataSubmissionEnabled": False,
}

# The "Sign" button is one that a person may add. No menu has it if the only certificate is for signing.
_COMPOSE_WINDOW = "chrome://messenger/content/messengercompose/messengercompose.xhtml"
_TOOLBAR = {"currentset": "button-send,separator,button-signing,button-encryption,button-save,spring,button-attach"}


def write(folder, person, smtp_port):
    folder.mkdir(exist_ok=True)
    address = f"{person.lower()}@example.org"
    preferences = PREFERENCES | {
        "mail.server.server1.userName": person.lower(),
        "mail.server.server1.name": address,
        "mail.identity.id1.fullName": f"{person} Example",
        "mail.identity.id1.useremail": address,
        "mail.smtpserver.smtp1.port": smtp_port,
    }
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items())
    (folder / "user.js").write_text("".join(lines))
    (folder / "xulstore.json").write_text(json.dumps({_COMPOSE_WINDOW: {"composeToolbar2": _TOOLBAR}}))


def write_policies(folder, shipped, module, authority):
    """/etc/thunderbird as an administrator leaves it: Sceau's policies and the local certificate authority."""
    policies = json.loads(shipped.read_text().replace("SCEAU_MODULE", module))
    policies["policies"]["Certificates"] = {"Install": [authority]}
    (folder / "policies").mkdir(parents=True, exist_ok=True)
    (folder / "policies" / "policies.json").write_text(json.dumps(policies))
