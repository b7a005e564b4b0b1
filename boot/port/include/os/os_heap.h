/*
 * os_heap.h: a heap of PORT_HEAP_BYTES in the core's RAM. It is empty at every reset.
 *
 * malloc(), calloc(), realloc() and free() are the same heap, for libraries that call them.
 */
#ifndef OS_HEAP_H
#define OS_HEAP_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef PORT_HEAP_BYTES
#    define PORT_HEAP_BYTES (32u * 1024u)
#endif

void os_heap_init(void); /* empties it; not needed after a reset */
void *os_malloc(size_t byte_count);
void *os_calloc(size_t count, size_t byte_count);
void *os_realloc(void *block, size_t byte_count);
void os_free(void *block);

#ifdef __cplusplus
}
#endif

#endif
