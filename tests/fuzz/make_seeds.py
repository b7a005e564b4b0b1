#!/usr/bin/env python3
"""Writes the binary seeds of tests/fuzz/corpus: of boot_fuzz, import_fuzz and unwrap_fuzz. They are
in the tree; this says what is in them."""
import io
import pathlib
import struct
import zipfile

CORPUS = pathlib.Path(__file__).parent / "corpus"
SLOT, SECTOR = 6 * 512, 512
MAGIC = bytes.fromhex("77c295f360d2ef7f3552500f2cb67980")
STRATEGIES = ["swap-move", "swap-offset", "swap-scratch", "overwrite-only", "overwrite-only-fast",
              "direct-xip", "direct-xip-revert", "ram-load", "ram-load-revert", "single-slot"]


def image(major, flags=0, load_address=0, key=None):
    """As boot_fuzz finds it good: every byte of the digest is 0x11."""
    entries = struct.pack("<HH", 0x10, 32) + b"\x11" * 32
    if key:
        entries += struct.pack("<HH", *key) + b"\x33" * key[1]
    head = struct.pack("<IIHHIIBBHII", 0x96F3B83D, load_address, 32, 0, 64, flags, major, 0, 0, 0,
                       0)
    return head + bytes(range(64)) + struct.pack("<HH", 0x6907, 4 + len(entries)) + entries


def record(offset, content):
    return struct.pack("<HB", offset, len(content)) + content


def trailer(slot, swap_info=None, image_ok=False, copy_done=False):
    end = (slot + 1) * SLOT
    fields = record(end - 16, MAGIC)
    fields += b"" if swap_info is None else record(end - 40, bytes([swap_info]))
    fields += record(end - 24, b"\x01") if image_ok else b""
    return fields + (record(end - 32, b"\x01") if copy_done else b"")


def boot_seed(name, strategy, *records, encryption=0, unit=2, switches=0, operations=8):
    choices = bytes([STRATEGIES.index(strategy), switches, encryption, unit, 0, operations])
    (CORPUS / "boot_fuzz" / name).write_bytes(choices + b"".join(records))


def boot_seeds():
    for strategy in STRATEGIES:
        loads = {"flags": 0x20, "load_address": 0x20000000} if "ram-load" in strategy else {}
        upload = SLOT + (SECTOR if strategy == "swap-offset" else 0)
        boot_seed(f"{strategy}-test", strategy, record(0, image(1, **loads)),
                  record(upload, image(2, **loads)), trailer(0, image_ok=True), trailer(1, 2))
    both = record(0, image(1)), record(SLOT, image(2))
    boot_seed("move-resumed", "swap-move", *both, trailer(0, 2),
              record(SLOT - 48, struct.pack("<I", 150)),
              record(SLOT - 120, b"\x01\xff\xff\xff\x01"))
    boot_seed("move-revert", "swap-move", *both, trailer(0, 2, copy_done=True))
    boot_seed("scratch-resumed", "swap-scratch", *both, trailer(2, 2), trailer(1, 2))
    boot_seed("move-no-erase", "swap-move", *both, trailer(1, 3, image_ok=True), unit=8)
    boot_seed("move-signed", "swap-move", *both, trailer(1, 2), switches=128)
    boot_seed("offset-bootstrap", "swap-offset", record(SLOT + SECTOR, image(2)), switches=2)
    for kind, tlv in ((2, (0x31, 24)), (3, (0x32, 113)), (4, (0x33, 80))):
        for saved in (0, 128):
            boot_seed(f"move-encrypted-{kind}-{saved}", "swap-move", record(0, image(1)),
                      record(SLOT, image(2, flags=4, key=tlv)), trailer(1, 2),
                      encryption=kind | saved, unit=3)


def unwrap_seeds():
    for kind, length in ((0, 256), (1, 24), (2, 113), (3, 80), (4, 112)):
        (CORPUS / "unwrap_fuzz" / f"wrapped-{kind}").write_bytes(
            bytes([kind, 0, 0]) + b"\x04" * length)
    for kind in range(5):
        (CORPUS / "unwrap_fuzz" / f"signed-{kind}").write_bytes(
            bytes([0x80 + (kind - 0x80) % 5, 91, 0])
            + bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + b"\x04" * 65
            + bytes.fromhex("3006020101020101"))


def import_seeds():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        for name, packing in (("manifest.json", zipfile.ZIP_DEFLATED),
                              ("a.bin", zipfile.ZIP_STORED)):
            member = zipfile.ZipInfo(name)
            member.compress_type = packing
            out.writestr(member, '{"files": []}')
    (CORPUS / "import_fuzz" / "zip").write_bytes(b"2" + archive.getvalue())


for target in ("boot_fuzz", "import_fuzz", "unwrap_fuzz"):
    (CORPUS / target).mkdir(parents=True, exist_ok=True)
boot_seeds()
unwrap_seeds()
import_seeds()
