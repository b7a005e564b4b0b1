/*
 * Cores on the porting kit that do what a bootloader must not do; UNRULY says what.
 */
#include <mcuboot_config/mcuboot_assert.h>
#include <os/os_heap.h>

#include <brownout_port.h>

#define LEAK 1
#define RECURSE 2
#define EXIT 3
#define THREAD 4
#define SCRIBBLE 5

#if UNRULY == LEAK
/* Nothing is given back: some day there is no memory. */
static int start(void)
{
    for (;;) {
        unsigned char* block = os_malloc(1000u);
        assert(block != NULL);
        block[0] = 1u;
    }
}
#elif UNRULY == RECURSE
static volatile unsigned int never;
static unsigned int deeper(volatile unsigned char* above)
{
    volatile unsigned char here[256];
    here[0] = above[0];
    return never != 0u ? 0u : deeper(here) + here[0];
}
static int start(void)
{
    volatile unsigned char bottom[1] = {0};
    return (int)deeper(bottom);
}
#elif UNRULY == EXIT
void exit(int code);
static int start(void)
{
    exit(0);
    return 0;
}
#elif UNRULY == THREAD
int pthread_create(unsigned long* thread, const void* attributes, void* (*function)(void*),
                   void* argument);
static void* run(void* argument)
{
    return argument;
}
static int start(void)
{
    unsigned long thread;
    return pthread_create(&thread, NULL, run, NULL);
}
#elif UNRULY == SCRIBBLE
static int start(void)
{
    /* Its own constants: flash, which no store changes. */
    volatile unsigned char* name = (volatile unsigned char*)(uintptr_t)&port_core;
    name[0] = 0u;
    return 0;
}
#endif

const struct port_core port_core = {
    .name = "unruly",
    .release = "nothing that anybody ships",
    .strategies = PORT_OVERWRITE_ONLY,
    .stack_bytes = 8192u,
    .start = start,
};
