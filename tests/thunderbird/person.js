// What a person does in Thunderbird. session.py runs this once in the main window; person.send() and the other
// functions stay for later scripts.
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const { Gloda } = ChromeUtils.importESModule("resource:///modules/gloda/GlodaPublic.sys.mjs");
const { FileUtils } = ChromeUtils.importESModule("resource://gre/modules/FileUtils.sys.mjs");
const { setTimeout } = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs");
const certificates = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);

const kPatience = 60_000;
const kOurs = /messengercompose\/(messengercompose|sendProgress)\.xhtml$/;

/** Every window and dialog of Thunderbird's own accord: its page, and what it says. */
const shown = [];
Services.ww.registerNotification((window, topic) => {
  if (topic == "domwindowopened") {
    window.addEventListener("load", () => kOurs.test(window.location.href) || shown.push(window.location.href), {
      once: true,
    });
  }
});
Services.obs.addObserver(window => shown.push(window.Dialog.args.text), "common-dialog-loaded");

async function until(what, condition) {
  const end = Date.now() + kPatience;
  for (;;) {
    const value = await condition();
    if (value) {
      return value;
    }
    if (Date.now() > end) {
      throw new Error(`never: ${what}; shown: ${shown}`);
    }
    await new Promise(resolve => setTimeout(resolve, 30));
  }
}

const mainWindow = await until("the main window", () => {
  const window = Services.wm.getMostRecentWindow("mail:3pane");
  return window?.gTabmail?.currentAbout3Pane?.messageBrowser && window;
});
mainWindow.resizeTo(mainWindow.screen.width, mainWindow.screen.height);

const identity = () => MailServices.accounts.defaultAccount.defaultIdentity;
const composeWindow = () => Services.wm.getMostRecentWindow("msgcompose");
const openDialog = id =>
  [...Services.wm.getEnumerator(null)]
    .filter(window => window.document.readyState == "complete") // it has no buttons before that
    .map(window => window.document.getElementById(id))
    .find(element => element?.acceptDialog);
const message = () => openDialog("commonDialog");
const panel = () =>
  mainWindow.gTabmail.currentAbout3Pane.messageBrowser.contentDocument.getElementById("messageSecurityPanel");
const received = () => MailServices.accounts.localFoldersServer.rootFolder.getChildNamed("Received");
const lastMail = () => [...received().messages].at(-1);
const listed = () =>
  certificates
    .getCerts()
    .filter(certificate => !["Builtin Object Token", "Software Security Device"].includes(certificate.tokenName));

function attachment({ name, path }) {
  const made = Cc["@mozilla.org/messengercompose/attachment;1"].createInstance(Ci.nsIMsgAttachment);
  made.url = Services.io.newFileURI(new FileUtils.File(path)).spec;
  made.name = name;
  return made;
}

globalThis.person = {
  /** The certificates on tokens, as "token: name". */
  certificates: () => listed().map(certificate => `${certificate.tokenName}: ${certificate.displayName}`),

  /** All that came up of itself since the last time. */
  shown: () => shown.splice(0),

  /** Has the account sign with the certificate that the settings offer; what they offer. The settings stay open. */
  async chooseCertificate() {
    mainWindow.MsgAccountManager("am-e2e.xhtml", MailServices.accounts.defaultAccount.incomingServer);
    const page = await until("the account's settings", () => {
      const settings = mainWindow.gTabmail.currentTabInfo.browser?.contentDocument?.getElementById("contentFrame");
      return settings?.contentWindow.gIdentity && settings.contentDocument;
    });
    setTimeout(() => page.getElementById("signingCertSelectButton").doCommand(), 0);
    const picker = await until("certificates to pick from", () => openDialog("certPicker"));
    const offered = [...picker.querySelectorAll("menuitem")].map(item => item.label);
    picker.acceptDialog();
    await until("the certificate is chosen", () => {
      message()?.cancelDialog(); // "Do you want the same for encryption?"
      return identity().getUnicharAttribute("signing_cert_dbkey") && !message();
    });
    page.getElementById("identity_sign_mail").click();
    page.getElementById("smimeOptions").scrollIntoView();
    return offered.map(text => text.trim());
  },

  closeSettings() {
    mainWindow.gTabmail.closeTab(mainWindow.gTabmail.currentTabInfo);
  },

  /** Opens the list of security devices; its modules. */
  async openDevices() {
    const window = mainWindow.openDialog("chrome://pippki/content/device_manager.xhtml", "devices", "chrome,dialog=no");
    const cells = () => [...window.document.querySelectorAll("#device_list > treeitem > treerow > treecell")];
    await until("the devices", () => cells().length >= 3);
    const { view, columns } = window.document.getElementById("device_tree");
    const rows = [...Array(view.rowCount).keys()];
    view.selection.select(rows.find(row => view.getCellText(row, columns[0]) == "Sceau 1"));
    return cells().map(cell => cell.getAttribute("label"));
  },

  closeDevices() {
    [...Services.wm.getEnumerator(null)].find(window => window.location.href.endsWith("device_manager.xhtml")).close();
  },

  /** Opens the window, with all of this in it, and waits for its "Sign" button to be down. */
  async compose({ subject, text, attached }) {
    const fields = Cc["@mozilla.org/messengercompose/composefields;1"].createInstance(Ci.nsIMsgCompFields);
    Object.assign(fields, { to: "tresorerie@banque.example", subject, body: text });
    for (const file of attached) {
      fields.addAttachment(attachment(file));
    }
    const wanted = Cc["@mozilla.org/messengercompose/composeparams;1"].createInstance(Ci.nsIMsgComposeParams);
    Object.assign(wanted, {
      composeFields: fields,
      identity: identity(),
      format: Ci.nsIMsgCompFormat.PlainText,
      type: Ci.nsIMsgCompType.New,
    });
    MailServices.compose.OpenComposeWindowWithParams(null, wanted);
    await until("a window to write in", () => composeWindow()?.composeEditorReady);
    await until("the window is going to sign", () =>
      composeWindow().document.getElementById("button-signing").hasAttribute("checked")
    );
    composeWindow().resizeTo(mainWindow.screen.width, mainWindow.screen.height);
  },

  /** Presses Send. Returns at once: the window answers nothing while the signature is made. */
  pressSend() {
    const window = composeWindow();
    setTimeout(() => window.goDoCommand("cmd_sendNow"), 0);
  },

  /** Waits for the window to be gone, or for a dialog, which is pressed away. True: gone. */
  async sendingEnds() {
    await until("the mail is sent, or not", () => !composeWindow() || message());
    if (!composeWindow()) {
      return true;
    }
    message().acceptDialog();
    await until("the dialog is gone", () => !message());
    await until("the window can be written in", () => !composeWindow().gSendLocked);
    return false;
  },

  /** What stands in the window to write in. */
  composed() {
    const window = composeWindow();
    return {
      subject: window.document.getElementById("msgSubject").value,
      text: window.GetCurrentEditor().outputToString("text/plain", 0),
      attachments: [...window.gAttachmentBucket.itemChildren].map(item => item.attachment.name),
    };
  },

  /** A mail comes into a local folder. */
  async receive(path) {
    const root = MailServices.accounts.localFoldersServer.rootFolder;
    if (!root.containsChildNamed("Received")) {
      root.createSubfolder("Received", null);
    }
    await new Promise((resolve, reject) =>
      MailServices.copy.copyFileMessage(new FileUtils.File(path), received(), null, false, 0, "", {
        onStartCopy() {},
        onProgress() {},
        setMessageKey() {},
        getMessageId: () => null,
        onStopCopy: status => (status ? reject(new Error(`not received: ${status}`)) : resolve()),
      }, null)
    );
  },

  /** Opens the mail that came last, and the panel behind its S/MIME button, until closePanel(). */
  async read() {
    const pane = mainWindow.gTabmail.currentAbout3Pane;
    pane.displayFolder(received().URI);
    const window = pane.messageBrowser.contentWindow;
    let judged = false;
    window.addEventListener("smimeprocessed", () => (judged = true), { once: true });
    pane.selectMessage(lastMail());
    await until("the mail is opened", () => judged);
    window.showMessageReadSecurityInfo();
    await until("the panel is open", () => panel().state == "open");
    const text = id => window.document.getElementById(id).textContent;
    const icon = window.document.getElementById("signedHdrIcon");
    return {
      icon: icon.hidden ? "" : icon.src.split("/").at(-1),
      signature: text("signatureLabel"),
      why: text("signatureExplanation"),
      encryption: text("encryptionLabel"),
      text: window.getMessagePaneBrowser().contentDocument.body.textContent.trim(),
    };
  },

  /** Waits for the global indexer to have read it too. */
  async indexed() {
    await until("the mail is indexed", () => Gloda.isMessageIndexed(lastMail()));
  },

  async closePanel() {
    panel().hidePopup();
    await until("the panel is closed", () => panel().state == "closed");
  },
};
