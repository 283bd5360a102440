/* The script that an interpreter runs: SCRIPT names its file when the host is compiled. */
static const char script[] = {
#embed SCRIPT
    , 0};
