"""A client of Marionette, Mozilla's remote control: JSON messages with a length prefix, over TCP on loopback."""

import json
import socket
import time


class ScriptError(Exception):
    """The program's error message, in place of a result."""


class DialogOpen(ScriptError):
    """A dialog is open and prevents scripts from running."""


WRAPPER = """
const args = [...arguments];
const resolve = args.pop();
globalThis.answer = null;
(async () => { %s })().then(
  value => resolve((globalThis.answer = { value })),
  error => resolve((globalThis.answer = { error: `${error}\\n${error.stack}` }))
);
"""


class Marionette:
    """Runs scripts in the program's own pages, with full privileges ("chrome")."""

    def __init__(self, port, patience):
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=patience)
        self.messages = self.connection.makefile("rb")
        self.last_id = 0
        self._receive()  # the program introduces itself
        self._command("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"unhandledPromptBehavior": "ignore"}}})
        self._command("WebDriver:SetTimeouts", {"script": int(patience * 1000)})
        self._command("Marionette:SetContext", {"value": "chrome"})

    def run(self, script, *arguments):
        """Returns the value of the JavaScript function body, which may await. It sees `args`; its globals persist."""
        parameters = {"script": WRAPPER % script, "args": arguments, "newSandbox": False, "sandbox": "system"}
        answer = self._command("WebDriver:ExecuteAsyncScript", parameters)["value"]
        while answer is None:  # a dialog opened: Marionette no longer waits for the script, which continues
            answer = self._answer_so_far()
        if "error" in answer:
            raise ScriptError(answer["error"])
        return answer.get("value")

    def _answer_so_far(self):
        time.sleep(0.03)
        parameters = {"script": "return globalThis.answer", "newSandbox": False, "sandbox": "system"}
        try:
            return self._command("WebDriver:ExecuteScript", parameters)["value"]
        except DialogOpen:
            return None

    def _command(self, name, parameters):
        self.last_id += 1
        text = json.dumps([0, self.last_id, name, parameters]).encode()
        self.connection.sendall(str(len(text)).encode() + b":" + text)
        _, _, error, result = self._receive()
        if error and error["error"] == "unexpected alert open":
            raise DialogOpen(error["message"])
        if error:
            raise ScriptError(f"{name}: {error['error']}: {error['message']}\n{error.get('stacktrace', '')}")
        return result

    def _receive(self):
        length = b""
        while (byte := self.messages.read(1)) != b":":
            if not byte:
                raise ScriptError("Marionette closed the connection")
            length += byte
        return json.loads(self.messages.read(int(length)))
