"""Build folders of several releases of the nRF Connect SDK, as those releases write them."""

import hashlib
import io
import json
import struct
import zipfile

from command_runner import HOLDS, CommandTest

# As partitions.yml writes it: anchors, un-indented lists, gaps, containers, a wrong end address.
PARTITIONS = """\
EMPTY_0:
  address: 0xfe000
  end_address: 0x100000
  placement:
    after:
    - settings_storage
  region: flash_primary
  size: 0x2000
app:
  address: 0x10200
  end_address: 0x18000
  region: flash_primary
  size: 0x7e00
mcuboot:
  address: 0x0
  end_address: 0x10000
  placement:
    before:
    - mcuboot_primary
  region: flash_primary
  size: 0x10000
mcuboot_pad:
  address: 0x10000
  end_address: 0x10200
  region: flash_primary
  size: 0x200
mcuboot_primary:
  address: 0x10000
  end_address: 0x40000
  orig_span: &id001
  - mcuboot_pad
  - app
  region: flash_primary
  size: 0x8000
  span: *id001
%s
sram_primary:
  address: 0x20000000
  end_address: 0x20040000
  region: sram_primary
  size: 0x40000
"""
INTERNAL = """\
mcuboot_secondary:
  address: 0x20000
  end_address: 0x28000
  placement: {align: {start: 0x1000}, after: [mcuboot_primary]}
  region: flash_primary
  share_size: [mcuboot_primary]
  size: 0x8000"""
EXTERNAL = """\
mcuboot_secondary:
  address: 0x0
  device: DT_CHOSEN(nordic_pm_ext_flash)
  end_address: 0x8000
  region: external_flash
  size: 0x8000
external_flash:
  address: 0x8000
  end_address: 0x800000
  region: external_flash
  size: 0x7f8000"""
DTS = """\
/dts-v1/;
/ {
  soc {
    flash_controller: flash-controller@4001e000 {
      flash0: flash@0 {
        compatible = "soc-nv-flash";
        reg = < 0x0 0x100000 >;  /* the whole of it */
        partitions {
          compatible = "fixed-partitions";
          boot_partition: partition@0 { label = "mcuboot"; reg = < 0x0 0x10000 >; };
          slot0_partition: partition@10000 { label = "image-0"; reg = < 0x10000 0x8000 >; };
          slot1_partition: partition@20000 { label = "image-1"; reg = < 0x20000 0x9000 >; };
        };
      };
    };
  };
};
"""


# The external memory, as a generated zephyr.dts has it.
PART_DTS = """\
/dts-v1/;
/ {
  chosen { nordic,pm-ext-flash = &ext; zephyr,code-partition = &{/soc/flash@0/partition@0}; };
  soc {
    %s {
      ext: %s@0 {
        compatible = "%s";
        jedec-id = [ %s ];
        size = < 0x1000000 >;
        %s
      };
    };
  };
};
"""
# The Matter lock of the nRF5340 DK: the network core's image is image 1, its primary slot is RAM.
LOCK = """\
mcuboot: {address: 0x0, size: 0x8000, region: flash_primary}
mcuboot_pad: {address: 0x8000, size: 0x200}
app: {address: 0x8200, size: 0xeee00, region: flash_primary}
mcuboot_primary: {orig_span: &id001 [mcuboot_pad, app], span: *id001, address: 0x8000,
                  size: 0xef000}
mcuboot_primary_app: {orig_span: &id002 [app], span: *id002, address: 0x8200, size: 0xeee00}
factory_data: {address: 0xf7000, size: 0x1000, region: flash_primary}
settings_storage: {address: 0xf8000, size: 0x8000, region: flash_primary}
mcuboot_primary_1: {address: 0x0, size: 0x40000, device: nordic_ram_flash_controller,
                    region: ram_flash}
mcuboot_secondary: {address: 0x0, size: 0xef000, device: DT_CHOSEN(nordic_pm_ext_flash),
                    region: external_flash}
mcuboot_secondary_1: {address: 0xef000, size: 0x40000, device: DT_CHOSEN(nordic_pm_ext_flash),
                      region: external_flash}
external_flash: {address: 0x14f000, size: 0x6b1000, region: external_flash}
ram_flash: {address: 0x40000, end_address: 0x40000, size: 0x0, region: ram_flash}
pcd_sram: {address: 0x20000000, size: 0x2000, region: sram_primary}
otp: {address: 0xff8100, size: 0x2fc, region: otp}
"""
# One slot for both cores, in internal flash.
SHARED = """\
mcuboot: {address: 0x0, size: 0x8000}
mcuboot_primary: {address: 0x8000, size: 0x10000}
mcuboot_secondary: {address: 0x20000, size: 0x10000}
pcd_sram: {address: 0x2006e000, size: 0x2000, region: sram_primary}
"""
NETWORK = """\
b0n_container: {span: [b0n, provision], address: 0x1000000, size: 0x8800, region: flash_primary}
app: {address: 0x1008800, end_address: 0x1040000, size: 0x37800, region: flash_primary}
"""
NETWORK_AT = 0x01008800


def vectored(at):
    return struct.pack("<II", 0x20008000, at + 0x101) + bytes(range(256)) * 24


def for_modelled_b0n(at):
    """With firmware information as boot/netcore.h has it, and its hash."""
    code = bytearray(vectored(at))
    code[0x200:0x224] = struct.pack("<9I", 0x4E45544E, 0x46573031, 0x1EE7B00F, 36, len(code), 7, at,
                                    at + 0x101, 0x9102FFFF)
    return bytes(code) + struct.pack("<4I", 0x4E45544E, 0x46573031, 0x1EE7C0DE,
                                     at) + hashlib.sha256(code).digest()


class NcsTest(CommandTest):
    def image(self, at=0x10200, version="1.4.2+7", make=vectored):
        """A signed image that runs at this address, and the private key of the build."""
        if not (self.directory / "key.pem").exists():
            self.brownout("image", "keygen", "-t", "ecdsa-p256", "-k", "key.pem")
        self.write("app.bin", make(at))
        result = self.brownout("image", "sign", "app.bin", "signed.bin", "-v", version, "-H",
                               "0x200", "--pad-header", "--align", "4", "-k", "key.pem", "--force")
        self.assert_exit(result, HOLDS)
        return (self.directory / "signed.bin").read_bytes()

    def config(self, *options, board='"nrf52840dk_nrf52840"'):
        lines = ["# generated", f"CONFIG_BOARD={board}",
                 "CONFIG_BOOT_MAX_IMG_SECTORS=256", "CONFIG_BOOT_VALIDATE_SLOT0=y",
                 "# CONFIG_BOOT_BOOTSTRAP is not set",
                 f'CONFIG_BOOT_SIGNATURE_KEY_FILE="{self.directory}/key.pem"', *options]
        return "\n".join(lines) + "\n"

    def child_image_build(self):
        """1.x and 2.x: the application at the top, the bootloader in mcuboot/."""
        self.write("build/partitions.yml", PARTITIONS % INTERNAL)
        self.write("build/mcuboot/zephyr/.config", self.config("CONFIG_BOOT_SWAP_USING_MOVE=y"))
        self.write("build/mcuboot/zephyr/zephyr.elf", b"\x7fELF")
        self.write("build/zephyr/include/generated/ncs_version.h",
                   '#define NCS_VERSION_STRING "2.0.2"\n')
        self.write("build/zephyr/app_update.bin", self.image())

    def sysbuild_build(self, part=("qspi: qspi@40029000", "mx25r6435f", "nordic,qspi-nor",
                                   "c2 28 17", "sck-frequency = < 0x3d0900 >;")):
        """2.7 and later: a folder for each image; the secondary slot outside."""
        self.write("build/partitions.yml", PARTITIONS % EXTERNAL)
        self.write("build/domains.yaml",
                   "default: hello\nbuild_dir: /b\ndomains:\n- name: hello\n")
        self.write("build/mcuboot/zephyr/.config",
                   self.config("CONFIG_BOOT_SWAP_USING_MOVE=y",
                               'CONFIG_BOARD_TARGET="nrf52840dk/nrf52840"'))
        if part:
            self.write("build/mcuboot/zephyr/zephyr.dts", PART_DTS % part)
        self.write("build/a_radio/zephyr/zephyr.signed.bin", b"of another domain")
        self.write("build/hello/zephyr/zephyr.signed.bin", self.image())
        self.write("build/hello/zephyr/include/generated/zephyr/ncs_version.h",
                   '#define NCS_VERSION_STRING "2.9.0"\n')

    def dts_build(self):
        """3.x without the Partition Manager; the image in the archive alone."""
        self.write("build/mcuboot/zephyr/.config", self.config("CONFIG_BOOT_SWAP_USING_OFFSET=y"))
        self.write("build/mcuboot/zephyr/zephyr.dts", DTS)
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("manifest.json", json.dumps({"files": [{"file": "hello.signed.bin"}]}))
            out.writestr("hello.signed.bin", self.image())
        self.write("build/dfu_application.zip", archive.getvalue())

    def lock_build(self, network_version="1.4.2+7"):
        """nRF5340, child images of 2.5: both in the archive, image 1 for the network core."""
        self.write("build/partitions.yml", LOCK)
        self.write("build/partitions_CPUNET.yml", NETWORK)
        self.write("build/mcuboot/zephyr/.config",
                   self.config("CONFIG_BOOT_UPGRADE_ONLY=y", "CONFIG_PCD_APP=y",
                               "CONFIG_UPDATEABLE_IMAGE_NUMBER=2",
                               board='"nrf5340dk_nrf5340_cpuapp"'))
        self.write("build/zephyr/include/generated/ncs_version.h",
                   '#define NCS_VERSION_STRING "2.5.1"\n')
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("radio.bin", self.image(NETWORK_AT, network_version))
            out.writestr("lock.bin", self.image(0x8200))
            out.writestr("manifest.json", json.dumps({"files": [
                {"file": "lock.bin", "image_index": "0"},
                {"file": "radio.bin", "image_index": 1}]}))
        self.write("build/zephyr/dfu_application.zip", archive.getvalue())

    def shared_slot_build(self):
        """nRF5340, sysbuild of 2.9: one internal slot, the network core's image beside."""
        self.write("build/partitions.yml", SHARED)
        self.write("build/mcuboot/zephyr/.config",
                   self.config("CONFIG_BOOT_SWAP_USING_MOVE=y", "CONFIG_PCD_APP=y",
                               board='"nrf5340dk/nrf5340/cpuapp"'))
        self.write("build/ipc_radio/zephyr/.config",
                   self.config(board='"nrf5340dk/nrf5340/cpunet"'))
        self.write("build/ipc_radio/zephyr/zephyr.signed.bin", b"for b0n alone")
        self.write("build/signed_by_mcuboot_and_b0_ipc_radio.bin",
                   self.image(NETWORK_AT, "3.1.4", for_modelled_b0n))
        self.write("build/lock/zephyr/zephyr.signed.bin", self.image(0x8200))
        self.write("build/lock/zephyr/include/generated/zephyr/ncs_version.h",
                   '#define NCS_VERSION_STRING "2.9.1"\n')

    def imported(self, *words):
        result = self.brownout("import", "ncs", "build", *words)
        self.assert_exit(result, HOLDS)
        self.write("scenario.yaml", result.stdout)
        return result

    def assert_works(self, verdict=HOLDS):
        self.assert_exit(self.brownout("validate", "scenario.yaml"), HOLDS)
        self.assert_exit(self.brownout("run", "scenario.yaml"), HOLDS)
        explored = self.brownout("explore", "scenario.yaml")
        self.assert_exit(explored, verdict)
        self.assertIn("closed", explored.stdout)
