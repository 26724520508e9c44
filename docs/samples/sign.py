#!/usr/bin/env python3
"""Signs a file with the key of a mail address over the bare socket: sign.py ADDRESS FILE writes the signature to stdout."""
import base64, hashlib, json, os, socket, sys


def calls(method, parameters):
    """Yields the replies to one call as they arrive (docs/protocol.md)."""
    agent = socket.socket(socket.AF_UNIX)
    agent.connect(os.environ.get("SCEAU_SOCKET") or os.environ["XDG_RUNTIME_DIR"] + "/sceau/agent")
    call = {"method": "org.sceau.Agent." + method, "parameters": parameters, "more": True}
    agent.sendall(json.dumps(call).encode() + b"\0")
    received = b""
    while True:
        while b"\0" not in received:
            part = agent.recv(65536)
            if not part:
                sys.exit("The agent closed the connection.")
            received += part
        frame, received = received.split(b"\0", 1)
        reply = json.loads(frame)
        if "error" in reply:
            sys.exit(f"{reply['error']} {reply['parameters']}")
        yield reply["parameters"]
        if not reply.get("continues"):
            return


address, file = sys.argv[1:]
[keys] = calls("ListKeys", {"email": address, "usage": "sign"})
if not keys["keys"]:
    sys.exit(f"No token has a key of {address}.")
key = keys["keys"][0]
scheme = key["schemes"][0]
digest = hashlib.new(scheme.rsplit("_", 1)[1], open(file, "rb").read()).digest()
wanted = {"key": key["id"], "scheme": scheme, "digest": base64.b64encode(digest).decode()}
for reply in calls("Sign", wanted):
    if reply.get("progress"):
        print(reply["progress"]["state"], file=sys.stderr)
    else:
        sys.stdout.buffer.write(base64.b64decode(reply["signature"]))
