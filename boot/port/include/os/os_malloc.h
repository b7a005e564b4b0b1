/*
 * os_malloc.h: the other name of os_heap.h.
 */
#ifndef OS_MALLOC_H
#define OS_MALLOC_H

#include <os/os_heap.h>

#endif
