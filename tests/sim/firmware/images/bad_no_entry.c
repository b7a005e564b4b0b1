/* A shared object, but no firmware image. */
int some_function(void);

__attribute__((visibility("default"))) int some_function(void)
{
    return 1;
}
