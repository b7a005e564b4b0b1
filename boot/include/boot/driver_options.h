/*
 * driver_options.h: what board_device.options points to, per driver.
 *
 * A field that is 0 means what its comment says first. Options that reproduce a field bug name it;
 * the numbers of anomalies are Nordic's.
 */
#ifndef BOOT_DRIVER_OPTIONS_H
#define BOOT_DRIVER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SPI_PIN_NONE 0xFFFFFFFFu
#define SPI_BOUNCE_BYTES_MAX 32u

/* What a driver does with a request whose device offset, length or RAM buffer is not a multiple of
 * 4 (zephyr #26729 and #28189: the QSPI of the nRF52840 moves words; its driver learned it late).
 */
enum word_alignment {
    WORD_ALIGNMENT_OFF,    /* the bus moves bytes: no rule                                       */
    WORD_ALIGNMENT_REFUSE, /* FLASH_EINVAL, nothing sent                                         */
    WORD_ALIGNMENT_ROUND,  /* low bits of offset, length and buffer are dropped: bytes are lost
                              or land elsewhere                                                  */
    WORD_ALIGNMENT_ROUND_WRITES, /* the same for writes; reads are served                        */
    WORD_ALIGNMENT_READ_MODIFY_WRITE /* whole words are read, patched and written back: their
                                        other bytes are programmed twice                         */
};

/* How a part hangs on a SPIM. */
struct spi_wiring {
    uint32_t spim_base;
    uint32_t sck_pin; /* PSEL values: port * 32 + pin; SPI_PIN_NONE: not connected */
    uint32_t mosi_pin;
    uint32_t miso_pin;
    uint32_t gpio_base;          /* of the port of CS#; its OUTSET lies at + 0x508 */
    uint32_t cs_pin;             /* 0..31 in that port */
    uint32_t frequency_hz;       /* the highest supported one that is not above it is used */
    uint32_t max_transfer_bytes; /* what MAXCNT holds: 255 (nRF52832) or 65535 */

    /* Sources that EasyDMA cannot read are copied through so many bytes of RAM, CS# held low;
     * 0: such a transfer fails (zephyr #28240). At most SPI_BOUNCE_BYTES_MAX. */
    uint32_t bounce_bytes;
    bool stale_last_chunk;        /* the last chunk is sent whole: stale bytes follow the data */
    bool unchecked_pointers;      /* DMA is started whatever the pointer is */
    bool refuse_one_byte_receive; /* anomaly 58: transfers of 1 byte in, at most 1 out, fail */
    bool lock_ram_blocks; /* anomaly 198, as nrfx does: during a transaction the blocks of its
                             buffers are kept from other bus masters (0x40000E00)           */

    /* Software between two transactions: drivers, locks, context switches. */
    uint32_t transaction_overhead_us;
};

/* boot/drivers/spi_nor.c */
struct spi_nor_options {
    struct spi_wiring wiring;
    uint32_t jedec_id;       /* as 0xC22817; 0: not checked at start */
    uint8_t read_opcode;     /* 0x03; 0x0B: fast read, 8 dummy clocks */
    uint32_t page_bytes;     /* 256 */
    bool use_block_erase;    /* 52h and D8h where a request covers a whole aligned block */
    bool check_write_enable; /* read WEL after WREN, FLASH_EIO if it is not set */
    bool release_power_down; /* ABh at start */
    bool high_performance;   /* MX25R: sets L/H in its second configuration byte at start */
    bool poll_ends_on_error; /* a status read that fails counts as ready */
    enum word_alignment word_alignment;
    uint32_t poll_interval_us;   /* between two status reads, above the overhead */
    uint32_t program_timeout_ms; /* FLASH_EIO after it; 0: waits for ever */
    uint32_t erase_timeout_ms;
};

/* Blocks of a NAND that belong together: usable ones, and those that replace bad ones among all of
 * them. Device offsets name usable blocks, counted over good blocks from the first of the region.
 */
struct spi_nand_region {
    uint32_t first_block;
    uint32_t usable_blocks;
    uint32_t reserve_blocks; /* behind them */
};

#define SPI_NAND_REGIONS_MAX 24u

/* boot/drivers/spi_nand.c */
struct spi_nand_options {
    struct spi_wiring wiring;
    uint32_t id;                 /* what 9Fh reads, 0xEFAA21; 0: not checked at start         */
    uint32_t id_bytes;           /* 1 to 3                                                    */
    uint32_t id_dummy_bytes;     /* before the ID: 0 or 1                                     */
    uint8_t configuration;       /* B0h from start on: 0x10 ECC; W25N 0x18, buffer read too   */
    uint8_t uncorrectable_codes; /* bit c set: ECC status c (C0h, bits 5:4) means lost data   */
    uint32_t bad_block_column;   /* of the mark, from the start of the page                   */
    uint32_t bad_block_marks;    /* pages of a block that may have it, from the first         */
    uint32_t region_count;       /* a block outside of all regions cannot be reached          */
    struct spi_nand_region regions[SPI_NAND_REGIONS_MAX];
    uint32_t poll_interval_us;   /* between two status reads, above the overhead              */
    uint32_t program_timeout_ms; /* page reads too; FLASH_EIO after it; 0: waits for ever     */
    uint32_t erase_timeout_ms;
};

#define QSPI_BOUNCE_BYTES_MAX 64u

enum qspi_quad_enable {
    QSPI_QUAD_ENABLE_NONE, /* no bit to set, or single and dual lines only       */
    QSPI_QUAD_ENABLE_S1B6, /* bit 6 of the status register (Macronix)            */
    QSPI_QUAD_ENABLE_S2B1  /* bit 1 of the second status register (Winbond, GigaDevice) */
};

/* boot/drivers/qspi_nor.c */
struct qspi_nor_options {
    uint32_t jedec_id;      /* as 0xC22817; 0: not checked at start */
    uint32_t base_clock_hz; /* 32 MHz (nRF52840) or 96 MHz (nRF5340) */
    uint32_t frequency_hz;  /* the highest base_clock_hz / 1..16 that is not above it is used */
    uint8_t read_mode;  /* IFCONFIG0.READOC: 0 FASTREAD, 1 READ2O, 2 READ2IO, 3 READ4O, 4 READ4IO */
    uint8_t write_mode; /* IFCONFIG0.WRITEOC: 0 PP, 1 PP2O, 2 PP4O, 3 PP4IO */
    uint32_t page_bytes;                /* 256 or 512 */
    enum qspi_quad_enable quad_enable;  /* set at start if a mode has four data lines */
    bool nrf53_timing;                  /* anomaly 121 of the nRF5340: IFCONFIG0 and IFTIMING */
    bool high_performance;              /* MX25R: sets L/H in its second configuration byte */
    bool use_block_erase;               /* 64 KiB where a request covers a whole aligned block */
    bool release_power_down;            /* ABh at start */
    enum word_alignment word_alignment; /* OFF: handed to the peripheral as it is */

    /* Sources outside of Data RAM are copied through so many bytes of stack, a multiple of 4; 0:
     * such a write fails (zephyr #26419). At most QSPI_BOUNCE_BYTES_MAX. */
    uint32_t bounce_bytes;
    bool stale_last_chunk;   /* the last chunk is written whole: stale bytes behind the data */
    bool unchecked_pointers; /* DMA is started whatever the pointer is */

    uint32_t transaction_overhead_us; /* software between two tasks */
};

#ifdef __cplusplus
}
#endif

#endif
