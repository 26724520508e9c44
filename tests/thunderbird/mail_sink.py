"""An SMTP server that accepts and stores every mail."""

import queue
import socketserver


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self._say("220 sink")
        while line := self.rfile.readline():
            verb = line.split()[0].upper() if line.split() else b""
            if verb == b"EHLO":
                self._say("250-sink\r\n250 8BITMIME")
            elif verb == b"DATA":
                self._say("354 go on")
                self.server.mails.put(self._data())
                self._say("250 taken")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 well")

    def _say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def _data(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)


class MailSink(socketserver.ThreadingTCPServer):
    """`mails` is a queue of the received mails, unaltered."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.mails = queue.Queue()
        self.port = self.server_address[1]
