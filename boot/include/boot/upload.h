/*
 * upload.h: how an application brings a new image into its slot (ncs.md section 4, case A).
 *
 * Bytes come in over a UART into RAM by DMA, chunk by chunk, and go through a block writer into
 * flash. The loop between the two is where field bugs live; each has a name here and the default is
 * none of them.
 */
#ifndef BOOT_UPLOAD_H
#define BOOT_UPLOAD_H

#include <boot/board.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Blocks of a writer, at most; the image writer of Zephyr uses 512. */
#define IMAGE_WRITER_BLOCK_MAX 4096u

enum image_writer_kind {
    IMAGE_WRITER_FLASH_IMG,    /* over a stream: erases the page of a block's last byte */
    IMAGE_WRITER_FLASH_IMG_V1, /* until Zephyr 2.3: pads the last block, erases a page ahead,
                                  reads back                                              */
    IMAGE_WRITER_STREAM        /* newer streams: erases whatever is not erased yet        */
};

/* Collects bytes into blocks and writes them one after the other into an area. Owned by the
 * caller; `area` must outlive it. */
struct image_writer {
    const struct flash_area *area;
    enum image_writer_kind kind;
    bool erases_progressively; /* pages just before they are written; otherwise nothing is erased */
    uint32_t block_bytes;
    uint32_t written_bytes; /* offset in the area up to which all is written */
    uint32_t buffered_bytes;
    uint32_t erased_page;     /* offset of the page erased last; UINT32_MAX: none */
    uint32_t erased_to_bytes; /* everything below was erased by this writer */
    uint8_t buffer[IMAGE_WRITER_BLOCK_MAX];
};

/* The first byte goes to `offset_bytes` of the area, a multiple of its write unit. `block_bytes`:
 * 1..IMAGE_WRITER_BLOCK_MAX, such a multiple too; FLASH_EINVAL otherwise. */
int image_writer_start(struct image_writer *writer, const struct flash_area *area,
                       uint32_t offset_bytes, enum image_writer_kind kind, uint32_t block_bytes,
                       bool progressive);

/* Takes bytes; writes a block whenever one is full. 0, FLASH_E* of the flash calls, or FLASH_EINVAL
 * if the area is full or the writer was finished. */
int image_writer_write(struct image_writer *writer, const uint8_t *bytes, uint32_t byte_count);

/* Writes what is left, padded with the erased value; with progressive erase also erases the page
 * of the trailer's flags. The writer then has no area any more: as in the field, a second chunk
 * fails. An empty buffer writes nothing. */
int image_writer_finish(struct image_writer *writer);

/* What is wrong with a receive loop; or-ed. All from the loop posted with case A. */
enum upload_fault {
    /* Takes whole blocks from every chunk and forgets the rest; the flush at the end finds an empty
     * buffer. */
    UPLOAD_DROPS_PARTIAL_BLOCK = 1u << 0,
    /* Gives the UART a length above 65,535: RXD.MAXCNT keeps the low 16 bits (zephyr #46797). */
    UPLOAD_TRUNCATES_TO_16_BITS = 1u << 1,
    /* Reads every chunk from the start of the buffer, wherever the event says it lies. */
    UPLOAD_IGNORES_EVENT_OFFSET = 1u << 2,
    /* Hands the buffer back while it still writes from it: DMA overtakes a slow writer. */
    UPLOAD_REUSES_BUFFER = 1u << 4,
    /* Takes a total that is no multiple of the chunk for the end, and asks for the upgrade. */
    UPLOAD_ASKS_TOO_EARLY = 1u << 3
};

/* One upload, as a command of the application. */
struct upload_order {
    uint32_t area_id;
    uint32_t offset_bytes;         /* of the first byte, in the area                             */
    uint32_t byte_count;           /* length of the file, as the sender announced it            */
    enum image_writer_kind writer; /* and how it is used:                                        */
    uint32_t block_bytes;          /* 512 for flash_img                                          */
    bool progressive;              /* false: the slot is erased first, in one call               */
    uint32_t buffer_bytes;         /* receive buffer, at most UPLOAD_BUFFER_BYTES; two windows   */
    uint32_t idle_timeout_us;      /* a gap this long ends a chunk                               */
    uint32_t faults;               /* enum upload_fault                                          */
    bool then_request;             /* asks for the upgrade when it believes to be done...        */
    bool then_permanent;           /* ...for good                                                */
    uint32_t uart_base;            /* registers of the UARTE that receives                       */
    bool serial_recovery;          /* the bootloader receives, and hands a network image on      */
};

/* RAM for reception. The report of case A had 100,000 bytes, of which DMA never used more than
 * 34,464. */
#define UPLOAD_BUFFER_BYTES 36864u

/* The length that the loop of case A gave to its UART; more than MAXCNT holds. */
#define UPLOAD_CLAIMED_BYTES 100000u

#ifdef __cplusplus
}
#endif

#endif
