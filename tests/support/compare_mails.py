#!/usr/bin/env python3
"""compare_mails.py ORIGINALS SIGNED: are the signed mails the originals, with nothing lost?

A second opinion on what Sceau signs, by Python's own mail parser: every SIGNED/x.eml is a multipart/signed whose first
part has the tree of parts of ORIGINALS/x.eml, the same content in every leaf and the same fields in every header, all
decoded. Prints the differences, one a line, and exits with 1 if there are any. The signatures are OpenSSL's to verify.
"""

import email
import email.header
import email.utils
import pathlib
import re
import sys

ADDRESSES = ("from", "sender", "reply-to", "to", "cc")
ADDED = ("mime-version", "date", "message-id")
NOT_COPIED = ("mime-version", "bcc", "received", "return-path", "delivered-to", "x-mozilla-status",
              "x-mozilla-status2", "status", "x-status", "x-uidl", "dkim-signature", "authentication-results",
              "x-original-to")

differences = []


def differ(where, what, original, signed):
    differences.append(f"{where}: {what}: {original!r} became {signed!r}")


def text_of(raw):
    """A raw value: UTF-8, or else ISO-8859-1."""
    octets = raw.encode("utf-8", "surrogateescape")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("iso-8859-1")


def decoded(raw):
    """A field's value unfolded, its encoded words decoded, blanks made one: folding may change them."""
    words = re.sub(r"\r?\n(?=[ \t])", "", raw)
    result = ""
    for chunk, charset in email.header.decode_header(words):
        if isinstance(chunk, str):
            result += chunk
        elif charset is None:
            result += chunk.decode("raw-unicode-escape")
        else:
            try:
                result += chunk.decode(charset, "replace")
            except LookupError:
                result += f"[{charset}]" + chunk.decode("iso-8859-1")
    return re.sub(r"\s+", " ", result).strip()


def parameters(message, header):
    found = {}
    for name, value in message.get_params([], header=header)[1:]:
        if name:  # the name is empty after a trailing semicolon
            found[name.lower()] = email.utils.collapse_rfc2231_value(value) if isinstance(value, tuple) else decoded(value)
    return found


def ascii_domain(match):
    return match[0].encode("idna").decode("ascii")


def decoded_field(name, value):
    text = decoded(value)
    if name in ADDRESSES:  # compare without quoting, encoding and the form of a domain
        text = re.sub(r"(?<=@)[^\s>,]+", ascii_domain, text).replace('"', "")
    return name, text


def fields(message, wanted):
    return [decoded_field(name.lower(), value) for name, value in message.raw_items() if wanted(name.lower())]


def is_content(name):
    return name.startswith("content-")


def compare_content_fields(where, original, signed, is_root):
    rewritten = ("content-type", "content-disposition", "content-transfer-encoding")
    plain = [fields(m, lambda n: is_content(n) and n not in rewritten) for m in (original, signed)]
    if plain[0] != plain[1]:
        differ(where, "content fields", *plain)
    kinds = [(m.get_content_type(), m.get_content_disposition(), m.get_filename())
             for m in (original, signed)]
    if kinds[0] != kinds[1]:
        differ(where, "kind", *kinds)
    for header in ("content-type", "content-disposition"):
        before, after = parameters(original, header), parameters(signed, header)
        if is_root and header == "content-type":
            if after.pop("hp", None) != "clear":
                differ(where, "hp", None, None)
            before.pop("hp", None)
        if before != after:
            differ(where, f"{header} parameters", before, after)


def canonical(octets):
    return re.sub(rb"\r\n|\r|\n", b"\r\n", octets)


def leaf_bytes(leaf):
    return leaf.get_payload(decode=True) or b""


def compare_leaf(where, original, signed):
    before, after = leaf_bytes(original), leaf_bytes(signed)
    encoding = str(original.get("content-transfer-encoding", "7bit")).strip().lower()
    exact = encoding == "base64" or (encoding == "binary" and original.get_content_maintype() != "text")
    if ".external" in where:  # an external body's entity has no content (RFC 2046 section 5.2.3)
        exact = False
    if not exact:
        before, after = canonical(before), canonical(after)
    if before != after:
        differ(where, "content", before[:200], after[:200])


def compare_bodies(where, original, signed):
    parts = [m.get_payload() if m.is_multipart() else None for m in (original, signed)]
    if (parts[0] is None) != (parts[1] is None) or (parts[0] is not None and len(parts[0]) != len(parts[1])):
        differ(where, "parts", parts[0] and len(parts[0]), parts[1] and len(parts[1]))
    elif parts[0] is None:
        compare_leaf(where, original, signed)
    else:
        external = ".external" if original.get_content_type() == "message/external-body" else ""
        for number, (one, other) in enumerate(zip(*parts), 1):
            compare_entities(f"{where}{external}.{number}", one, other)


def compare_entities(where, original, signed):
    before, after = (fields(m, lambda n: not is_content(n)) for m in (original, signed))
    if before != [f for f in after if f in before or f[0] != "mime-version"]:
        differ(where, "fields", before, after)
    compare_content_fields(where, original, signed, False)
    compare_bodies(where, original, signed)


def compare_headers(original, signed, payload):
    before = fields(original, lambda n: not is_content(n))
    outer = fields(signed, lambda n: not is_content(n))
    added = outer[len(before):]
    if outer[:len(before)] != before:
        differ("header", "fields", before, outer)
    names = [name for name, _ in before]
    for name, _ in added:
        if name not in ADDED or name in names:
            differ("header", "added field", None, name)
    copied = fields(payload, lambda n: not is_content(n))
    wanted = [f for f in outer if f[0] not in NOT_COPIED and not f[0].startswith("arc-")]
    if copied != wanted:
        differ("protected header", "fields", wanted, copied)


def read(path):
    message = email.message_from_bytes(path.read_bytes())
    for part in message.walk():  # read 8-bit fields as text: Python would replace characters that it does not know
        items = [(name, text_of(value)) for name, value in part.raw_items()]
        for name in set(part.keys()):
            del part[name]
        for name, value in items:
            part[name] = value
    return message


def compare_mails(original, signed):
    if signed.get_content_type() != "multipart/signed" or len(signed.get_payload()) != 2:
        differ("root", "kind", "multipart/signed of two parts", signed.get_content_type())
        return
    payload = signed.get_payload()[0]
    compare_headers(original, signed, payload)
    compare_content_fields("root", original, payload, True)
    compare_bodies("root", original, payload)


def main():
    originals, signed = map(pathlib.Path, sys.argv[1:3])
    count = 0
    for path in sorted(signed.glob("*.eml")):
        compare_mails(read(originals / path.name), read(path))
        for difference in differences:
            print(f"{path.name}: {difference}")
        count += bool(differences)
        differences.clear()
    sys.exit(1 if count else 0)


if __name__ == "__main__":
    main()
