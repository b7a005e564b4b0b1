/*
 * port_heap.c: a first-fit heap in the core's own RAM. A reset restores it with everything else.
 */
#include <brownout_port.h>
#include <os/os_heap.h>

#include <boot/mem.h>

#define BLOCK_ALIGN 16u

/* In front of each block; `bytes` of payload follow. */
struct block {
    size_t bytes;
    size_t is_used;
};

_Static_assert(sizeof(struct block) == BLOCK_ALIGN, "blocks keep the alignment");
_Static_assert(PORT_HEAP_BYTES % BLOCK_ALIGN == 0u, "PORT_HEAP_BYTES is a multiple of 16");

static _Alignas(BLOCK_ALIGN) unsigned char heap[PORT_HEAP_BYTES];
static bool is_ready;

static struct block *block_at(size_t offset)
{
    return (struct block *)(void *)&heap[offset];
}

void os_heap_init(void)
{
    block_at(0)->bytes = PORT_HEAP_BYTES - sizeof(struct block);
    block_at(0)->is_used = 0;
    is_ready = true;
}

static void join_free_neighbours(void)
{
    for (size_t at = 0; at < PORT_HEAP_BYTES;) {
        struct block *here = block_at(at);
        size_t next = at + sizeof(struct block) + here->bytes;

        if (next < PORT_HEAP_BYTES && here->is_used == 0 && block_at(next)->is_used == 0) {
            here->bytes += sizeof(struct block) + block_at(next)->bytes;
        } else {
            at = next;
        }
    }
}

void *os_malloc(size_t byte_count)
{
    size_t wanted = (byte_count + BLOCK_ALIGN - 1u) / BLOCK_ALIGN * BLOCK_ALIGN;

    if (!is_ready) {
        os_heap_init();
    }
    if (byte_count == 0u || byte_count > PORT_HEAP_BYTES) {
        return NULL;
    }
    for (size_t at = 0; at < PORT_HEAP_BYTES; at += sizeof(struct block) + block_at(at)->bytes) {
        struct block *here = block_at(at);

        if (here->is_used != 0 || here->bytes < wanted) {
            continue;
        }
        if (here->bytes - wanted > sizeof(struct block)) {
            struct block *rest = block_at(at + sizeof(struct block) + wanted);
            rest->bytes = here->bytes - wanted - sizeof(struct block);
            rest->is_used = 0;
            here->bytes = wanted;
        }
        here->is_used = 1;
        return here + 1;
    }
    return NULL;
}

void *os_calloc(size_t count, size_t byte_count)
{
    void *block;

    if (byte_count != 0u && count > PORT_HEAP_BYTES / byte_count) {
        return NULL;
    }
    block = os_malloc(count * byte_count);
    return block == NULL ? NULL : memset(block, 0, count * byte_count);
}

void os_free(void *block)
{
    struct block *head = block;

    if (block == NULL) {
        return;
    }
    --head;
    if ((unsigned char *)head < heap || (unsigned char *)block > &heap[PORT_HEAP_BYTES] ||
        head->is_used == 0) {
        port_panic("os_free() of what is no block of the heap");
    }
    head->is_used = 0;
    join_free_neighbours();
}

void *os_realloc(void *block, size_t byte_count)
{
    struct block *head = block;
    void *moved;

    if (block == NULL) {
        return os_malloc(byte_count);
    }
    if (byte_count == 0u) {
        os_free(block);
        return NULL;
    }
    --head;
    if (head->bytes >= byte_count) {
        return block;
    }
    moved = os_malloc(byte_count);
    if (moved != NULL) {
        memcpy(moved, block, head->bytes);
        os_free(block);
    }
    return moved;
}

/* The same heap for libraries that know no other names. */
void *malloc(size_t byte_count);
void *calloc(size_t count, size_t byte_count);
void *realloc(void *block, size_t byte_count);
void free(void *block);

void *malloc(size_t byte_count)
{
    return os_malloc(byte_count);
}

void *calloc(size_t count, size_t byte_count)
{
    return os_calloc(count, byte_count);
}

void *realloc(void *block, size_t byte_count)
{
    return os_realloc(block, byte_count);
}

void free(void *block)
{
    os_free(block);
}
