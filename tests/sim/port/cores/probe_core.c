/*
 * A core that tries everything of the porting kit once and says for each what came out. Its log is
 * what the test reads: "ok" lines and no other.
 */
#include <flash_map_backend/flash_map_backend.h>
#include <mcuboot_config/mcuboot_assert.h>
#include <mcuboot_config/mcuboot_logging.h>
#include <mcuboot_config/mcuboot_watchdog.h>
#include <os/os_heap.h>
#include <os/os_malloc.h>
#include <port_hooks.h>
#include <port_keys.h>
#include <sysflash/sysflash.h>

#include <brownout_port.h>

MCUBOOT_LOG_MODULE_DECLARE(probe);

static unsigned int failures;

#define EXPECT(what, condition)                                                                    \
    do {                                                                                           \
        if (condition) {                                                                           \
            MCUBOOT_LOG_INF("ok %s", what);                                                        \
        } else {                                                                                   \
            MCUBOOT_LOG_ERR("WRONG %s (line %d)", what, __LINE__);                                 \
            ++failures;                                                                            \
        }                                                                                          \
    } while (0)

/* A hook of its own: it takes the place of the kit's. */
void mcuboot_status_change(int status)
{
    MCUBOOT_LOG_INF("ok status %d", status);
}

static void try_opening(const struct flash_area** primary, const struct flash_area** secondary)
{
    const struct flash_area* again;
    const struct flash_area* none;

    EXPECT("open", flash_area_open(FLASH_AREA_IMAGE_PRIMARY(0), primary) == 0 &&
                       flash_area_open(FLASH_AREA_IMAGE_SECONDARY(0), secondary) == 0);
    EXPECT("open twice", flash_area_open(FLASH_AREA_IMAGE_PRIMARY(0), &again) == 0);
    flash_area_close(again);
    flash_area_close(again);
    flash_area_close(again);
    EXPECT("close more often than open", flash_area_get_size(*primary) == 0x10000u);
    EXPECT("open what is not there", flash_area_open(99, &none) != 0);
    EXPECT("ids", flash_area_get_id(*primary) == FLASH_AREA_IMAGE_PRIMARY(0) &&
                      FLASH_AREA_BOOTLOADER == 0 && FLASH_AREA_IMAGE_SCRATCH == 3 &&
                      FLASH_AREA_IMAGE_PRIMARY(1) == 4 && FLASH_AREA_IMAGE_SECONDARY(1) == 5);
    EXPECT("place",
           flash_area_get_off(*primary) == 0xC000u && flash_area_get_device_id(*primary) == 0u);
    EXPECT("id of a slot", flash_area_id_from_multi_image_slot(0, 1) == 2 &&
                               flash_area_id_from_image_slot(0) == 1 &&
                               flash_area_id_from_multi_image_slot(1, 0) < 0);
    EXPECT("slot of an id", flash_area_id_to_multi_image_slot(0, 2) == 1 &&
                                flash_area_id_to_multi_image_slot(0, 77) < 0);
}

static void try_sectors(const struct flash_area* area)
{
    struct flash_sector sectors[16];
    struct flash_sector one;
    uint32_t count = 16u;

    EXPECT("sectors", flash_area_get_sectors(FLASH_AREA_IMAGE_PRIMARY(0), &count, sectors) == 0 &&
                          count == 16u && flash_sector_get_off(&sectors[15]) == 0xF000u &&
                          flash_sector_get_size(&sectors[0]) == 0x1000u);
    count = 15u;
    EXPECT("too many sectors",
           flash_area_get_sectors(FLASH_AREA_IMAGE_PRIMARY(0), &count, sectors) != 0);
    EXPECT("sector at", flash_area_get_sector(area, 0x1FFFu, &one) == 0 && one.fs_off == 0x1000u);
    EXPECT("sector behind the end", flash_area_get_sector(area, 0x10000u, &one) != 0);
    EXPECT("align", flash_area_align(area) == 4u);
    EXPECT("erased value", flash_area_erased_val(area) == 0xFFu);
    EXPECT("erase required", flash_area_erase_required(area));
}

static void try_access(const struct flash_area* area)
{
    static const uint8_t word[4] = {1, 2, 3, 4}; /* a constant: lies in flash */
    uint8_t back[5];
    uintptr_t base = 0u;

    EXPECT("erase", flash_area_erase(area, 0xF000u, 0x1000u) == 0);
    EXPECT("write", flash_area_write(area, 0xF000u, word, 4u) == 0);
    EXPECT("read at any alignment", flash_area_read(area, 0xF001u, back, 5u) == 0 &&
                                        back[0] == 2u && back[2] == 4u && back[4] == 0xFFu);
    EXPECT("write across the end", flash_area_write(area, 0xFFFEu, word, 4u) != 0);
    EXPECT("write of half a unit", flash_area_write(area, 0xF004u, word, 2u) != 0);
    EXPECT("erase of half a sector", flash_area_erase(area, 0xF000u, 0x800u) != 0);
    EXPECT("device base", flash_device_base(0u, &base) == 0);
    port_memory_read((uint32_t)base + flash_area_get_off(area) + 0xF000u, back, 4u);
    EXPECT("mapped flash", back[0] == 1u && back[3] == 4u);
    EXPECT("no device base", flash_device_base(99u, &base) != 0);
}

static void try_heap(void)
{
    uint8_t* first = os_malloc(100u);
    uint8_t* second = os_calloc(10u, 10u);
    uint8_t* grown;

    EXPECT("heap", first != NULL && second != NULL && second[99] == 0u);
    first[0] = 7u;
    grown = os_realloc(first, 5000u);
    EXPECT("realloc", grown != NULL && grown[0] == 7u);
    os_free(grown);
    os_free(second);
    EXPECT("heap is given back", (grown = os_malloc(PORT_HEAP_BYTES - 64u)) != NULL);
    EXPECT("heap has an end", os_malloc(1000u) == NULL);
    os_heap_init();
}

static void try_platform(const struct flash_area* area)
{
    uint8_t hash[64];
    size_t hash_bytes = sizeof(hash);
    uint32_t number = 1u;
    uint32_t start = 0u;

    EXPECT("hooks answer regular",
           boot_read_image_header_hook(0, 0, hash) == PORT_HOOK_REGULAR &&
               boot_image_check_hook(0, 0) == PORT_HOOK_REGULAR &&
               boot_perform_update_hook(0, hash, area) == PORT_HOOK_REGULAR &&
               boot_read_swap_state_primary_slot_hook(0, hash) == PORT_HOOK_REGULAR &&
               boot_find_next_slot_hook(hash, 0, &number) == PORT_HOOK_REGULAR &&
               boot_go_hook(hash) == PORT_HOOK_REGULAR &&
               flash_area_id_from_multi_image_slot_hook(0, 0, &(int){0}) == PORT_HOOK_REGULAR &&
               flash_area_get_device_id_hook(area, hash) == PORT_HOOK_REGULAR &&
               boot_copy_region_post_hook(0, area, 1u) == 0 &&
               boot_serial_uploaded_hook(0, area, 1u) == 0);
    mcuboot_status_change(PORT_STATUS_STARTUP);
    EXPECT("keys", bootutil_key_cnt == 1 && *bootutil_keys[0].len == 91u &&
                       bootutil_keys[0].key[0] == 0x30u);
    EXPECT("no encryption key", *bootutil_enc_key.len == 0u);
    EXPECT("key hash",
           boot_retrieve_public_key_hash(0, hash, &hash_bytes) == 0 && hash_bytes == 32u);
    EXPECT("no ram-load region", boot_get_image_exec_ram_info(0, &start, &number) != 0);
    EXPECT("security counter", boot_nv_security_counter_init() == 0 &&
                                   boot_nv_security_counter_get(0, &number) == 0 && number == 0u &&
                                   boot_nv_security_counter_update(0, 1u) != 0 &&
                                   boot_nv_security_counter_is_update_possible(0, 1u) != 0 &&
                                   boot_nv_security_counter_lock(0) == 0);
    EXPECT("uuid", boot_uuid_init() == 0 && boot_uuid_vid_match(0, hash) == 0 &&
                       boot_uuid_cid_match(0, hash) == 0);
    EXPECT("what the scenario asks for", port_strategy() == PORT_OVERWRITE_ONLY &&
                                             port_image_count() == 1u &&
                                             port_max_image_sectors() == 128u &&
                                             port_max_align() == 8u && port_validates_primary());
    EXPECT("hash of an area", port_hash_area(area, 0u, 64u, hash) == 0);
    EXPECT("signature", port_check_signature(hash, hash, 8u) == 0);
    MCUBOOT_WATCHDOG_FEED();
    port_charge_cycles(1000u);
}

static int start(void)
{
    const struct flash_area* primary;
    const struct flash_area* secondary;
    uint8_t header[32];

    MCUBOOT_LOG_WRN("ok warning");
    MCUBOOT_LOG_DBG("ok debug");
    MCUBOOT_LOG_SIM("never printed");
    try_opening(&primary, &secondary);
    try_sectors(primary);
    try_access(secondary);
    try_heap();
    try_platform(primary);
    assert(failures == 0u);
    if (flash_area_read(primary, 0u, header, sizeof(header)) != 0) {
        return 1;
    }
    port_hand_over(header, flash_area_get_device_id(primary), flash_area_get_off(primary));
    return 0;
}

const struct port_core port_core = {
    .name = "probe",
    .release = "a test of the porting kit",
    .strategies = PORT_OVERWRITE_ONLY,
    .max_image_sectors = 128u,
    .max_align_bytes = 8u,
    .stack_bytes = 16384u,
    .start = start,
};
