"""brownout image: recorded images signed again byte by byte, openssl as the judge, bad input."""

import base64
import gzip
import hashlib
import json
import os
import re
import shlex
import struct
import subprocess
import uuid

from command_runner import CHECK_FAILED, HOLDS, ROOT, CommandTest, main

CONFORMANCE = ROOT / "tests" / "conformance"
SIGNATURE_TLVS = {0x20, 0x22, 0x23}  # random by nature; Ed25519 (0x24) is not
KEY_TLVS = {0x30, 0x31, 0x32, 0x33}


def payload_of(seed, count):
    blocks = (hashlib.sha256(f"{seed}:{i}".encode()).digest() for i in range(count // 32 + 1))
    return b"".join(blocks)[:count]


def tlvs_of(image):
    """(type, offset of the payload, length, protected) of each TLV, and the end of the image."""
    header, _, size = struct.unpack_from("<HHI", image, 8)
    cursor, found = header + size, []
    while True:
        magic, total = struct.unpack_from("<HH", image, cursor)
        end, at = cursor + total, cursor + 4
        while at < end:
            kind, length = struct.unpack_from("<HH", image, at)
            found.append((kind, at + 4, length, magic == 0x6908))
            at += 4 + length
        cursor = end
        if magic == 0x6907:
            return found, end


def openssl(*words, **options):
    return subprocess.run(["openssl", *map(str, words)], capture_output=True, check=True,
                          **options).stdout


def assert_signature(test, public, kind, image):
    """openssl alone says that the signature of `image`, of this kind of key, is good."""
    header, protected, size = struct.unpack_from("<HHI", image, 8)
    covered = image[:header + size + protected]
    at, length = next((at, n) for t, at, n, _ in tlvs_of(image)[0] if t in (0x20, 0x22, 0x23, 0x24))
    signature = test.write("signature", image[at:at + length])
    if kind == "ed25519":
        message = test.write("covered", hashlib.sha256(covered).digest())
        answer = openssl("pkeyutl", "-verify", "-pubin", "-inkey", test.directory / public,
                         "-rawin", "-in", message, "-sigfile", signature)
        test.assertIn(b"Verified Successfully", answer)
        return
    pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]
    answer = openssl("dgst", "-sha384" if "384" in kind else "-sha256", "-verify",
                     test.directory / public, "-signature", signature,
                     *(pss if kind.startswith("rsa") else []), test.write("covered", covered))
    test.assertIn(b"Verified OK", answer)


# What the recorder changed in an image after signing (tests/conformance/FORMAT.md, 4).
def damaged(image, kind):
    image, (header, _, size) = bytearray(image), struct.unpack_from("<HHI", image, 8)
    if kind == "badhash":
        image[header + size // 2] ^= 0x5A
    elif kind == "badmagic":
        image[0] ^= 0xFF
    elif kind == "badtlvmagic":
        image[header + size] ^= 0xFF
    elif kind == "trunctlv":
        del image[header + size + 20:]
    elif kind == "hugesize":
        struct.pack_into("<I", image, 12, 0x7FFFFF00)
    elif kind == "nonboot":
        image[16] |= 0x10
    return bytes(image)


def recorded_images():
    """All of them; where programs are slow one of each kind: of each set of options."""
    images, kinds = {}, {}
    for file in sorted((CONFORMANCE / "cases").glob("*.json.gz")):
        with gzip.open(file, "rt") as lines:
            for line in lines:
                images.update(json.loads(line)["images"])
    for name, image in images.items():
        options = image["imgtool"].replace("rsa3072", "long-rsa")
        kinds.setdefault((re.sub(r"\d+", "N", options), image["modification"]), (name, image))
    return list(kinds.values() if "BROWNOUT_IS_SLOW" in os.environ else images.items())


class Recorded(CommandTest):
    @classmethod
    def setUpClass(cls):
        with gzip.open(CONFORMANCE / "images" / "recipes.json.gz", "rt") as file:
            cls.recipes = json.load(file)
        cls.images = recorded_images()

    def recorded(self, name):
        """The bytes as they were recorded, and the key that encrypted the payload."""
        recipe = self.recipes[name]
        data = bytearray(b"\xff" * recipe["size"])
        payload = payload_of(recipe["payload_seed"], recipe["payload_size"])
        key = recipe.get("payload_key")
        if key:
            payload = openssl("enc", "-aes-128-ctr", "-K", key, "-iv", "0" * 32, input=payload)
        offset = recipe["payload_offset"]
        data[offset:offset + len(payload)] = payload
        for at, patch in recipe["patches"]:
            data[at:at + len(patch) // 2] = bytes.fromhex(patch)
        self.assertEqual(hashlib.sha256(data).hexdigest(), recipe["sha256"])
        return bytes(data), key

    def key_file(self, name):
        """keys/NAME.pem of the recorder, made from the DER that was kept."""
        pem = self.directory / "keys" / f"{name}.pem"
        if not pem.exists():
            pem.parent.mkdir(exist_ok=True)
            public = name.endswith("-pub")
            der = CONFORMANCE / "keys" / (f"{name}.der" if public else f"{name}-priv.der")
            openssl("pkey", "-inform", "DER", "-in", der, "-out", pem,
                    *(["-pubin", "-pubout"] if public else []))
        return pem

    def options_of(self, image):
        """What imgtool was called with; AES-KW, which it did not know, was added by hand."""
        words = shlex.split(image["imgtool"].split(" (then")[0].replace("(1,9.0.0)",
                                                                        "'(1,9.0.0)'"))
        if "by hand" in image["imgtool"]:
            words += ["-E", CONFORMANCE / "keys" / "enc-aes128kw.b64"]
            words += ["--clear"] if "left clear" in image["imgtool"] else []
        for word in map(str, words):
            if word.startswith("keys/"):
                self.key_file(word[5:-4])
        return words

    def without_random_parts(self, image):
        """Signatures and wrapped keys blanked out, lengths that vary by nature too."""
        data, (found, end) = bytearray(image), tlvs_of(image)
        for kind, at, length, _ in reversed(found):
            if kind in SIGNATURE_TLVS | KEY_TLVS:
                variable = kind == 0x22
                data[at:at + length] = b"" if variable else bytes(length)
                if variable:
                    data[at - 2:at] = b"??"
        area = struct.unpack_from("<HHI", image, 8)
        total_at = area[0] + area[2] + area[1] + 2
        data[total_at:total_at + 2] = b"??"
        grown = len(data) - len(image)
        return (bytes(data[:end + grown]), bytes(data[end + grown:]).lstrip(b"\xff"),
                len(image) == end)

    def resign(self, name, image):
        self.write("payload.bin", payload_of(image["payload_seed"], image["payload_size"]))
        result = self.brownout("image", *self.options_of(image), "payload.bin", "out.bin",
                               "--force")
        self.assert_exit(result, HOLDS)
        return (self.directory / "out.bin").read_bytes()

    def test_signing_again_makes_every_byte_that_is_not_random(self):
        equal = 0
        for name, image in self.images:
            with self.subTest(name):
                recorded, key = self.recorded(name)
                made = damaged(self.resign(name, image), image["modification"])
                if key:  # encrypted with another random key: the plain payloads are compared
                    self.assertIn(len(made) - len(recorded), range(-2, 3))
                    self.assert_same_encrypted(recorded, made, image)
                elif re.search(r" -E |-k (?!keys/sign-ed25519)", image["imgtool"]):
                    self.assertEqual(self.without_random_parts(made),
                                     self.without_random_parts(recorded))
                elif "by hand" not in image["imgtool"]:
                    self.assertEqual(made, recorded)
                    equal += 1
                if "-k " in image["imgtool"] and image["modification"] == "none" and not key:
                    self.assert_openssl_agrees(made, image)
        self.assertGreater(equal, len(self.images) // 2)

    def assert_openssl_agrees(self, image, recorded):
        signer = re.search(r"-k keys/(\S+)\.pem", recorded["imgtool"])[1]
        assert_signature(self, self.key_file(f"{signer}-pub"), signer.split("-")[1], image)

    def assert_same_encrypted(self, recorded, made, image):
        header = image["hdr_size"]
        self.assertEqual(made[:header], recorded[:header])
        ours, theirs = tlvs_of(made)[0], tlvs_of(recorded)[0]
        self.assertEqual([(kind, length) for kind, _, length, _ in ours if kind != 0x22],
                         [(kind, length) for kind, _, length, _ in theirs if kind != 0x22])
        self.assertEqual(made[ours[0][1]:ours[0][1] + 32],
                         recorded[theirs[0][1]:theirs[0][1] + 32])  # hash of the plain bytes
        self.assertNotEqual(made[header:header + 64], recorded[header:header + 64])

    def verify_options(self, image, found):
        words = []
        signed = re.search(r"-k keys/(\S+)\.pem", image["imgtool"])
        if signed:
            words += ["-k", CONFORMANCE / "keys" / f"{signed[1]}-pub.der"]
        wraps = {0x30: "enc-rsa2048-priv.der", 0x31: "enc-aes128kw.b64",
                 0x32: "enc-ec256-priv.der", 0x33: "enc-x25519-priv.der"}
        for kind, _, _, _ in found:
            if kind in wraps:
                words += ["--decryption-key", CONFORMANCE / "keys" / wraps[kind]]
        return words

    def test_recorded_images_verify_and_damaged_ones_do_not(self):
        calls, kinds = {}, set()  # as few calls as there are sets of keys
        for number, (name, image) in enumerate(self.images):
            recorded, _ = self.recorded(name)
            is_good = image["modification"] == "none"
            found = tlvs_of(recorded)[0] if is_good else []
            words = (is_good, *self.verify_options(image, found))
            calls.setdefault(words, []).append(self.write(f"{number}.bin", recorded).name)
            kinds |= {kind for kind, *_ in found}
        for (is_good, *words), files in calls.items():
            result = self.brownout("image", "verify", *files, *words)
            self.assert_exit(result, HOLDS if is_good else CHECK_FAILED)
            self.assertEqual(result.stdout.count("NOT GOOD"), 0 if is_good else len(files))
            if "-k" in words:
                self.assertEqual(result.stdout.count("hash and signature are good"), len(files))
        self.assertGreaterEqual(kinds, {0x01, 0x10, 0x20, 0x22, 0x23, 0x24, 0x30, 0x31, 0x32,
                                        0x33, 0x40, 0x50})

    def test_another_key_or_a_changed_byte_is_told(self):
        name, image = next((n, i) for n, i in self.images if "sign-ec256.pem" in i["imgtool"])
        recorded, _ = self.recorded(name)
        self.write("image.bin", recorded)
        wrong = self.brownout("image", "verify", "image.bin", "-k",
                              CONFORMANCE / "keys" / "sign-ec256-wrong-pub.der")
        self.assert_exit(wrong, CHECK_FAILED)
        self.assertIn("no signature that is good", wrong.stdout)
        changed = bytearray(recorded)
        changed[600] ^= 1
        self.write("changed.bin", bytes(changed))
        result = self.brownout("image", "verify", "changed.bin")
        self.assert_exit(result, CHECK_FAILED)
        self.assertIn("the hash does not match", result.stdout)


class OwnKeys(CommandTest):
    def sign(self, *words):
        self.write("payload.bin", payload_of("own", 5000))
        result = self.brownout("image", "sign", "payload.bin", "out.bin", "-v", "2.1.0+7",
                               "--pad-header", "-H", "0x200", "--force", *words)
        self.assert_exit(result, HOLDS)
        return (self.directory / "out.bin").read_bytes()

    def test_openssl_verifies_what_every_kind_of_new_key_signed(self):
        for kind, tlv in (("rsa-2048", 0x20), ("rsa-3072", 0x23), ("ecdsa-p256", 0x22),
                          ("ecdsa-p384", 0x22), ("ed25519", 0x24)):
            with self.subTest(kind):
                made = self.brownout("image", "keygen", "-t", kind, "-k", f"{kind}.pem",
                                     "--public", f"{kind}-pub.pem")
                self.assert_exit(made, HOLDS)
                self.assertEqual((self.directory / f"{kind}.pem").stat().st_mode & 0o077, 0)
                image = self.sign("-k", f"{kind}.pem", "-s", "auto", "-d", "(1, 1.2.3+4)")
                self.assertIn(tlv, [found for found, *_ in tlvs_of(image)[0]])
                assert_signature(self, f"{kind}-pub.pem", kind, image)
                self.assert_exit(self.brownout("image", "verify", "out.bin", "-k",
                                               f"{kind}-pub.pem"), HOLDS)

    def test_an_encrypted_image_gives_its_payload_back_to_the_device_alone(self):
        kek = base64.b64encode(bytes(range(32))).decode()
        self.write("kek.b64", kek + "\n")
        self.brownout("image", "keygen", "-t", "ecdsa-p256", "-k", "sign.pem")
        plain = self.sign("-k", "sign.pem")
        self.write("plain.bin", plain)
        for kind, bits, words in (("rsa-2048", 128, []), ("ecdsa-p256", 256, []),
                                  ("x25519", 128, ["--hmac-sha", "512"]), (None, 256, [])):
            with self.subTest(kind):
                public, private = "kek.b64", "kek.b64"
                if kind:
                    public, private = f"e-{kind}-pub.pem", f"e-{kind}.pem"
                    self.brownout("image", "keygen", "-t", kind, "-k", private, "--public", public)
                result = self.brownout("image", "encrypt", "plain.bin", "secret.bin", "-k",
                                       "sign.pem", "-E", public, "--encrypt-keylen", bits,
                                       "--force", *words)
                self.assert_exit(result, HOLDS)
                secret = (self.directory / "secret.bin").read_bytes()
                self.assertNotIn(plain[0x200:0x240], secret)
                self.assertEqual(struct.unpack_from("<I", secret, 12)[0], 5008)  # whole blocks
                verify = ["image", "verify", "secret.bin", "-k", "sign.pem"]
                self.assert_exit(self.brownout(*verify), CHECK_FAILED)
                self.assert_exit(self.brownout(*verify, "--decryption-key", private), HOLDS)

    def test_pad_is_the_same_as_signing_with_pad(self):
        padded = self.sign("-S", "0x8000", "--confirm", "--align", "4")
        self.write("plain.bin", self.sign())
        result = self.brownout("image", "pad", "plain.bin", "padded.bin", "-S", "0x8000",
                               "--confirm", "--align", "4")
        self.assert_exit(result, HOLDS)
        self.assertEqual((self.directory / "padded.bin").read_bytes(), padded)

    def test_identities_and_the_boot_record_are_protected_tlvs(self):
        """Their order is imgtool's; uuid and the CBOR by hand are the judges."""
        self.brownout("image", "keygen", "-t", "ecdsa-p256", "-k", "sign.pem")
        vendor = uuid.uuid5(uuid.NAMESPACE_DNS, "example.org")
        image = self.sign("-k", "sign.pem", "--boot-record", "AppRoT", "--vid", "example.org",
                          "--cid", "board", "-s", "7", "--custom-tlv", "0xA0", "0x0102")
        found = [(kind, image[at:at + n]) for kind, at, n, safe in tlvs_of(image)[0] if safe]
        der = openssl("pkey", "-in", self.directory / "sign.pem", "-pubout", "-outform", "DER")
        record = (b"\xa5\x01\x66AppRoT\x04\x652.1.0\x05\x58\x20" + hashlib.sha256(der).digest() +
                  b"\x06\x66SHA256\x02\x58\x20" + bytes(32))
        self.assertEqual(found, [(0x50, b"\7\0\0\0"), (0x60, record), (0x74, vendor.bytes),
                                 (0x75, uuid.uuid5(vendor, "board").bytes), (0xA0, b"\1\2")])
        raw = self.sign("--cid", str(vendor), "--vid", vendor.hex)
        self.assertEqual([raw[at:at + n] for kind, at, n, _ in tlvs_of(raw)[0] if kind > 0x70],
                         [vendor.bytes] * 2)
        names = self.brownout("image", "dump", "out.bin").stdout
        self.assertIn("UUID_CID", names)

    def test_padded_signatures_have_one_length_and_stay_good(self):
        self.brownout("image", "keygen", "-t", "ecdsa-p256", "-k", "sign.pem")
        for _ in range(4):  # the length of an ECDSA signature is random
            image = self.sign("-k", "sign.pem", "--pad-sig")
            self.assertIn((0x22, 72), [(kind, n) for kind, _, n, _ in tlvs_of(image)[0]])
            self.assert_exit(self.brownout("image", "verify", "out.bin", "-k", "sign.pem"), HOLDS)

    def test_hex_keeps_the_place_of_the_code(self):
        body = bytes([4, 0x82, 0x00, 0]) + b"\x01\x02\x03\x04"
        line = ":" + body.hex() + f"{-sum(body) & 0xFF:02x}\n:00000001ff\n"
        self.write("app.hex", line)
        self.assert_exit(self.brownout("image", "sign", "app.hex", "out.hex", "-v", "1.0.0", "-H",
                                       "0x200", "--pad-header"), HOLDS)
        first = (self.directory / "out.hex").read_text().splitlines()
        self.assertTrue(any(text.startswith(":108000003DB8F396") for text in first), first[:2])
        self.assert_exit(self.brownout("image", "verify", "out.hex"), HOLDS)


class Dump(CommandTest):
    def test_json_yaml_and_text_say_the_same(self):
        self.write("payload.bin", payload_of("own", 5000))
        self.brownout("image", "sign", "payload.bin", "out.bin", "-v", "1.2.3+4", "--pad-header",
                      "-s", "5", "--pad", "-S", "0x8000")
        document = json.loads(self.brownout("image", "dump", "out.bin", "-f", "json").stdout)
        self.assertEqual(document["header"]["version"], "1.2.3+4")
        self.assertEqual(document["header"]["img_size"], 5000)
        self.assertEqual(document["protected_tlv_area"]["tlvs"][0]["type"], "SEC_CNT")
        self.assertEqual(document["trailer"]["magic"], "good")
        self.assertIn("test upgrade", document["next_boot"]["as_secondary"])
        self.assertIsNone(document["progress"])
        yaml = self.brownout("image", "dumpinfo", "out.bin", "-f", "yaml").stdout
        self.assertIn('  version: "1.2.3+4"\n', yaml)
        self.assertIn('    - type: "SEC_CNT"\n', yaml)
        human = self.brownout("image", "dump", "out.bin").stdout
        self.assertIn("version: 1.2.3+4", human)
        self.assertIn("as_secondary: a requested test upgrade", human)

    def test_the_dump_of_a_slot_in_the_middle_of_a_swap_tells_how_far_it_got(self):
        self.write("payload.bin", payload_of("own", 5000))
        self.brownout("image", "sign", "payload.bin", "out.bin", "-v", "1.2.3", "--pad-header",
                      "--pad", "-S", "0x8000", "--align", "4")
        slot = bytearray((self.directory / "out.bin").read_bytes())
        slot[-40] = 0x02                                # swap_info: test
        slot[-48:-44] = struct.pack("<I", 5072)          # swap_size
        status = len(slot) - (128 * 3 * 4 + 4 * 8 + 16)  # first status entry
        slot[status] = 1                                # one sector moved
        self.write("slot.bin", bytes(slot))
        document = json.loads(self.brownout("image", "dump", "slot.bin", "-f", "json", "--align",
                                            "4").stdout)
        self.assertEqual(document["trailer"]["swap_status"]["entries"],
                         [{"index": 0, "value": 1}])
        self.assertEqual(document["trailer"]["swap_info"]["type"], "test")
        self.assertIn("move 2 of 2", document["progress"])
        self.assertIn("resumes an interrupted swap", document["next_boot"]["as_primary"])


class BadInput(CommandTest):
    def sign(self, *words):
        self.write("payload.bin", bytes(100))
        return self.brownout("image", "sign", "payload.bin", "out.bin", "-v", "1.0.0", *words)

    def test_nothing_that_is_there_is_replaced_unasked(self):
        mine = self.write("out.bin", "mine")
        self.assert_refused(self.sign(), "out.bin", "--force")
        self.assert_refused(self.brownout("image", "keygen", "-t", "ed25519", "-k", "out.bin"),
                            "out.bin", "is there already")
        self.assertEqual(mine.read_text(), "mine")
        self.assert_exit(self.sign("--force"), HOLDS)
        self.assertNotEqual(mine.read_bytes(), b"mine")

    def test_what_does_not_fit_gets_a_sentence(self):
        self.write("text.pem", "no key\n")
        for words, part in (
                (["-H", "16"], "--header-size"), (["-H", "0x20x"], "--header-size"),
                (["-H", "0x200"], "--pad-header"), (["--pad"], "--slot-size"),
                (["--pad", "-S", "0x400"], "do not fit"), (["--align", "3"], "--align"),
                (["--max-align", "4"], "--max-align"), (["-d", "(1,2)"], "--dependencies"),
                (["-s", "x"], "--security-counter"), (["-k", "none.pem"], "no such key file"),
                (["-k", "text.pem"], "text.pem"), (["--pure"], "ed25519"),
                (["-E", "text.pem"], "text.pem"), (["--custom-tlv", "1", "a"], "0xXXA0"),
                (["-L", "1", "-F", "2"], "exclude"), (["--encrypt-keylen", "9"], "128 or 256"),
                (["-R", "7"], "--erased-val"), (["--cid", "board"], "--vid"),
                (["--compression", "lzma2"], "compressed images are not supported"),
                (["--endian", "big"], "little"),
                (["--boot-record", "x" * 256], "--boot-record")):
            with self.subTest(words):
                self.assert_refused(self.sign(*words), part)
        self.assertFalse((self.directory / "out.bin").exists())

    def test_a_command_that_is_none(self):
        self.assert_refused(self.brownout("image", "unpack", "a.bin"), "'unpack'",
                            "brownout image --help")

    def test_images_that_are_none(self):
        for name, data in (("empty.bin", b""), ("short.bin", b"\x3d\xb8\xf3\x96"),
                           ("zeros.bin", bytes(4096)), ("dump.hex", b":00")):
            with self.subTest(name):
                self.write(name, data)
                self.assert_refused(self.brownout("image", "dump", name), name)
                self.assert_refused(self.brownout("image", "pad", name, "o.bin", "-S", "0x8000"),
                                    name)
        self.assert_exit(self.brownout("image", "verify", "zeros.bin"), CHECK_FAILED)
        self.assert_refused(self.brownout("image", "verify", "nothing.bin"), "nothing.bin")


class Hostile(CommandTest):
    def test_every_cut_and_many_changed_bytes_of_an_image_end_well(self):
        self.write("payload.bin", bytes(64))
        self.brownout("image", "sign", "payload.bin", "good.bin", "-v", "1.0.0", "--pad-header",
                      "-s", "1", "--pad", "-S", "0x1000", "-M", "8")
        good = (self.directory / "good.bin").read_bytes()
        for i in range(0, 160, 7):
            changed = bytearray(good)
            changed[i] ^= 0xFF
            for name, data in (("cut.bin", good[:i + 1]), ("changed.bin", bytes(changed))):
                self.write(name, data)
                for words in (["dump", name], ["verify", name]):
                    result = self.brownout("image", *words)
                    self.assertIn(result.returncode, (0, 1, 2), (words, i, result.stderr))


if __name__ == "__main__":
    main()
