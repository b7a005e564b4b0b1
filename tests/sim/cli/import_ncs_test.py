"""brownout import ncs: folders of several releases become scenarios that can be explored."""

import io
import zipfile

from command_runner import CHECK_FAILED, HOLDS, main
from ncs_build_folder import DTS, INTERNAL, LOCK, PART_DTS, PARTITIONS, SHARED, NcsTest


class Releases(NcsTest):
    def test_a_build_with_child_images(self):
        self.child_image_build()
        result = self.imported()
        for part in ("strategy: swap-move", "log: ncs-2.0", "type: ecdsa-p256", "key.pem",
                     "mcuboot_primary: {address: 0x10000, size: 0x8000}", "board: nrf52840dk\n",
                     "max_image_sectors: 256", "symbols of mcuboot/zephyr/zephyr.elf are not used"):
            self.assertIn(part, result.stdout)
        self.assertIn("end_address 0x40000 contradicts", result.stderr)
        self.assertIn("old ones are generated", result.stdout)
        self.assert_works()

    def test_a_build_of_sysbuild_with_external_flash(self):
        self.sysbuild_build()
        result = self.imported()
        for part in ("board: nrf52840dk-qspi\n", "device: mx25r64", "log: ncs-2.9",
                     "bus: {controller: qspi, frequency: 4 MHz}", "hello/zephyr/zephyr.signed.bin",
                     "mx25r6435f by its JEDEC ID C2 28 17"):
            self.assertIn(part, result.stdout)
        self.assert_works()

    def test_a_build_without_partition_manager(self):
        self.dts_build()
        self.assert_refused(self.brownout("import", "ncs", "build"), "--extract")
        result = self.imported("--extract", "images")
        for part in ("strategy: swap-offset", "size: 0x9000", "hello.signed.bin"):
            self.assertIn(part, result.stdout)
        self.assertIn("the release of the SDK is not known", result.stderr)
        self.assert_works(CHECK_FAILED)  # a known defect of this strategy, see below
        self.assert_refused(self.brownout("import", "ncs", "build", "--extract", "images"),
                            "is there already")

    def test_the_known_defect_of_swap_offset_is_named_and_its_fix_closes_it(self):
        self.dts_build()
        result = self.imported("--extract", "images")
        for text in (result.stdout, result.stderr):
            self.assertIn("known defect", text)
            self.assertIn("boot: {fixes: [offset-revert-restart]}", text)
        explored = self.brownout("explore", "scenario.yaml", "--known")
        self.assert_exit(explored, CHECK_FAILED)
        self.assertIn("after 2 cuts", explored.stdout)
        self.assertIn("boot: {fixes: [offset-revert-restart]}", explored.stdout)
        self.write("scenario.yaml", result.stdout.replace(
            "  strategy: swap-offset\n",
            "  strategy: swap-offset\n  fixes: [offset-revert-restart]\n"))
        self.assert_works()


class NetworkCore(NcsTest):
    def test_image_1_is_updated_together_with_image_0(self):
        self.lock_build()
        self.assert_refused(self.brownout("import", "ncs", "build"), "--extract")
        result = self.imported("--extract", "images")
        for part in ("board: nrf5340dk\n", "netcore: {mode: simultaneous}",
                     "mcuboot_primary_1: {address: 0x0, size: 0x40000, device: ram_flash}",
                     "mcuboot_secondary_1: {address: 0xEF000, size: 0x40000, device: mx25r64}",
                     "net_app: {address: 0x8800, size: 0x37800, device: network}",
                     "images/lock.bin", "net-new: {generate: {version: 1.4.2+7",
                     "strategy: overwrite-only-fast", "network_core: runs net-new"):
            self.assertIn(part, result.stdout)
        self.assertIn("radio.bin: the modelled b0n does not read", result.stderr)
        self.assert_works()

    def test_images_of_different_versions_are_noticed(self):
        self.lock_build("0.9.0")
        result = self.imported("--extract", "images")
        self.assertIn("versions 1.4.2+7 and 0.9.0: the check cores-run-the-same-version fails",
                      result.stderr)
        explored = self.brownout("explore", "scenario.yaml")
        self.assert_exit(explored, CHECK_FAILED)
        self.assertIn("FAILED  cores-run-the-same-version", explored.stdout)

    def test_one_slot_serves_both_cores_one_after_the_other(self):
        self.shared_slot_build()
        result = self.imported()
        for part in ("netcore: {mode: sequential, header_read: raw}", "lock/zephyr/zephyr.signed",
                     "net-old: {generate:", "`import ncs --update network` that of the network"):
            self.assertIn(part, result.stdout)
        self.assertIn("pcd_sram lies at 0x2006E000", result.stderr)
        self.assertIn("0x01008800, 0x37800 bytes", result.stderr)
        self.assert_works()
        result = self.imported("--update", "network")
        self.assertRegex(result.stdout, r"net-new: {file: '.*/signed_by_mcuboot_and_b0_ipc_radio")
        self.assertIn("{boots: old, network_core: runs net-new}", result.stdout)
        self.assert_works()

    def test_a_shared_slot_in_external_memory_fails_as_shipped_and_that_is_said(self):
        self.shared_slot_build()
        self.write("build/partitions.yml", SHARED.replace(
            "0x20000, size: 0x10000}", "0x0, size: 0x10000, region: external_flash}"))
        self.write("build/mcuboot/zephyr/zephyr.dts",
                   PART_DTS % ("spi4: spi@a000", "nor", "jedec,spi-nor", "EF 40 18",
                               "spi-max-frequency = < 500000 >;"))
        result = self.imported("--update", "network")
        self.assertIn("scenarios/field/d-net-core-raw-pointer", result.stderr)
        for part in ("base: nrf5340dk-app", "part: w25q128jv", "ram_flash: {controller: ram",
                     "bus: {controller: spim4, frequency: 500 kHz}"):
            self.assertIn(part, result.stdout)
        self.assert_exit(self.brownout("run", "scenario.yaml"), CHECK_FAILED)
        self.write("scenario.yaml", result.stdout.replace("header_read: raw",
                                                          "header_read: flash-api"))
        self.assert_exit(self.brownout("run", "scenario.yaml"), HOLDS)

    def test_what_is_missing_for_it_is_said(self):
        self.shared_slot_build()
        (self.directory / "build/signed_by_mcuboot_and_b0_ipc_radio.bin").unlink()
        self.assertIn("no image of the network core", self.imported().stderr)
        self.assert_refused(self.brownout("import", "ncs", "build", "--update", "network"),
                            "no update of a network core")
        self.child_image_build()
        self.assert_refused(self.brownout("import", "ncs", "build", "--update", "network"),
                            "no update of a network core")
        self.lock_build()
        self.write("build/partitions.yml", LOCK.replace("region: ram_flash", "region: odd_flash"))
        self.assertIn("image 1 is not imported", self.imported("--extract", "images").stderr)

    def test_of_three_images_the_third_is_left_out(self):
        self.lock_build()
        self.write("build/partitions.yml", LOCK + "mcuboot_secondary_2: {address: 0x160000, size: "
                   "0x40000, region: external_flash}\n")
        result = self.imported("--extract", "images")
        self.assertIn("mcuboot_secondary_2: image 2 is not imported", result.stderr)
        self.assert_exit(self.brownout("run", "scenario.yaml"), HOLDS)


class Encrypted(NcsTest):
    OPTIONS = ("CONFIG_BOOT_SWAP_USING_MOVE=y", "CONFIG_BOOT_ENCRYPT_EC256=y",
               'CONFIG_BOOT_ENCRYPTION_KEY_FILE="device.pem"')

    def encrypted_build(self, *options):
        self.child_image_build()
        self.write("build/mcuboot/zephyr/.config", self.config(*self.OPTIONS, *options))
        self.brownout("image", "keygen", "-t", "ecdsa-p256", "-k", "build/mcuboot/device.pem",
                      "--public", "device-public.pem")
        self.assert_exit(self.brownout("image", "encrypt", "signed.bin", "encrypted.bin", "-k",
                                       "key.pem", "-E", "device-public.pem"), HOLDS)
        self.write("build/zephyr/zephyr.signed.encrypted.bin",
                   (self.directory / "encrypted.bin").read_bytes())

    def test_an_encrypted_update_is_decrypted_with_the_key_of_the_build(self):
        self.encrypted_build("CONFIG_BOOT_SWAP_SAVE_ENCTLV=y")
        result = self.imported()
        self.assertRegex(result.stdout,
                         r"encryption: {type: ecies-p256, key: '.*/device.pem', save_tlv: true}")
        for part in ("zephyr.signed.encrypted.bin'}", "signature: {type: ecdsa-p256"):
            self.assertIn(part, result.stdout)
        self.assert_works()

    def test_without_the_key_the_plain_image_is_taken(self):
        self.encrypted_build()
        (self.directory / "build/mcuboot/device.pem").unlink()
        result = self.imported()
        self.assertIn("'device.pem', is not there: encrypted images are refused", result.stderr)
        self.assertIn("app_update.bin'}", result.stdout)
        self.assertNotIn("encryption:", result.stdout)
        (self.directory / "build/zephyr/app_update.bin").unlink()
        self.assert_refused(self.brownout("import", "ncs", "build"),
                            "zephyr.signed.encrypted.bin: is encrypted",
                            "CONFIG_BOOT_ENCRYPTION_KEY_FILE is 'device.pem'")

    def test_a_key_of_another_device_is_noticed(self):
        self.encrypted_build()
        self.brownout("image", "keygen", "-t", "ecdsa-p256", "-k", "other.pem")
        self.write("build/mcuboot/device.pem", (self.directory / "other.pem").read_text())
        self.assert_refused(self.brownout("import", "ncs", "build"),
                            "zephyr.signed.encrypted.bin: cannot be decrypted with", "device.pem")

    def test_a_bootloader_that_does_not_decrypt_gets_no_encrypted_image(self):
        self.encrypted_build()
        self.write("build/mcuboot/zephyr/.config", self.config("CONFIG_BOOT_SWAP_USING_MOVE=y"))
        (self.directory / "build/zephyr/app_update.bin").unlink()
        self.assert_refused(self.brownout("import", "ncs", "build"), "does not decrypt")


class Parts(NcsTest):
    def test_another_part_takes_the_place_of_the_kits(self):
        self.sysbuild_build(("spi3: arduino_spi: spi@4002f000", "gd25", "jedec,spi-nor", "C84015",
                             "spi-max-frequency = < 8000000 >;"))
        result = self.imported()
        for part in ("base: nrf52840dk\n", "part: gd25q16c", "device: external",
                     "bus: {controller: spim3, frequency: 8 MHz}"):
            self.assertIn(part, result.stdout)
        self.assert_works()

    def test_what_could_not_be_known_is_said(self):
        for part, sentence in (
                (None, "no zephyr.dts describes the external memory"),
                (("qspi: qspi@40029000", "mx25u", "nordic,qspi-nor", "c2 25 38", ""),
                 "no file of parts has the JEDEC ID C2 25 38 (2097152 bytes)"),
                (("qspi: qspi@40029000", "mx25r", "nordic,qspi-nor", "c2 28 17",
                  'readoc = "read9";'), "read_mode 'read9' of zephyr.dts is none"),
                (("bus@0", "w25", "jedec,spi-nor", "ef 40 16", ""), "SPIM2 is assumed")):
            with self.subTest(sentence):
                self.sysbuild_build(part)
                self.assertIn(sentence, self.imported().stderr)
                self.assert_exit(self.brownout("run", "scenario.yaml"), HOLDS)
                (self.directory / "build/mcuboot/zephyr/zephyr.dts").unlink(missing_ok=True)


class Unknown(NcsTest):
    def test_without_the_key_signatures_are_not_checked_and_that_is_said(self):
        self.child_image_build()
        (self.directory / "key.pem").unlink()
        result = self.imported()
        self.assertIn("signature: {type: none}", result.stdout)
        self.assertIn("signatures are not checked", result.stderr)
        self.assert_exit(self.brownout("run", "scenario.yaml"), HOLDS)

    def test_a_board_without_model_is_said(self):
        self.child_image_build()
        self.write("build/mcuboot/zephyr/.config", 'CONFIG_BOARD="thingy"\n')
        self.assertIn("no model of board 'thingy'", self.imported().stderr)
        self.write("build/mcuboot/zephyr/.config", 'CONFIG_BOARD="lock"\nCONFIG_SOC="nRF52833"\n')
        self.assertIn("board 'lock': the kit of its nrf52833 takes its place",
                      self.imported().stderr)

    def test_hostile_folders_get_a_sentence(self):
        self.assert_refused(self.brownout("import", "ncs", "nowhere"), "is not a folder")
        (self.directory / "build").mkdir()
        self.assert_refused(self.brownout("import", "ncs", "build"), "mcuboot/zephyr/.config")
        self.child_image_build()
        config = "build/mcuboot/zephyr/.config"
        for name, content, part in (
                ("build/zephyr/app_update.bin", b"none", "not a signed image"),
                ("build/zephyr/app_update.bin", b"", "not a signed image"),
                ("build/partitions.yml", "mcuboot_primary: 7\n", "partitions.yml:1:18: "),
                ("build/partitions.yml", "a: {address: 0, size: 4}\n", "two slots"),
                ("build/partitions.yml", "a: {address: 0x1FFFFFFFF, size: 4}\n",
                 "partitions.yml:1:14: 'address' of a must be a number of at most 32 bits"),
                ("build/partitions.yml", b"a: \xff\n", "partitions.yml:1:4: "),
                ("build/partitions.yml", PARTITIONS % INTERNAL.replace("0x20000", "0x20800"),
                 "no scenario can have"),
                (config, b"CONFIG_A=y\nCONFIG_B=\xff\n", ".config:2:10: "),
                (config, "CONFIG_A=y\n\nnonsense\n", ".config:3: 'nonsense' is neither"),
                (config, 'CONFIG_BOARD="nrf52840dk\n', ".config:1: this text in quotes"),
                (config, self.config("CONFIG_BOOT_MAX_IMG_SECTORS=99999999999"),
                 ".config:7: CONFIG_BOOT_MAX_IMG_SECTORS must be a whole number of at most 65536")):
            with self.subTest(part):
                self.child_image_build()
                self.write(name, content)
                self.assert_refused(self.brownout("import", "ncs", "build"), part)

    def test_every_cut_of_an_archive_ends_well(self):
        self.dts_build()
        whole = (self.directory / "build/dfu_application.zip").read_bytes()
        for count in range(0, len(whole), len(whole) // 12):
            self.write("build/dfu_application.zip", whole[:count])
            self.assert_refused(self.brownout("import", "ncs", "build", "--extract", "x"),
                                "dfu_application.zip: is a damaged ZIP archive")
        for manifest, part in (("{", "manifest.json is no JSON"), ("[]", "holds no image")):
            archive = io.BytesIO()
            with zipfile.ZipFile(archive, "w") as out:
                out.writestr("manifest.json", manifest)
            self.write("build/dfu_application.zip", archive.getvalue())
            self.assert_refused(self.brownout("import", "ncs", "build"), part)
        self.assert_no_leftovers_of_extraction()

    def assert_no_leftovers_of_extraction(self):
        self.assertFalse((self.directory / "x").exists())

    def test_a_damaged_device_tree_has_its_line(self):
        self.dts_build()
        for dts, part in (("/ {\n x {\n };", "zephyr.dts:1: '}' is missing"),
                          ("/ {\n};\n};", "zephyr.dts:3: this '}' closes nothing"),
                          ("{" * 999, "zephyr.dts:1: nodes are nested deeper"),
                          ('/ {\n a = "', "zephyr.dts:2: a text in quotes is not closed"),
                          ("/*", "zephyr.dts:1: a comment is not closed"),
                          (DTS.replace("0x9000", "0x900000000"), "zephyr.dts:12: '0x900000000'"),
                          ("/ { };", "two slots")):
            with self.subTest(part):
                self.write("build/mcuboot/zephyr/zephyr.dts", dts)
                self.assert_refused(self.brownout("import", "ncs", "build"), part)


if __name__ == "__main__":
    main()
