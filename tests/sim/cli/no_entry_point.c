/* A shared object that is no firmware image: it does not export the query function. */
int no_entry_point(void);
int no_entry_point(void)
{
    return 1;
}
