/*
 * port_keys.h: key material and what else a platform supplies. All weak: a core that carries its
 * own defines it.
 *
 * The keys are those of the scenario, filled in before port_core.start() runs.
 */
#ifndef PORT_KEYS_H
#define PORT_KEYS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PORT_SIGNING_KEYS_MAX 4

struct bootutil_key {
    const uint8_t *key;
    const unsigned int *len;
};

extern struct bootutil_key bootutil_keys[PORT_SIGNING_KEYS_MAX];
extern int bootutil_key_cnt;
extern struct bootutil_key bootutil_enc_key; /* private; empty without encryption */

/* SHA-256 of the first signing key. */
int boot_retrieve_public_key_hash(uint8_t image_index, uint8_t *hash, size_t *hash_bytes);
/* The RAM that ram-load images go to. Fails without ram-load. */
int boot_get_image_exec_ram_info(uint32_t image_index, uint32_t *start, uint32_t *byte_count);

/* No device of the simulator has a security counter: it reads 0 and every update of it fails. */
int boot_nv_security_counter_init(void);
int boot_nv_security_counter_get(uint32_t image_index, uint32_t *counter);
int boot_nv_security_counter_update(uint32_t image_index, uint32_t counter);
int boot_nv_security_counter_is_update_possible(uint32_t image_index, uint32_t counter);
int boot_nv_security_counter_lock(uint32_t image_index);

/* Vendor and class of a device are not modelled: every UUID matches. */
int boot_uuid_init(void);
int boot_uuid_vid_match(uint32_t image_index, const void *uuid);
int boot_uuid_cid_match(uint32_t image_index, const void *uuid);

#ifdef __cplusplus
}
#endif

#endif
