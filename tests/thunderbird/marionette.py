"""A client of Marionette, Mozilla's remote control: JSON messages with their length in front, over TCP on loopback."""

import json
import socket


class ScriptError(Exception):
    """What the program answered in place of a result."""


WRAPPER = """
const args = [...arguments];
const resolve = args.pop();
(async () => { %s })().then(
  value => resolve({ value }),
  error => resolve({ error: `${error}\\n${error.stack}` })
);
"""


class Marionette:
    """Runs scripts in the program's own pages, with all of its rights ("chrome")."""

    def __init__(self, port, patience):
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=patience)
        self.messages = self.connection.makefile("rb")
        self.last_id = 0
        self._receive()  # who it is
        self._command("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"unhandledPromptBehavior": "ignore"}}})
        self._command("WebDriver:SetTimeouts", {"script": int(patience * 1000)})
        self._command("Marionette:SetContext", {"value": "chrome"})

    def run(self, script, *arguments):
        """The value of the JavaScript function body, which may await. Its `args` are these; its globals stay."""
        parameters = {"script": WRAPPER % script, "args": arguments, "newSandbox": False, "sandbox": "system"}
        answer = self._command("WebDriver:ExecuteAsyncScript", parameters)["value"]
        if "error" in answer:
            raise ScriptError(answer["error"])
        return answer.get("value")

    def _command(self, name, parameters):
        self.last_id += 1
        text = json.dumps([0, self.last_id, name, parameters]).encode()
        self.connection.sendall(str(len(text)).encode() + b":" + text)
        _, _, error, result = self._receive()
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
